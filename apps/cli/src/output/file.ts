/** Files that are either whole or not there: written beside their place, then renamed. */

import { renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { wrongUse } from "../failure.js";
import { safe } from "./escape.js";

/** A name in the same folder, so that renaming is one step. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.part`);
}

/** Writes a file whole or not at all. Throws a Failure when the place cannot be written. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const temporary = temporaryBeside(path);
  try {
    writeFileSync(temporary, content);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw wrongUse(`${safe(path)}: cannot be written (${code})`, "Choose another place with -o.");
  }
}
