/** mprotect of areas without records (`mprotect_fixup` for each): decided one by one, written once for all that became one. */

import { endAbove, startBelow, touchingAbove, touchingBelow } from "@vma/maple/neighbours";
import { EACCES, ENOMEM } from "../abi/errno.js";
import { VM_ACCESS_FLAGS, VM_ACCOUNT, VM_HUGETLB, VM_NORESERVE, VM_SHARED, VM_WRITE } from "../abi/flags.js";
import { toPages } from "../abi/page.js";
import { commitCompact, joins, pairJoins } from "../merge/compact.js";
import { NONE } from "../merge/compact-reasons.js";
import type { Mm } from "../mm.js";
import { CELL_ACCOUNT, CELL_FLAGS, CELL_KIND } from "../object/compact.js";
import { dropsAccount, mayCharge, mayExpand, recountPages } from "./accounting.js";
import { share, tellChanged, tellCut, tellJoined } from "./compact-share.js";
import { tallyApart, tallyJoined } from "./compact-tally.js";

const NEVER_CHARGED: number = VM_ACCOUNT | VM_WRITE | VM_HUGETLB | VM_SHARED | VM_NORESERVE;

/** What the last shares of the walk have become, up to where the walk is: one area, which is not written yet. */
class Run {
  /** NONE for nothing. */
  cell: number = NONE;
  /** First byte; infinite at first, and so a double to the JS engine. */
  start: number = Infinity;
  /** So many more areas there are with it. */
  areas = 0;
}

/** One for all: a call ends before the next begins. */
const run: Run = /* @__PURE__ */ new Run();

function writeRun(mm: Mm, end: number): void {
  if (run.cell === NONE) return;
  commitCompact(mm, run.start, end, run.cell, run.areas);
  run.cell = NONE;
  run.areas = 0;
}

/**
 * Gives the areas of [start, end) this access. Returns `end`; a negative errno, with what lies below the area that
 * refuses changed, as it must be; or how far it came, when the longer way must decide.
 *
 * What an area becomes may join the one below it, which may be what the one before it in the walk has become, and the one
 * above. That is written when the walk has passed it.
 *
 * Assumes: `mm.isCompact`.
 */
export function protectCompact(mm: Mm, start: number, end: number, access: number): number {
  const { cells, compact, steps } = mm;
  let cell = cells.find(start);
  let position = start;
  let result = end;
  run.cell = NONE;
  run.areas = 0;
  if (steps !== null) share.before = cell === undefined ? 0 : mm.idOf(cells.peekPrev());
  while (position < end) {
    if (typeof cell !== "number" || cells.start > position) {
      result = typeof cell === "object" && cells.start <= position ? position : -ENOMEM;
      break;
    }
    const to = Math.min(cells.end, end);
    const wanted = changedCell(mm, cell, access, to - position);
    if (wanted < 0) {
      result = wanted;
      break;
    }
    if (wanted === cell) {
      writeRun(mm, position);
      if (steps !== null) share.before = compact.idOf(cell);
      position = to;
    } else {
      const upTo = changeShare(mm, cell, wanted, position, to);
      if (upTo < 0) {
        result = position;
        break;
      }
      position = upTo;
    }
    if (position < end) cell = cells.find(position);
  }
  writeRun(mm, position);
  return result;
}

/**
 * Makes [start, end), all of the area under the cursor or a share of it, what `wanted` says, in the run. Returns where the
 * area that it is part of then ends; -1, with nothing changed, when the longer way must decide.
 */
function changeShare(mm: Mm, cell: number, wanted: number, start: number, end: number): number {
  const { cells, compact, steps, tally } = mm;
  const areaStart = cells.start;
  const areaEnd = cells.end;
  const isFirst = start === areaStart;
  const isLast = end === areaEnd;
  // Those who listen or count hear of what stands on both sides, reached or not.
  const isHeard = steps !== null || tally !== null;
  const touchesBelow = run.cell === NONE && (isFirst || isHeard) ? touchingBelow(cells) : undefined;
  const touchesAbove = isLast || isHeard ? touchingAbove(cells) : undefined;
  if (typeof touchesBelow === "object" || typeof touchesAbove === "object") return -1;
  const below = run.cell === NONE ? (touchesBelow ?? NONE) : run.cell;
  const above = touchesAbove ?? NONE;
  const left = isFirst && below !== NONE && joins(mm, wanted, below);
  const right =
    isLast && above !== NONE && joins(mm, wanted, above) && (!left || pairJoins(mm, below, above));
  const cuts = +!isFirst + +!isLast;
  if (cuts > 0 && !left && !right && mm.mapCount + run.areas + cuts > mm.limits.maxMapCount) return -1;

  account(mm, cell, wanted, end - start);
  const upTo = right ? endAbove(cells) : end;
  if (!left || run.cell === NONE) {
    const from = left ? startBelow(cells) : start;
    writeRun(mm, start);
    run.start = from;
  }
  run.areas += cuts - (left ? 1 : 0) - (right ? 1 : 0);
  let own = cell;
  if (isHeard) {
    share.start = start;
    share.end = end;
    share.areaStart = areaStart;
    share.areaEnd = areaEnd;
    share.belowStart = left ? run.start : areaStart;
    share.aboveEnd = upTo;
  }
  if (steps !== null && !left && !right) own = tellCut(mm, steps, cell, wanted, below, above);
  if (tally !== null) {
    if (left || right) tallyJoined(tally, left, right);
    else tallyApart(mm, tally, cell, wanted, below, above);
  }
  run.cell = (wanted & CELL_FLAGS) | kindLeft(mm, own, left ? below : NONE, right ? above : NONE);
  if (steps !== null) {
    share.before = compact.idOf(run.cell);
    // What is told has been done: nothing waits to be written.
    writeRun(mm, upTo);
    if (left || right) tellJoined(mm, steps, cell, below, above, left, right);
    else tellChanged(mm, steps, own, wanted);
    if (left && isLast) compact.drop(cell);
    if (right && (left || isFirst)) compact.drop(left ? above : cell);
  }
  return upTo;
}

/** The kind of the area that a share of one like `cell` ends up in; `below` takes it if given, else `above` (`dup_anon_vma`). */
function kindLeft(mm: Mm, cell: number, below: number, above: number): number {
  const { compact } = mm;
  if (below === NONE) return above === NONE ? cell & CELL_KIND : compact.kindTaken(above, cell);
  if (above === NONE || compact.anonVmaOf(above) === null) return compact.kindTaken(below, cell);
  return compact.kindTaken(below, above);
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
    if ((cell & CELL_ACCOUNT) === 0 || !dropsAccount(mm)) return wanted;
    return compact.fileOf(cell) === null && compact.anonVmaOf(cell) === null
      ? wanted & ~CELL_ACCOUNT
      : wanted;
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
