/**
 * Carrying out what `plain.ts` has decided, or what a cut of plain memory is. As in `commit.ts`, boundaries move here and
 * nothing is asked any more; nothing can fail, as such memory has no hooks and no host that refuses.
 */

import { toPages } from "../abi/page.js";
import type { AreaIterator } from "../iterator.js";
import type { Mm } from "../mm.js";
import { EMPTY_CHAIN } from "../object/anon-vma.js";
import type { Vma } from "../object/vma.js";
import { cloneAnon } from "./anon-dup.js";

/**
 * Gives [start, end) of `vma` to the area below it, the one above, or joins both over it; at least one is given.
 *
 * ```
 *   BBVVAA     BBBBBB            BBVVV     BBBBV            VVVAA     VAAAA
 *   both, all of V               below     a part           above     a part
 * ```
 *
 * Returns the area that holds the range. Leaves: the iterator on it.
 * Assumes: `flags` has the sticky flags of `vma`, as a change of access keeps them.
 */
export function commitPlainJoin(
  iterator: AreaIterator,
  vma: Vma,
  below: Vma | null,
  above: Vma | null,
  start: number,
  end: number,
  flags: number,
): Vma {
  const { mm } = iterator;
  const full = iterator.index === start && iterator.end === end;
  const mark = mm.lockSequence;
  vma.writeMark = mark;
  const { stickyFlags } = mm.profile;
  let sticky = flags;
  let target: Vma;
  let targetStart = start;
  let targetEnd = end;
  if (below !== null) {
    target = below;
    targetStart = below.start;
    if (above !== null) {
      above.writeMark = mark;
      sticky |= above.flags;
      targetEnd = above.end;
    }
    cloneAnon(mm, below, above !== null && above.anonVma !== null ? above : vma);
    below.end = targetEnd;
    if (!full) vma.moveStart(end);
  } else {
    target = above as Vma;
    targetEnd = target.end;
    cloneAnon(mm, target, vma);
    target.moveStart(start);
    if (!full) vma.end = start;
  }
  target.writeMark = mark;
  if (stickyFlags !== 0) target.flags |= sticky & stickyFlags;
  iterator.store(targetStart, targetEnd, target);
  if (full) {
    dropPlain(mm, vma);
    if (below !== null && above !== null) dropPlain(mm, above);
  }
  return target;
}

/**
 * Cuts `vma` so that it covers [start, end) alone, as `cutOut` does.
 * Assumes: the map limit leaves room; the iterator is on `vma`. Leaves: the iterator where it was.
 */
export function commitPlainCuts(iterator: AreaIterator, vma: Vma, start: number, end: number): void {
  const { mm, index: areaStart, end: areaEnd } = iterator;
  vma.writeMark = mm.lockSequence;
  if (areaStart < start) {
    const fresh = pieceOf(mm, vma, areaStart, start);
    vma.moveStart(start);
    mm.cursor.set(areaStart, start, fresh);
  }
  if (end < areaEnd) {
    const fresh = pieceOf(mm, vma, end, areaEnd);
    vma.end = end;
    mm.cursor.set(end, areaEnd, fresh);
  }
}

/**
 * Cuts `vma`, the first area of a range that is about to be written over, at the start of the range: the part below
 * becomes a record and takes the place of both in the tree, where the coming write cuts it.
 * Assumes: `isPlainChange`; iterator and cursor are on `vma`. Leaves: both on the place of both parts.
 */
export function loosenBelow(iterator: AreaIterator, vma: Vma, address: number): void {
  const { mm } = iterator;
  const fresh = pieceOf(mm, vma, iterator.index, address);
  vma.moveStart(address);
  mm.cursor.replaceValue(fresh);
  iterator.isLooseBelow = true;
}

/** The same for the last area and the end of the range. The same area's part below may be loose already. */
export function loosenAbove(iterator: AreaIterator, vma: Vma, address: number): void {
  const { mm } = iterator;
  const fresh = pieceOf(mm, vma, address, iterator.end);
  vma.end = address;
  if (iterator.isLooseBelow && mm.gathered.length === 0) mm.cursor.set(address, iterator.end, fresh);
  else {
    mm.cursor.replaceValue(fresh);
    iterator.isLooseAbove = true;
  }
}

/**
 * Gives the new range [start, end) to the area below it, the one above, or joins both over it; at least one is given.
 *
 * ```
 *   BB..AA     BBBBBB            BB..      BBBB             ..AA      AAAA
 *   both                         below                      above
 * ```
 *
 * Leaves: the iterator on the area that took the range.
 */
export function commitPlainGrowth(
  iterator: AreaIterator,
  below: Vma | null,
  above: Vma | null,
  start: number,
  end: number,
  flags: number,
): void {
  const { mm } = iterator;
  const target = below ?? (above as Vma);
  target.writeMark = mm.lockSequence;
  const { stickyFlags } = mm.profile;
  let sticky = flags;
  if (below === null) {
    target.moveStart(start);
    iterator.store(start, target.end, target);
  } else {
    let targetEnd = end;
    if (above !== null) {
      above.writeMark = mm.lockSequence;
      targetEnd = above.end;
      sticky |= above.flags;
      cloneAnon(mm, below, above);
    }
    below.end = targetEnd;
    iterator.store(below.start, targetEnd, below);
    if (above !== null) dropPlain(mm, above);
  }
  if (stickyFlags !== 0) target.flags |= sticky & stickyFlags;
}

/** A record for [start, end) of `vma`, counted, before `vma` itself gets shorter. */
function pieceOf(mm: Mm, vma: Vma, start: number, end: number): Vma {
  const pgoff = vma.pgoff + toPages(start - vma.start);
  const piece = mm.spare.take(mm.family.nextAreaId(), start, end, pgoff, vma.flags, vma.flagsHigh);
  piece.adoptAnon(vma);
  piece.writeMark = mm.lockSequence;
  mm.mapCount += 1;
  return piece;
}

/** Gives up an area whose range another has taken. */
function dropPlain(mm: Mm, removed: Vma): void {
  if (removed.anonVma !== null) {
    removed.anonVma = null;
    removed.anonChain = EMPTY_CHAIN;
  }
  mm.mapCount -= 1;
  mm.spare.give(removed);
}
