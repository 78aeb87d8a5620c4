/** mprotect of areas without records (`mprotect_fixup` for each): decided one by one, and written once for all that became one. */

import { endAbove, startBelow, touchingAbove, touchingBelow } from "@vma/maple/neighbours";
import { EACCES, ENOMEM } from "../abi/errno.js";
import { VM_ACCESS_FLAGS, VM_ACCOUNT, VM_HUGETLB, VM_NORESERVE, VM_SHARED, VM_WRITE } from "../abi/flags.js";
import { toPages } from "../abi/page.js";
import { commitCompact, joins, kindTaken, pairJoins } from "../merge/compact.js";
import type { Mm } from "../mm.js";
import { CELL_ACCOUNT, CELL_FLAGS, CELL_KIND } from "../object/compact.js";
import { mayCharge, mayExpand, recountPages } from "./accounting.js";

const NEVER_CHARGED: number = VM_ACCOUNT | VM_WRITE | VM_HUGETLB | VM_SHARED | VM_NORESERVE;

/** No area yet. */
const NONE = -1;

/**
 * Gives the areas of [start, end) this access. Returns `end`; a negative errno, with what lies below the area that
 * refuses changed, as it must be; or how far it came, when the longer way must decide.
 *
 * ```
 *   VVVV    vvVV    VVVV    vv**    what an area becomes may join the one below, which may be the one before it in the
 *    **             **              walk, and the one above
 * ```
 *
 * Assumes: `mm.isCompact`.
 */
export function protectCompact(mm: Mm, start: number, end: number, access: number): number {
  const { cells } = mm;
  let cell = cells.find(start);
  if (cell === undefined || cells.start > start) return -ENOMEM;
  let position = start;
  // What the last shares became, one area that is not written yet. While there is none, what was below is in the tree.
  let run = NONE;
  let runStart = start;
  let runAreas = 0;
  let result = end;
  while (position < end) {
    if (cell === undefined || cells.start > position) {
      result = -ENOMEM;
      break;
    }
    if (typeof cell !== "number") {
      result = position;
      break;
    }
    const areaStart = cells.start;
    const areaEnd = cells.end;
    const to = Math.min(areaEnd, end);
    const wanted = changedCell(mm, cell, access, to - position);
    if (wanted < 0) {
      result = wanted;
      break;
    }
    if (wanted === cell) {
      if (run !== NONE) {
        commitCompact(mm, runStart, position, run, runAreas);
        run = NONE;
      }
      position = to;
      if (position < end) cell = cells.find(position);
      continue;
    }

    let below = run;
    if (run === NONE && position === areaStart) {
      const touching = touchingBelow(cells);
      if (typeof touching === "object") {
        result = position;
        break;
      }
      below = touching ?? NONE;
    }
    let above = NONE;
    if (to === areaEnd) {
      const touching = touchingAbove(cells);
      if (typeof touching === "object") {
        result = position;
        break;
      }
      above = touching ?? NONE;
    }
    const left = below !== NONE && joins(mm, wanted, below);
    const right = above !== NONE && joins(mm, wanted, above) && (!left || pairJoins(mm, below, above));
    const cuts = +(areaStart < position) + +(to < areaEnd);
    if (cuts > 0 && !left && !right && mm.mapCount + runAreas + cuts > mm.limits.maxMapCount) {
      result = position;
      break;
    }

    account(mm, cell, wanted, to - position);
    const upTo = right ? endAbove(cells) : to;
    if (!left) {
      if (run !== NONE) commitCompact(mm, runStart, position, run, runAreas);
      runStart = position;
      runAreas = 0;
    } else if (run === NONE) {
      runStart = startBelow(cells);
      runAreas = 0;
    }
    runAreas += cuts - +left - +right;
    run = (wanted & CELL_FLAGS) | kindLeft(mm, wanted, left ? below : NONE, right ? above : NONE);
    position = upTo;
    if (position < end) cell = cells.find(position);
  }
  if (run !== NONE) commitCompact(mm, runStart, position, run, runAreas);
  return result;
}

/** The kind of the area that [start, end) of one like `cell` ends up in; `below` takes it if given, else `above` (`dup_anon_vma`). */
function kindLeft(mm: Mm, cell: number, below: number, above: number): number {
  if (below === NONE) return above === NONE ? cell & CELL_KIND : kindTaken(mm, above, cell);
  if (above === NONE || mm.compact.kindOf(above).anonVma === null) return kindTaken(mm, below, cell);
  return kindTaken(mm, below, above);
}

/** What the area is to become, or a negative errno. Changes nothing. */
function changedCell(mm: Mm, cell: number, access: number, length: number): number {
  const { compact } = mm;
  const wanted = (cell & ~VM_ACCESS_FLAGS) | access;
  const flags = compact.flagsOf(wanted);
  // Bit 4 above each access bit says whether it may be granted.
  if ((flags & ~(flags >> 4) & VM_ACCESS_FLAGS) !== 0) return -EACCES;
  if (wanted === cell) return cell;
  if ((access & VM_WRITE) === 0) {
    if ((cell & CELL_ACCOUNT) === 0 || !mm.profile.mprotectDropsAccount) return wanted;
    const { file, anonVma } = compact.kindOf(cell);
    return file === null && anonVma === null ? wanted & ~CELL_ACCOUNT : wanted;
  }
  const pages = toPages(length);
  const before = compact.flagsOf(cell);
  if (!mayExpand(mm, flags, pages) && mayExpand(mm, before, pages)) return -ENOMEM;
  if ((before & NEVER_CHARGED) !== 0) return wanted;
  return mayCharge(mm, pages) ? wanted | CELL_ACCOUNT : -ENOMEM;
}

/** Counts pages of `length` bytes as what they have become. */
function account(mm: Mm, cell: number, wanted: number, length: number): void {
  const { compact } = mm;
  const pages = toPages(length);
  recountPages(mm, compact.flagsOf(cell), compact.flagsOf(wanted), pages);
  const charge = (wanted & CELL_ACCOUNT) - (cell & CELL_ACCOUNT);
  if (charge > 0) mm.committed += pages;
  else if (charge < 0) mm.committed -= pages;
}
