/**
 * May areas without records become one? The rules of `mergeable.ts` where files, flags and an anonymous object of its
 * own, with no other in its chain, are all that an area has.
 */

import type { Mm } from "../mm.js";
import type { AnonVma } from "../object/anon-vma.js";
import { CELL_FLAGS, CELL_KIND } from "../object/compact.js";
import type { OpenFile } from "../object/file.js";
import { objectReasons } from "./mergeable.js";

/** Whether a range with the object `mine` may join an area with `theirs` (`is_mergeable_anon_vma`). */
function anonJoins(mm: Mm, mine: AnonVma | null, theirs: AnonVma | null): boolean {
  return mine === theirs || objectReasons(mm, mine, theirs, lengthOf(theirs), lengthOf(mine)) === 0;
}

/** The length of the chain of an area without a record. */
export function lengthOf(anonVma: AnonVma | null): number {
  return anonVma === null ? 0 : 1;
}

/** Whether a range that comes from, or becomes, `mine` may join the area `theirs`, which touches it. */
export function joins(mm: Mm, mine: number, theirs: number): boolean {
  if (!flagsJoin(mine, theirs)) return false;
  return ((mine ^ theirs) & CELL_KIND) === 0 || kindsJoin(mm, mine, theirs);
}

function kindsJoin(mm: Mm, mine: number, theirs: number): boolean {
  const { compact } = mm;
  return (
    compact.fileOf(mine) === compact.fileOf(theirs) &&
    compact.offsetOf(mine) === compact.offsetOf(theirs) &&
    anonJoins(mm, compact.anonVmaOf(mine), compact.anonVmaOf(theirs))
  );
}

/** Whether flags, which say most often that two areas stay apart, do not. */
export function flagsJoin(mine: number, theirs: number): boolean {
  return ((mine ^ theirs) & CELL_FLAGS) === 0;
}

/** Whether a new range of a file, or of none, may join the area `theirs`, which touches it, where the flags do. */
export function takesNew(mm: Mm, file: OpenFile | null, offset: number, theirs: number): boolean {
  return mm.compact.fileOf(theirs) === file && mm.compact.offsetOf(theirs) === offset;
}

/** Whether the areas on both sides of a range may end up in one (`are_anon_vmas_compatible`). */
export function pairJoins(mm: Mm, below: number, above: number): boolean {
  const a = mm.compact.anonVmaOf(below);
  const b = mm.compact.anonVmaOf(above);
  return a === null || b === null || a === b;
}

/**
 * Whether a new range that `above` takes may join `below`, too, where the area above was asked first and the range counts
 * as having its object.
 */
export function secondJoins(mm: Mm, above: number, below: number): boolean {
  const { compact } = mm;
  return anonJoins(mm, compact.anonVmaOf(above), compact.anonVmaOf(below));
}

// Nowhere else does an area without a record come to be, go or move a boundary.

/** Makes [start, end) one area without a record, over whatever is there, as decided. `areas` more there are then. */
export function commitCompact(mm: Mm, start: number, end: number, cell: number, areas: number): void {
  mm.mapCount += areas;
  mm.cells.set(start, end, cell);
}

/** Makes [start, end) a hole, as decided. `areas` more there are then, less as a rule. */
export function commitHole(mm: Mm, start: number, end: number, areas: number): void {
  const { cells, rooms } = mm;
  mm.mapCount += areas;
  cells.delete(start, end);
  rooms.opened(cells.start, cells.end);
}
