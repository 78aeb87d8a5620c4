/** What areas without records lie in a range and beside it: everything that a call on the range has to know, in one look. */

import { endAbove, startBelow, touchingAbove, touchingBelow } from "@vma/maple/neighbours";
import { VM_EXEC, VM_SHARED, VM_WRITE } from "../abi/flags.js";
import { toPages } from "../abi/page.js";
import { joinReasons, NONE } from "../merge/compact-reasons.js";
import { REASON_EXPAND_ONLY } from "../merge/reason.js";
import type { Mm } from "../mm.js";
import { CELL_ACCOUNT } from "../object/compact.js";
import type { OpenFile } from "../object/file.js";

/** What lies in and beside a range, as last looked at. */
export class Surroundings {
  /** Areas of which at least a part lies in the range. */
  areas = 0;
  /** What of the first one lies below the range, or else what touches the range there; NONE for nothing. */
  below: number = NONE;
  /** The same above. */
  above: number = NONE;
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
  /** Why no area beside takes a new range there, as last asked: words of bits. */
  leftReasons = 0;
  rightReasons = 0;
  /** Numbers that the first and the last area had before they were cut. */
  firstId = 0;
  lastId = 0;
  /** The areas of the range, cut to it, in order: cells, first bytes, first bytes behind. Only where somebody is told. */
  readonly cells: number[] = [];
  // As above: lists that begin with a fraction hold doubles.
  readonly starts: number[] = [0.5];
  readonly ends: number[] = [0.5];
}

/** One for all: a call ends before the next begins. */
export const surroundings: Surroundings = /* @__PURE__ */ new Surroundings();

/**
 * Looks what lies in [start, end) and, for those who join it, what touches it. False when an area with a record is among
 * it.
 */
export function look(mm: Mm, start: number, end: number, beside: boolean): boolean {
  const { cells } = mm;
  const found = surroundings;
  const isTold = mm.steps !== null;
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
    if (cells.end === end) return !beside || lookAbove(mm);
    cell = cells.next();
  }
  while (cell !== undefined && cells.start < end) {
    if (typeof cell !== "number") return false;
    const from = Math.max(start, cells.start);
    const to = Math.min(end, cells.end);
    if (isTold) {
      found.cells[found.areas] = cell;
      found.starts[found.areas] = from;
      found.ends[found.areas] = to;
    }
    count(mm, cell, from, to);
    if (cells.end >= end) {
      if (cells.end > end) {
        found.cutsAbove = 1;
        found.above = cell;
        found.aboveEnd = cells.end;
        return true;
      }
      return !beside || lookAbove(mm);
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

/** Looks what touches the area or hole under the cursor above. False when it has a record. */
function lookAbove(mm: Mm): boolean {
  const { cells } = mm;
  const above = touchingAbove(cells);
  if (typeof above === "number") {
    surroundings.above = above;
    surroundings.aboveEnd = endAbove(cells);
  }
  return typeof above !== "object";
}

function count(mm: Mm, cell: number, start: number, end: number): void {
  const found = surroundings;
  const flags = mm.compact.flagsOf(cell);
  const pages = toPages(end - start);
  found.areas += 1;
  found.pages += pages;
  if ((flags & (VM_EXEC | VM_WRITE)) === VM_EXEC) found.execPages += pages;
  else if ((flags & (VM_WRITE | VM_SHARED)) === VM_WRITE) found.dataPages += pages;
  if ((cell & CELL_ACCOUNT) !== 0) found.chargedPages += pages;
}

/**
 * Asks why no area beside takes a new range with the flags of `cell`. False when nobody is asked: the heap
 * (`onlyExtends`) asks the area below alone, and only if it touches.
 */
export function askBeside(
  mm: Mm,
  cell: number,
  file: OpenFile | null,
  offset: number,
  onlyExtends: boolean,
): boolean {
  const found = surroundings;
  if (onlyExtends && found.below === NONE) return false;
  const right = joinReasons(mm, cell, file, offset, null, found.above);
  found.leftReasons = joinReasons(mm, cell, file, offset, null, found.below);
  found.rightReasons = onlyExtends ? right | REASON_EXPAND_ONLY : right;
  return true;
}
