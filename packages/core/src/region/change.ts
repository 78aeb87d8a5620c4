/** Setting attributes on an area that modify has cut out or merged: counters, events and the flags themselves. */

import { VM_ACCOUNT } from "../abi/flags.js";
import { PAGE_SIZE } from "../abi/page.js";
import { writeLock } from "../merge/commit.js";
import type { Mm } from "../mm.js";
import type { Vma } from "../object/vma.js";
import { recountPages } from "./accounting.js";

/**
 * Gives `vma` its new flags. `length` bytes of it had `oldFlags` before; the counters follow those. When the range
 * was merged into an area that already had the flags, only the counters change.
 */
export function setAreaFlags(
  mm: Mm,
  vma: Vma,
  length: number,
  oldFlags: number,
  flags: number,
  flagsHigh: number,
): void {
  if (oldFlags !== flags) recountPages(mm, oldFlags, flags, length / PAGE_SIZE);
  const kept = flags | (vma.flags & mm.ignoredFlags);
  if (vma.flags === kept && vma.flagsHigh === flagsHigh) return;
  const before = vma.flags;
  const beforeHigh = vma.flagsHigh;
  writeLock(mm, vma);
  vma.flags = kept;
  vma.flagsHigh = flagsHigh;
  if (mm.events !== null) mm.events.changed(vma, before, beforeHigh);
}

/** Sets or clears single flags of a whole area outside of a modify. */
export function replaceFlags(mm: Mm, vma: Vma, flags: number): void {
  setAreaFlags(mm, vma, vma.end - vma.start, vma.flags, flags, vma.flagsHigh);
}

/** Whether taking `VM_ACCOUNT` away gives charged pages back. */
export function dropsCharge(oldFlags: number, flags: number): boolean {
  return (oldFlags & VM_ACCOUNT) !== 0 && (flags & VM_ACCOUNT) === 0;
}
