/**
 * The commonest merges and cuts by a shorter way: memory without a file and without rare attributes, changed while
 * nobody listens, keeps a journal or has a host that could refuse. Only where areas end up counts then, so decision
 * and commit use no request and no plan. What is decided is the same, and tests hold the two ways against each other.
 */

import { VM_SPECIAL } from "../abi/flags.js";
import { toPages } from "../abi/page.js";
import type { AreaIterator } from "../iterator.js";
import type { Mm } from "../mm.js";
import { type AnonVma, EMPTY_CHAIN } from "../object/anon-vma.js";
import { type Vma, vmaPages } from "../object/vma.js";
import { cloneAnon } from "./anon-dup.js";
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
 * Leaves: the iterator on the area that comes back.
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
  const atStart = start === areaStart;
  const atEnd = end === areaEnd;
  let below: Vma | null = null;
  let above: Vma | null = null;
  if (atStart && prev !== null && prev.end === start) {
    if (!prev.isPlain) return null;
    if (matches(mm, flags, flagsHigh, vma.anonVma, vma, prev)) {
      if (prev.pgoff + vmaPages(prev) === vma.pgoff) below = prev;
    }
  }
  if (atEnd) {
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
  if (below === null && above === null) return cutPlain(iterator, vma, start, end) ? vma : null;

  const full = atStart && atEnd;
  const mark = mm.lockSequence;
  vma.writeMark = mark;
  const { stickyFlags } = mm.profile;
  let sticky = flags | vma.flags;
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
 * Cuts `vma` so that it covers [start, end) alone, as `cutOut` does; false, with nothing changed, at the map limit.
 * Assumes as `modifyPlain`, except for the cursor.
 */
function cutPlain(iterator: AreaIterator, vma: Vma, start: number, end: number): boolean {
  const { mm, index: areaStart, end: areaEnd } = iterator;
  const { cursor, family } = mm;
  const cutsBelow = areaStart < start;
  const cutsAbove = end < areaEnd;
  if (mm.mapCount + (cutsBelow ? 1 : 0) + (cutsAbove ? 1 : 0) > mm.limits.maxMapCount) return false;
  const mark = mm.lockSequence;
  vma.writeMark = mark;
  if (cutsBelow) {
    const fresh = vma.part(family.nextAreaId(), areaStart, start);
    fresh.adoptAnon(vma);
    fresh.writeMark = mark;
    vma.moveStart(start);
    mm.mapCount += 1;
    cursor.set(areaStart, start, fresh);
  }
  if (cutsAbove) {
    const fresh = vma.part(family.nextAreaId(), end, areaEnd);
    fresh.adoptAnon(vma);
    fresh.writeMark = mark;
    vma.end = end;
    mm.mapCount += 1;
    cursor.set(end, areaEnd, fresh);
  }
  iterator.index = start;
  iterator.end = end;
  iterator.status = "active";
  return true;
}

/**
 * Cuts `vma`, the first area of a range that is about to be written over, at the start of the range: the part below
 * becomes a record and takes the place of both in the tree, where the coming write cuts it.
 * Assumes: `isPlainChange`; iterator and cursor are on `vma`.
 */
export function loosenBelow(iterator: AreaIterator, vma: Vma, address: number): void {
  const { mm } = iterator;
  const fresh = vma.part(mm.family.nextAreaId(), iterator.index, address);
  fresh.adoptAnon(vma);
  fresh.writeMark = mm.lockSequence;
  vma.moveStart(address);
  mm.mapCount += 1;
  mm.cursor.replaceValue(fresh);
  iterator.index = address;
  iterator.isLooseBelow = true;
}

/** The same for the last area and the end of the range. The same area's part below may be loose already. */
export function loosenAbove(iterator: AreaIterator, vma: Vma, address: number): void {
  const { mm } = iterator;
  const fresh = vma.part(mm.family.nextAreaId(), address, iterator.end);
  fresh.adoptAnon(vma);
  fresh.writeMark = mm.lockSequence;
  vma.end = address;
  mm.mapCount += 1;
  if (iterator.isLooseBelow && mm.gathered.length === 0) mm.cursor.set(address, iterator.end, fresh);
  else {
    mm.cursor.replaceValue(fresh);
    iterator.isLooseAbove = true;
  }
  iterator.end = address;
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
  return target;
}

/** Gives up an area whose range another has taken. */
function dropPlain(mm: Mm, removed: Vma): void {
  if (removed.anonVma !== null) {
    removed.anonVma = null;
    removed.anonChain = EMPTY_CHAIN;
  }
  mm.mapCount -= 1;
}
