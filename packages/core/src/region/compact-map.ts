/** mmap, munmap, the heap and growth in place where all areas concerned are without records: one look, one write. */

import { endAbove, startBelow, touchingAbove, touchingBelow } from "@vma/maple/neighbours";
import { VM_ACCOUNT, VM_EXEC, VM_SHARED, VM_WRITE } from "../abi/flags.js";
import { TASK_SIZE, toPages } from "../abi/page.js";
import { commitCompact, joins, kindTaken, pairJoins, secondJoins, takesNew } from "../merge/compact.js";
import type { Mm } from "../mm.js";
import { CELL_ACCOUNT, CELL_FLAGS, CELL_KIND } from "../object/compact.js";
import type { OpenFile } from "../object/file.js";
import type { PageTable } from "../object/page-table.js";
import { accountPages, isAccountable, mayCharge, mayExpand } from "./accounting.js";

/** No area. */
const NONE = -1;

/** What lies in and beside a range, as last looked at. */
class Surroundings {
  /** Areas of which at least a part lies in the range. */
  areas = 0;
  /** What of the first one lies below the range, or else what touches the range there; NONE for nothing. */
  below = NONE;
  /** The same above. */
  above = NONE;
  /** Parts of areas of the range that lie below and above it: 0 or 1 each. */
  cutsBelow = 0;
  cutsAbove = 0;
  // Numbers that may be large are infinite at first, and so doubles to the JS engine.
  /** First byte of what is below. */
  belowStart: number = Infinity;
  /** First byte behind what is above. */
  aboveEnd: number = Infinity;
  /** Pages of the range that are mapped, in all and by the counters that have them. */
  pages: number = Infinity;
  dataPages: number = Infinity;
  execPages: number = Infinity;
  chargedPages: number = Infinity;
}

/** One for all: a call ends before the next begins. */
const found: Surroundings = new Surroundings();

/**
 * Looks what lies in [start, end) and, for those who join it, what touches it. False when an area with a record is among
 * it.
 */
function look(mm: Mm, start: number, end: number, beside: boolean): boolean {
  const { cells } = mm;
  found.areas = 0;
  found.below = NONE;
  found.above = NONE;
  found.cutsBelow = 0;
  found.cutsAbove = 0;
  found.pages = 0;
  found.dataPages = 0;
  found.execPages = 0;
  found.chargedPages = 0;
  let cell = cells.seek(start);
  if (cell !== undefined && cells.start < start) {
    if (typeof cell !== "number") return false;
    found.cutsBelow = 1;
    found.below = cell;
    found.belowStart = cells.start;
  } else if (beside && cells.start === start) {
    const below = touchingBelow(cells);
    if (typeof below === "number") {
      found.below = below;
      found.belowStart = startBelow(cells);
    } else if (below !== undefined) return false;
  }
  if (cell === undefined) {
    if (cells.end > end) return true;
    cell = cells.next();
  }
  while (cell !== undefined && cells.start < end) {
    if (typeof cell !== "number") return false;
    count(mm, cell, Math.max(start, cells.start), Math.min(end, cells.end));
    if (cells.end >= end) {
      if (cells.end > end) {
        found.cutsAbove = 1;
        found.above = cell;
        found.aboveEnd = cells.end;
        return true;
      }
      if (!beside) return true;
      const above = touchingAbove(cells);
      if (typeof above === "number") {
        found.above = above;
        found.aboveEnd = endAbove(cells);
      }
      return typeof above !== "object";
    }
    cell = cells.next();
  }
  if (beside && cell !== undefined && cells.start === end) {
    if (typeof cell !== "number") return false;
    found.above = cell;
    found.aboveEnd = cells.end;
  }
  return true;
}

function count(mm: Mm, cell: number, start: number, end: number): void {
  const flags = mm.compact.flagsOf(cell);
  const pages = toPages(end - start);
  found.areas += 1;
  found.pages += pages;
  if ((flags & (VM_EXEC | VM_WRITE)) === VM_EXEC) found.execPages += pages;
  else if ((flags & (VM_WRITE | VM_SHARED)) === VM_WRITE) found.dataPages += pages;
  if ((cell & CELL_ACCOUNT) !== 0) found.chargedPages += pages;
}

/** Takes what was found in [start, end) off the counters, and its pages out of memory. */
function forgetFound(mm: Mm, start: number, end: number): void {
  if (mm.pages !== null && found.areas > 0) forgetPages(mm, mm.pages, start, end);
  mm.totalVm -= found.pages;
  mm.dataVm -= found.dataPages;
  mm.execVm -= found.execPages;
  mm.committed -= found.chargedPages;
}

function forgetPages(mm: Mm, pages: PageTable, start: number, end: number): void {
  const { cells } = mm;
  const hasBelow = cells.seek(start) !== undefined && cells.start < start;
  const floor = hasBelow ? start : cells.prev() === undefined ? 0 : cells.end;
  const ceiling = cells.find(end) === undefined ? Number.POSITIVE_INFINITY : Math.max(cells.start, end);
  pages.unmap(start, end, floor, ceiling);
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
  mm.mapCount += found.cutsBelow + found.cutsAbove - found.areas;
  forgetFound(mm, start, end);
  mm.cells.delete(start, end);
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
  if (file !== null && compact.isCrowded) compact.sweep(mm.map.values());
  if (!look(mm, start, end, true) || isRefusedHole(mm)) return false;
  const pages = toPages(end - start);
  if (!mayExpand(mm, flags, pages - found.pages) || (isCharged && !mayCharge(mm, pages))) return false;

  const { below, above } = found;
  let left = below !== NONE && takesNew(mm, cell, file, offset, below);
  let right = above !== NONE && !onlyExtends && takesNew(mm, cell, file, offset, above);
  if (left && right) {
    if (mm.profile.newRangeOrder === "next-first") left = secondJoins(mm, above, below);
    else right = pairJoins(mm, below, above);
  }
  let kind = 0;
  if (left) kind = right ? kindTaken(mm, below, above) : below & CELL_KIND;
  else if (right) kind = above & CELL_KIND;
  else if (file !== null) {
    kind = compact.kindBits(file, offset, null);
    if (kind < 0) return false;
  }

  forgetFound(mm, start, end);
  accountPages(mm, flags, pages);
  if (isCharged) mm.committed += pages;
  commitCompact(
    mm,
    left ? found.belowStart : start,
    right ? found.aboveEnd : end,
    cell | kind,
    found.cutsBelow + found.cutsAbove + 1 - found.areas - +left - +right,
  );
  return true;
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
  if (!mayExpand(mm, flags, pages) || (isCharged && !mayCharge(mm, pages))) return false;

  accountPages(mm, flags, pages);
  if (isCharged) mm.committed += pages;
  if (above !== undefined && joins(mm, cell, above)) {
    const kind = kindTaken(mm, cell, above);
    commitCompact(mm, areaStart, endAbove(cells), (cell & CELL_FLAGS) | kind, -1);
  } else commitCompact(mm, areaStart, end + delta, cell, 0);
  return true;
}
