/** Who hears Ctrl-C: whether this process stands in the foreground of its terminal. */

import { readFileSync } from "node:fs";

/** Whether a key of the terminal sends its signal to the program, too: both are in the foreground of it. */
export function isForeground(): boolean {
  try {
    const stat = readFileSync("/proc/self/stat", "latin1");
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(")") + 1).split(" ");
    return group === foreground;
  } catch {
    return false;
  }
}
