/**
 * Completing the reasons of a request for those who listen. To decide, the merge functions stop at the first thing
 * that settles a side; to explain, every obstacle must be named, and none that goes away with another one:
 * taking all reasons of a side away makes that side merge, leaving any one of them in refuses it.
 */

import { isClosable, type Vma } from "../object/vma.js";
import { isSpecial, leftReasons, rightReasons } from "./mergeable.js";
import {
  REASON_ANON_SOURCE_INHERITED,
  REASON_CLOSE,
  REASON_EXPAND_ONLY,
  REASON_KEPT_SOURCE,
  REASON_NOT_AT_END,
  REASON_SPECIAL,
} from "./reason.js";
import type { BarredNeighbours, MergeRequest } from "./request.js";

/**
 * Whether the area below takes the range once what stands in the way of the one above is put right: the chain of the
 * area the range comes from stands in the way of both at once.
 */
function holdsWith(left: number, right: number): boolean {
  return (left & ~(right & REASON_ANON_SOURCE_INHERITED)) === 0;
}

/**
 * Completes the reasons of a new range, as far as its two sides were asked already. Changes nothing else. That flags
 * keep it out of every merge is for the caller to say, who must in any case.
 */
export function completeNewRange(request: MergeRequest): void {
  const { next } = request;
  if (request.barred !== null) completeBarred(request, request.barred);
  if (request.justExpand) {
    request.rightReasons = REASON_EXPAND_ONLY | rightReasons(request, request.leftReasons === 0);
  }
  // With the area below taking the range, the one above could only be removed.
  const left = holdsWith(request.leftReasons, request.rightReasons);
  if (left && request.mm.profile.closeRule === "series" && next !== null && next.start === request.end) {
    // A range that nothing else keeps from the one above is offered to it, and refused there for this.
    const offered = request.rightReasons === 0 && !isSpecial(request.flags);
    if (isClosable(next) && !offered) request.rightReasons |= REASON_CLOSE;
  }
}

/** The reasons of barred neighbours: that they are barred, and all that would keep them apart besides. */
function completeBarred(request: MergeRequest, { prev, next, below, above }: BarredNeighbours): void {
  const asked = [request.prev, request.next] as const;
  [request.prev, request.next] = [prev, next];
  if (below) request.leftReasons = leftReasons(request) | REASON_KEPT_SOURCE;
  // A source beside its copy was never written to: it has no object that another neighbour could differ in.
  if (above) request.rightReasons = rightReasons(request, false) | REASON_KEPT_SOURCE;
  [request.prev, request.next] = asked;
}

/**
 * Completes the reasons of [start, end) inside `vma`, before anything is changed. A side that the range does not
 * reach is asked as if it did. Leaves everything but the reasons as it was.
 */
export function completeExistingRange(request: MergeRequest, vma: Vma): void {
  const { prev, next, start, end, pgoff, iterator } = request;
  const atStart = start === vma.start;
  const atEnd = end === vma.end;

  request.prev = iterator.areaBelow(vma.start);
  request.start = vma.start;
  request.pgoff = vma.pgoff;
  let left = leftReasons(request);
  request.prev = prev;
  request.start = start;
  request.pgoff = pgoff;

  const leftHolds = atStart && left === 0;
  const above = iterator.areaStartingAt(vma.end);
  request.next = above;
  request.end = vma.end;
  let right = rightReasons(request, leftHolds);
  request.next = next;
  request.end = end;

  const both = atStart && holdsWith(left, right);
  // The whole of an area with a close hook cannot go to a neighbour.
  const rule = request.mm.profile.closeRule;
  if (isClosable(vma)) {
    if (atEnd && (rule === "series" || (rule === "fixed" && right !== 0))) left |= REASON_CLOSE;
    if (atStart && rule === "series") right |= REASON_CLOSE;
  }
  if (both && rule === "series" && above !== null && isClosable(above)) right |= REASON_CLOSE;
  if (!atStart) left |= REASON_NOT_AT_END;
  if (!atEnd) right |= REASON_NOT_AT_END;
  if (isSpecial(request.flags)) {
    left |= REASON_SPECIAL;
    right |= REASON_SPECIAL;
  }
  request.leftReasons = left;
  request.rightReasons = right;
}
