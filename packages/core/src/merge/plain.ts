/**
 * The commonest merges and cuts by a shorter way: memory without a file and without rare attributes, changed while
 * nobody listens, keeps a journal or has a host that could refuse. Only where areas end up counts then, so deciding
 * needs no request and no plan. What is decided is the same, and tests hold the two ways against each other;
 * `commit-plain.ts` carries it out.
 */

import { VM_SPECIAL } from "../abi/flags.js";
import { toPages } from "../abi/page.js";
import type { AreaIterator } from "../iterator.js";
import type { Mm } from "../mm.js";
import type { AnonVma } from "../object/anon-vma.js";
import { type Vma, vmaPages } from "../object/vma.js";
import { commitPlainCuts, commitPlainGrowth, commitPlainJoin } from "./commit-plain.js";
import { anonReasons, pairReasons } from "./mergeable.js";

/** Whether areas like `vma` may go the shorter way. */
export function isPlainChange(mm: Mm, vma: Vma): boolean {
  return mm.isUnobserved && vma.file === null && vma.isPlain;
}

/** Whether plain memory with these attributes and `area`, which is plain but for a file, may be one area, offsets apart. */
function matches(
  mm: Mm,
  flags: number,
  flagsHigh: number,
  anonVma: AnonVma | null,
  source: Vma | null,
  area: Vma,
): boolean {
  if (((flags ^ area.flags) & ~mm.ignoredFlags) !== 0 || flagsHigh !== area.flagsHigh) return false;
  return area.file === null && (anonVma === area.anonVma || anonReasons(mm, anonVma, area, source) === 0);
}

/**
 * Makes [start, end) of `vma`, which is to have these flags, part of a neighbour or an area of its own, as
 * `modifyFlags` does. Returns the area that holds the range, whose flags are the caller's to set; or null, with
 * nothing changed, when the longer way must decide.
 *
 * Assumes: `isPlainChange`; the iterator and the address space's cursor are on `vma`; `prev` as for a request.
 * Leaves: the iterator on the area that comes back if that is a neighbour, else where it was.
 */
export function modifyPlain(
  iterator: AreaIterator,
  prev: Vma | null,
  vma: Vma,
  start: number,
  end: number,
  flags: number,
  flagsHigh: number,
): Vma | null {
  const { mm } = iterator;
  const areaStart = iterator.index;
  const areaEnd = iterator.end;
  if ((flags & VM_SPECIAL) !== 0) return null;
  const cutsBelow = areaStart < start;
  const cutsAbove = end < areaEnd;
  let below: Vma | null = null;
  let above: Vma | null = null;
  if (!cutsBelow && prev !== null && prev.end === start) {
    if (!prev.isPlain) return null;
    if (matches(mm, flags, flagsHigh, vma.anonVma, vma, prev)) {
      if (prev.pgoff + vmaPages(prev) === vma.pgoff) below = prev;
    }
  }
  if (!cutsAbove) {
    const { cursor } = mm;
    const next = cursor.next();
    if (next !== undefined && cursor.start === end) {
      if (!next.isPlain) return null;
      if (matches(mm, flags, flagsHigh, vma.anonVma, vma, next)) {
        const continues = vma.pgoff + toPages(areaEnd - areaStart) === next.pgoff;
        if (continues && (below === null || pairReasons(below, next) === 0)) above = next;
      }
    }
  }
  if (below === null && above === null) {
    if (mm.mapCount + (cutsBelow ? 1 : 0) + (cutsAbove ? 1 : 0) > mm.limits.maxMapCount) return null;
    commitPlainCuts(iterator, vma, start, end);
    return vma;
  }

  return commitPlainJoin(iterator, vma, below, above, start, end, flags);
}

/**
 * Lets a neighbour take the new range [start, end), as `mergeNewRange` does. `next` is null where the range may only
 * extend the area below. Returns the area that took the range, null when none does, and undefined, with nothing
 * changed, when the longer way must decide.
 *
 * Assumes: the address space is unobserved; the range has no file and nothing rare and is not special.
 * Leaves: the iterator on the area that took the range, else where it was.
 */
export function growPlain(
  iterator: AreaIterator,
  prev: Vma | null,
  next: Vma | null,
  start: number,
  end: number,
  flags: number,
  flagsHigh: number,
  anonVma: AnonVma | null,
  pgoff: number,
): Vma | null | undefined {
  const { mm } = iterator;
  let below: Vma | null = null;
  let above: Vma | null = null;
  if (prev !== null && prev.end === start) {
    if (!prev.isPlain) return undefined;
    if (matches(mm, flags, flagsHigh, anonVma, null, prev)) {
      if (prev.pgoff + vmaPages(prev) === pgoff) below = prev;
    }
  }
  if (next !== null && next.start === end) {
    if (!next.isPlain) return undefined;
    if (matches(mm, flags, flagsHigh, anonVma, null, next) && pgoff + toPages(end - start) === next.pgoff) {
      if (below === null || pairReasons(below, next) === 0) above = next;
    }
  }
  const target = below ?? above;
  if (target === null) return null;
  commitPlainGrowth(iterator, below, above, start, end, flags);
  return target;
}
