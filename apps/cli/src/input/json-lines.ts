/** Files of JSON lines that paths name: a file as it is, a folder for the .jsonl and .jsonl.gz files in and below it. */

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { wrongUse } from "../failure.js";
import { safe } from "../output/escape.js";

const SUFFIX = /\.jsonl(\.gz)?$/;
const MAX_DEPTH = 5;

function filesIn(folder: string, depth: number): string[] {
  const found: string[] = [];
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth < MAX_DEPTH) found.push(...filesIn(path, depth + 1));
    else if (entry.isFile() && SUFFIX.test(entry.name)) found.push(path);
  }
  return found;
}

/** The files, in the order given. Throws a Failure for what does not exist and for a folder without such files. */
export function jsonLineFiles(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    let found: string[];
    try {
      found = statSync(path).isDirectory() ? filesIn(path, 0) : [path];
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw wrongUse(`${safe(path)}: ${code === "ENOENT" ? "no such file" : `cannot be read (${code})`}`);
    }
    if (found.length === 0) throw wrongUse(`${safe(path)}: no .jsonl or .jsonl.gz file in it`);
    return found;
  });
}
