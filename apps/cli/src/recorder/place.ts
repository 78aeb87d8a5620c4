/** The folder a recording is written to: whether it can be, and what went wrong in words. */

import { readdirSync } from "node:fs";
import { wrongUse } from "../failure.js";
import { safe } from "../output/escape.js";

/** Throws a Failure when the folder is there and not empty, or no folder. */
export function checkPlace(folder: string): void {
  let entries: string[];
  try {
    entries = readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw wrongUse(`${safe(folder)}: is no folder that can be used`, "Choose another place with -o.");
  }
  if (entries.length > 0)
    throw wrongUse(`${safe(folder)}: the folder is not empty`, "Choose another place with -o.");
}

/** What the file system says of the folder that is written, in words; other errors as they are. */
export function placeFailure(error: unknown, folder: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined || syscall.startsWith("spawn")) return error;
  const full = code === "ENOSPC" || code === "EDQUOT";
  return wrongUse(
    `${safe(folder)}: cannot be written (${code})`,
    full ? "The disk is full: choose another place with -o." : "Choose another place with -o.",
  );
}
