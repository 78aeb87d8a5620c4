/** Going over the areas of a range: whether they fill it, and changing each, as mprotect, mlock and others do. */

import { ENOMEM } from "../abi/errno.js";
import type { MergeRequest } from "../merge/request.js";
import type { Mm } from "../mm.js";
import type { Vma } from "../object/vma.js";

/**
 * One area's share of a walk: [start, end) lies inside `vma`, `prev` is the area below (or `vma` itself when `start`
 * is inside it). Leaves the area that holds the share in `request.result` and returns 0 or a negative errno.
 */
export type AreaStep<A> = (
  request: MergeRequest,
  prev: Vma | null,
  vma: Vma,
  start: number,
  end: number,
  argument: A,
) => number;

/** What a hole does: end the walk with ENOMEM, be skipped with ENOMEM at the end, or not matter at all. */
export type HoleRule = "stop" | "skip" | "ignore";

/**
 * Calls `step` for each area of [start, end) in address order, going on from the end of the area each step leaves.
 *
 * Returns 0, the first errno of a step, or -ENOMEM when there was a hole and holes matter.
 */
export function walkAreas<A>(
  request: MergeRequest,
  start: number,
  end: number,
  holes: HoleRule,
  step: AreaStep<A>,
  argument: A,
): number {
  const { iterator } = request;
  const cursor = iterator.mm.cursor;
  let position = start;
  const atEnd = holes === "ignore" ? 0 : -ENOMEM;
  let holeError = 0;
  let vma = iterator.find(start);
  if (vma === null) return atEnd;
  // Ranges are asked of the iterator, which has them from the tree: a record may be far away in memory.
  let isFirst = true;
  let prev: Vma | null = null;
  for (;;) {
    const from = iterator.index;
    const shareEnd = Math.min(iterator.end, end);
    if (from > position && holes === "stop") return -ENOMEM;
    if (isFirst) prev = position > from ? vma : (cursor.peekPrev() ?? null);
    isFirst = false;
    if (from > position) {
      holeError = atEnd;
      position = from;
      if (position >= end) return holeError;
    }
    const error = step(request, prev, vma, position, shareEnd, argument);
    if (error !== 0) return error;
    prev = request.result;
    position = prev !== null && prev.end > shareEnd ? prev.end : shareEnd;
    if (position >= end) return holeError;
    vma = iterator.find(position);
    if (vma === null) return atEnd;
  }
}

/** Whether areas fill all of [start, end). Leaves the address space's cursor somewhere else. */
export function isCovered(mm: Mm, start: number, end: number): boolean {
  let covered = start;
  let vma = mm.cursor.find(start);
  while (vma !== undefined && vma.start <= covered && covered < end) {
    covered = vma.end;
    vma = mm.cursor.next();
  }
  return covered >= end;
}
