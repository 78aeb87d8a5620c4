/** Files that ship beside the code: the report's script and style, and those of the chart library. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** A file of this package's assets folder. */
export function asset(name: string): string {
  return readFileSync(new URL(`../assets/${name}`, import.meta.url), "utf8");
}

/** A file of an installed package. */
export function packageFile(name: string): string {
  return readFileSync(createRequire(import.meta.url).resolve(name), "utf8");
}
