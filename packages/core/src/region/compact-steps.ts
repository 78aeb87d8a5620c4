/** What calls on areas without records do, told to those who listen in the words of the longer way, and in its order. */

import { commitCompact } from "../merge/compact.js";
import { NONE } from "../merge/compact-reasons.js";
import type { Mm } from "../mm.js";
import type { StepSink } from "../object/event.js";
import { surroundings } from "./surroundings.js";

/**
 * Tells that the areas found in [start, end) are cut at its ends, before the tree is written. Where areas have numbers the
 * parts that stay get new ones; those that go, `tellCleared` says then.
 */
export function tellCuts(mm: Mm, steps: StepSink, start: number, end: number): void {
  const found = surroundings;
  const { compact } = mm;
  const first = compact.idOf(found.below === NONE ? 0 : found.below);
  const last = compact.idOf(found.above === NONE ? 0 : found.above);
  const belowId = found.cutsBelow === 0 ? 0 : mm.nextId();
  if (found.cutsBelow > 0) steps.split(first, belowId, start);
  const aboveId = found.cutsAbove === 0 ? 0 : mm.nextId();
  if (found.cutsAbove > 0) steps.split(last, aboveId, end);
  found.firstId = first;
  found.lastId = last;
  if (belowId !== 0) compact.setId(found.below, belowId);
  if (aboveId === 0) return;
  // A part of its own on both sides: one keeps the kind, the other one is written.
  if (belowId !== 0 && first === last) {
    found.above = compact.ownCell(found.above, aboveId);
    commitCompact(mm, end, found.aboveEnd, found.above, 0);
  } else compact.setId(found.above, aboveId);
}

/** Tells that the areas found in a range are gone. */
export function tellCleared(mm: Mm, steps: StepSink): void {
  const found = surroundings;
  const { compact } = mm;
  for (let i = 0; i < found.areas; i += 1) {
    const cell = found.cells[i] as number;
    const isFirst = i === 0 && found.cutsBelow > 0;
    const isLast = i === found.areas - 1 && found.cutsAbove > 0;
    const id = isFirst ? found.firstId : isLast ? found.lastId : compact.idOf(cell);
    steps.removed(id, found.starts[i] as number, found.ends[i] as number);
    if (!isFirst && !isLast) compact.drop(cell);
  }
}

/**
 * Tells that a new range was written: the areas below and above it were those found. `id` is its number if it is an area
 * of its own.
 */
export function tellMapped(
  mm: Mm,
  steps: StepSink,
  start: number,
  end: number,
  id: number,
  left: boolean,
  right: boolean,
): void {
  const { compact } = mm;
  const { below, above, belowStart, aboveEnd } = surroundings;
  if (left) {
    const survivor = compact.idOf(below);
    const upTo = right ? aboveEnd : end;
    const gone = right ? compact.idOf(above) : 0;
    if (right) steps.removed(gone, end, aboveEnd);
    steps.grew(survivor, belowStart, upTo, belowStart, start);
    steps.merged(right ? "new-both" : "new-left", survivor, gone, 0, belowStart, upTo);
  } else if (right) {
    const survivor = compact.idOf(above);
    steps.grew(survivor, start, aboveEnd, end, aboveEnd);
    steps.merged("new-right", survivor, 0, 0, start, aboveEnd);
  } else steps.created(id, start, end);
}

/** Tells that no neighbour takes a new range, for the reasons that have just been asked for. */
export function tellRefusedMap(mm: Mm, steps: StepSink, start: number, end: number): void {
  const { below, above, leftReasons, rightReasons } = surroundings;
  const prev = below === NONE ? idBelow(mm, start) : mm.compact.idOf(below);
  const next = above === NONE ? idAbove(mm, end) : mm.compact.idOf(above);
  steps.refused(start, end, prev, next, leftReasons, rightReasons);
}

/** The number of the next area below `address`, 0 for none. */
function idBelow(mm: Mm, address: number): number {
  const { cells } = mm;
  const here = cells.seek(address);
  const cell = here !== undefined && cells.start < address ? here : cells.prev();
  return mm.idOf(cell);
}

/** The number of the first area that ends above `address`, 0 for none. */
function idAbove(mm: Mm, address: number): number {
  return mm.idOf(mm.cells.find(address));
}

/** Tells that the area has grown in place from [start, oldEnd) to [start, newEnd), and on to `upTo` over the area `taken`. */
export function tellGrown(
  mm: Mm,
  steps: StepSink,
  cell: number,
  taken: number,
  start: number,
  oldEnd: number,
  newEnd: number,
  upTo: number,
): void {
  const { compact } = mm;
  const id = compact.idOf(cell);
  const gone = taken === NONE ? 0 : compact.idOf(taken);
  if (taken !== NONE) steps.removed(gone, newEnd, upTo);
  steps.grew(id, start, upTo, start, oldEnd);
  steps.merged(taken === NONE ? "new-left" : "new-both", id, gone, 0, start, upTo);
}
