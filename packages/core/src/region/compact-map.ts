/** mmap, munmap, the heap, growth and moves where all areas concerned are without records: one look, one write. */

import { endAbove, touchingAbove } from "@vma/maple/neighbours";
import { VM_ACCOUNT } from "../abi/flags.js";
import { TASK_SIZE, toPages } from "../abi/page.js";
import { invariant } from "../assert.js";
import {
  commitCompact,
  commitHole,
  flagsJoin,
  joins,
  pairJoins,
  secondJoins,
  takesNew,
} from "../merge/compact.js";
import { joinReasons, NONE } from "../merge/compact-reasons.js";
import { asksNextFirst } from "../merge/new-range.js";
import type { Mm } from "../mm.js";
import { CELL_ACCOUNT, CELL_BARE, CELL_FLAGS, CELL_KIND } from "../object/compact.js";
import type { OpenFile } from "../object/file.js";
import { accountPlain, isAccountable, mayAdd, mayCharge } from "./accounting.js";
import { tellCleared, tellCuts, tellGrown, tellMapped, tellRefusedMap } from "./compact-steps.js";
import { tallyCleared, tallyGrown, tallyMade, tallyMapped } from "./compact-tally.js";
import { askBeside, surroundings as found, look } from "./surroundings.js";

// The compiler takes in only so much of what a function calls, rare parts included. So these are functions of their own;
// and none that is left out is called with numbers that may be large, which would become objects for that.

/** Takes what was found in a range off the counters. */
function forgetFound(mm: Mm): void {
  mm.totalVm -= found.pages;
  mm.dataVm -= found.dataPages;
  mm.execVm -= found.execPages;
  mm.committed -= found.chargedPages;
}

/** Takes the pages of what was found in [start, end) out of memory, where those are known, and tells where it is cut. */
function forgetWatched(mm: Mm, start: number, end: number): void {
  if (mm.pages !== null) forgetPages(mm, start, end);
  if (mm.steps !== null) tellCuts(mm, mm.steps, start, end);
}

function forgetPages(mm: Mm, start: number, end: number): void {
  const { cells } = mm;
  const hasBelow = cells.seek(start) !== undefined && cells.start < start;
  const floor = hasBelow ? start : cells.prev() === undefined ? 0 : cells.end;
  const ceiling = cells.find(end) === undefined ? Number.POSITIVE_INFINITY : Math.max(cells.start, end);
  mm.pages?.unmap(start, end, floor, ceiling);
}

/** Whether a hole in the midst of the only area found would be one area more than there may be. */
function isRefusedHole(mm: Mm): boolean {
  return found.areas === 1 && found.cutsBelow + found.cutsAbove === 2 && mm.mapCount >= mm.limits.maxMapCount;
}

/**
 * Unmaps [start, end). False, with nothing changed, when the longer way must do it.
 * Assumes: `mm.isCompact`.
 */
export function unmapCompact(mm: Mm, start: number, end: number): boolean {
  if (!look(mm, start, end, false) || isRefusedHole(mm)) return false;
  if (found.areas === 0) return true;
  const areas = found.cutsBelow + found.cutsAbove - found.areas;
  forgetFound(mm);
  if (mm.pages !== null || mm.steps !== null) forgetWatched(mm, start, end);
  commitHole(mm, start, end, areas);
  if (mm.steps !== null) tellCleared(mm, mm.steps);
  else if (mm.tally !== null) tallyCleared(mm.tally, start, end);
  return true;
}

/**
 * Maps [start, end), pages of `file` from `pgoff` on or memory without one, over whatever is there.
 *
 * ```
 *   BB**AA     BBBBBB    both: one area        BB**..    BBBB..    below
 *   bb**..     bb**..    neither               ..**AA    ..AAAA    above
 * ```
 *
 * False, with nothing changed, when the longer way must do it or refuse it.
 * Assumes: `mm.isCompact`; the flags are those that were asked for.
 *
 * @param onlyExtends never join what is above (the heap)
 */
export function mapCompact(
  mm: Mm,
  start: number,
  end: number,
  flagsAsked: number,
  pgoff: number,
  file: OpenFile | null,
  onlyExtends: boolean = false,
): boolean {
  const { compact } = mm;
  const offset = pgoff - toPages(start);
  // Areas of /dev/zero are memory without a file in some respects.
  if (file === null ? offset !== 0 : file.kind === "zero") return false;
  const isCharged = isAccountable(flagsAsked);
  const flags = isCharged ? flagsAsked | VM_ACCOUNT : flagsAsked;
  const cell = compact.cellOf(flags);
  if (cell < 0) return false;
  if (file !== null) mm.sweepKinds();
  if (!look(mm, start, end, true) || isRefusedHole(mm)) return false;
  const pages = toPages(end - start);
  if (!mayAdd(mm, flags, pages - found.pages, isCharged ? pages : 0)) return false;

  let left = found.below !== NONE && flagsJoin(cell, found.below) && takesNew(mm, file, offset, found.below);
  let right = found.above !== NONE && !onlyExtends && flagsJoin(cell, found.above);
  right = right && takesNew(mm, file, offset, found.above);
  if (left && right) {
    if (asksNextFirst(mm)) left = secondJoins(mm, found.above, found.below);
    else right = pairJoins(mm, found.below, found.above);
  }
  if (file !== null && !left && !right && !compact.hasRoom) return false;
  commitMapped(mm, start, end, cell, pgoff, file, left, right, onlyExtends);
  return true;
}

/** Maps [start, end) with the flags of `cell`, as decided: `left` and `right` say which of the sides found take it. */
function commitMapped(
  mm: Mm,
  start: number,
  end: number,
  cell: number,
  pgoff: number,
  file: OpenFile | null,
  left: boolean,
  right: boolean,
  onlyExtends: boolean,
): void {
  const { compact, steps, tally } = mm;
  const pages = toPages(end - start);
  const isNew = !left && !right;
  const joined = (left ? 1 : 0) + (right ? 1 : 0);
  const areas = found.cutsBelow + found.cutsAbove + 1 - found.areas - joined;
  if (found.areas > 0) {
    forgetFound(mm);
    if (mm.pages !== null || steps !== null) forgetWatched(mm, start, end);
  }
  accountPlain(mm, compact.flagsOf(cell), pages);
  if ((cell & CELL_ACCOUNT) !== 0) mm.committed += pages;
  // What was cut may have another number now.
  const { below, above } = found;
  const offset = pgoff - toPages(start);
  const isHeard = steps !== null || tally !== null;
  const isAsked = isHeard && isNew && askBeside(mm, cell, file, offset, onlyExtends);
  const id = isNew ? mm.nextId() : 0;
  if (steps !== null) {
    tellCleared(mm, steps);
    if (isAsked) tellRefusedMap(mm, steps, start, end);
  }
  let kind = CELL_BARE;
  if (left) kind = right ? compact.kindTaken(below, above) : below & CELL_KIND;
  else if (right) kind = above & CELL_KIND;
  else if (file !== null || id !== 0) kind = compact.kindBits(file, offset, null, id);
  commitCompact(mm, left ? found.belowStart : start, right ? found.aboveEnd : end, cell | kind, areas);
  if (steps !== null) {
    tellMapped(mm, steps, start, end, id, left, right);
    if (left && right) compact.drop(above);
  } else if (tally !== null) {
    if (isNew) tallyMade(tally, start, end, isAsked);
    else tallyMapped(tally, start, end, left, right);
  }
}

/**
 * Grows the area that ends at `end` by `delta` bytes into the hole behind it, over which it may join what follows, as
 * mremap does. False, with nothing changed, when the longer way must do it or refuse it.
 * Assumes: `mm.isCompact`; `address` lies in the area.
 */
export function growCompact(mm: Mm, address: number, end: number, delta: number): boolean {
  const { cells, compact } = mm;
  const cell = cells.seek(address);
  if (typeof cell !== "number" || cells.end !== end || end + delta > TASK_SIZE) return false;
  const areaStart = cells.start;
  if (cells.seek(end) !== undefined || cells.end < end + delta) return false;
  const above = cells.end === end + delta ? touchingAbove(cells) : undefined;
  if (typeof above === "object") return false;
  const flags = compact.flagsOf(cell);
  const pages = toPages(delta);
  const isCharged = (cell & CELL_ACCOUNT) !== 0;
  if (!mayAdd(mm, flags, pages, isCharged ? pages : 0)) return false;

  accountPlain(mm, flags, pages);
  if (isCharged) mm.committed += pages;
  let upTo = end + delta;
  let kind = cell & CELL_KIND;
  const taken = above !== undefined && joins(mm, cell, above) ? above : NONE;
  if (taken !== NONE) {
    upTo = endAbove(cells);
    kind = compact.kindTaken(cell, taken);
  }
  commitCompact(mm, areaStart, upTo, (cell & CELL_FLAGS) | kind, taken === NONE ? 0 : -1);
  if (mm.steps !== null) {
    tellGrown(mm, mm.steps, cell, taken, areaStart, end, end + delta, upTo);
    if (taken !== NONE) compact.drop(taken);
  } else if (mm.tally !== null) tallyGrown(mm.tally, areaStart, end, end + delta, upTo);
  return true;
}

/**
 * Moves [address, address + oldLength) of the area `cell` to `to`, where nothing is, and where it gets longer, as mremap
 * does (`move_vma`).
 *
 * ```
 *   VV***V .......AA    VV...V ..****AA    neither
 *   VV***V .....AA..    VV...V .AAAAA..    above
 * ```
 *
 * Memory that was never written to takes the offset of its new place. False, with nothing changed, when the longer way
 * must do it or refuse it.
 * Assumes: `mm.isCompact`, and nobody is told of single steps; there may be three more areas.
 */
export function moveCompact(
  mm: Mm,
  cell: number,
  address: number,
  oldLength: number,
  newLength: number,
  to: number,
): boolean {
  const { compact, tally } = mm;
  const pages = toPages(newLength);
  const isCharged = (cell & CELL_ACCOUNT) !== 0;
  if (isCharged && !mayCharge(mm, pages - toPages(oldLength))) return false;
  mm.sweepKinds();
  if (!compact.hasRoom || !look(mm, to, to + newLength, true) || found.areas > 0) return false;

  const file = compact.fileOf(cell);
  const anonVma = compact.anonVmaOf(cell);
  const isBare = file === null && anonVma === null;
  const offset = isBare ? 0 : compact.offsetOf(cell) + toPages(address - to);
  const { below, above } = found;
  found.leftReasons = joinReasons(mm, cell, file, offset, anonVma, below);
  found.rightReasons = joinReasons(mm, cell, file, offset, anonVma, above);
  const left = found.leftReasons === 0;
  const right = found.rightReasons === 0 && (!left || pairJoins(mm, below, above));
  const isNew = !left && !right;
  let kind = CELL_BARE;
  if (left) kind = right ? compact.kindTaken(below, above) : below & CELL_KIND;
  else if (right) kind = above & CELL_KIND;
  // Whoever takes written memory has its object from then on, where the kernel does not forget that.
  const brings =
    anonVma !== null && (isNew || (compact.anonVmaOf(kind) === null && mm.profile.copyClonesChain));
  if (brings || (isNew && !isBare)) kind = compact.kindBits(file, offset, anonVma);

  accountPlain(mm, compact.flagsOf(cell), pages);
  // What was charged for the source goes along: it is taken off where that is unmapped.
  if (isCharged) mm.committed += pages;
  const start = left ? found.belowStart : to;
  const end = right ? found.aboveEnd : to + newLength;
  commitCompact(mm, start, end, (cell & CELL_FLAGS) | kind, 1 - +left - +right);
  if (tally !== null) {
    if (isNew) tallyMade(tally, to, to + newLength, true);
    else tallyMapped(tally, to, to + newLength, left, right);
  }
  const isUnmapped = unmapCompact(mm, address, address + oldLength);
  invariant(isUnmapped, "a moved range stays where it was");
  return true;
}
