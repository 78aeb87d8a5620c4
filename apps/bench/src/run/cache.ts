// Where things are kept that are made once: compiled programs, traces.
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The folder, made if need be. */
export function cacheFolder(): string {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "vma-bench");
  mkdirSync(folder, { recursive: true });
  return folder;
}
