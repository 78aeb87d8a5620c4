/** Corpus files on a disk (Node only): finding them, unpacking them, reading them line by line. */

import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { InputError } from "@vma/trace";
import type { CorpusCase, CorpusMeta } from "./format.js";
import { parseCorpusLine, parseCorpusMeta } from "./parse.js";

const SUFFIX = /\.jsonl(\.gz)?$/;

/**
 * The corpus files that `paths` name: a file is taken as it is, a directory gives the .jsonl and .jsonl.gz files in it
 * and below it, sorted. Throws InputError for a path that does not exist and for a directory without such files.
 */
export async function corpusFiles(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await filesAt(path, 0);
    if (found.length === 0) throw new InputError(path, 0, "no .jsonl or .jsonl.gz file in it");
    files.push(...found);
  }
  return files;
}

async function filesAt(path: string, depth: number): Promise<string[]> {
  let isDirectory: boolean;
  try {
    isDirectory = (await stat(path)).isDirectory();
  } catch (error) {
    throw new InputError(path, 0, reasonOf(error));
  }
  if (!isDirectory) return [path];
  const found: string[] = [];
  const entries = await readdir(path, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const inner = join(path, entry.name);
    if (entry.isDirectory() && depth < 4) found.push(...(await filesAt(inner, depth + 1)));
    else if (entry.isFile() && SUFFIX.test(entry.name)) found.push(inner);
  }
  return found;
}

/** The meta.json beside a corpus file, or null when there is none. Throws InputError when it cannot be read. */
export async function readCorpusMeta(file: string): Promise<CorpusMeta | null> {
  const path = join(dirname(file), "meta.json");
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new InputError(path, 0, reasonOf(error));
  }
  return parseCorpusMeta(text, path);
}

/**
 * The cases of a file, one at a time; a name that ends in .gz is unpacked on the way. Empty lines are passed over.
 * Throws InputError for a file that cannot be read or unpacked and for a line that is no case.
 */
export async function* readCorpusFile(file: string): AsyncGenerator<CorpusCase, void, undefined> {
  const raw = createReadStream(file);
  const unpacked = file.endsWith(".gz") ? raw.pipe(createGunzip()) : raw;
  let failure: unknown = null;
  const note = (error: unknown): void => {
    failure ??= error;
    unpacked.destroy();
  };
  raw.on("error", note);
  unpacked.on("error", note);
  const lines = createInterface({ input: unpacked, crlfDelay: Number.POSITIVE_INFINITY });
  let line = 0;
  try {
    for await (const text of lines) {
      line += 1;
      if (text !== "") yield parseCorpusLine(text, file, line);
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    failure ??= error;
  } finally {
    lines.close();
    raw.destroy();
  }
  if (failure !== null) throw new InputError(file, line, reasonOf(failure));
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "no such file";
  if (code === "EACCES") return "not permitted";
  return message ?? String(error);
}
