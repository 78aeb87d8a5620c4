/** What calls on areas without records do, for those who count: each range that a call has dealt with is one move. */

import type { Mm } from "../mm.js";
import {
  CUT_END,
  CUT_START,
  EXISTING_BOTH,
  EXISTING_LEFT_FULL,
  EXISTING_LEFT_PART,
  EXISTING_RIGHT_FULL,
  EXISTING_RIGHT_PART,
  GONE,
  MADE,
  MOVE_END,
  MOVE_FROM,
  MOVE_GONE,
  MOVE_LEFT_REASONS,
  MOVE_RIGHT_REASONS,
  MOVE_START,
  MOVE_UP_TO,
  NEW_BOTH,
  NEW_LEFT,
  NEW_RIGHT,
  REFUSED,
  type Tally,
} from "../object/tally.js";
import { askBoth, share } from "./compact-share.js";
import { surroundings } from "./surroundings.js";

// Numbers that may be large would become objects on their way into a function that is not taken in by its caller: these
// functions are called with such as are objects already, and read the others where they are kept.

/** What was found in a range and is cut or gone, as bits of a move's kind. */
function clearedBits(): number {
  const { cutsBelow, cutsAbove, areas } = surroundings;
  return (cutsBelow > 0 ? CUT_START : 0) | (cutsAbove > 0 ? CUT_END : 0) | (areas > 0 ? GONE : 0);
}

/** Notes that what was found in [start, end) is gone. */
export function tallyCleared(tally: Tally, start: number, end: number): void {
  const { numbers } = tally;
  const at = tally.note(clearedBits());
  numbers[at + MOVE_START] = start;
  numbers[at + MOVE_END] = end;
  numbers[at + MOVE_GONE] = surroundings.areas;
}

/** Notes that [start, end) was written over what was found there, and which neighbours took it. */
export function tallyMapped(tally: Tally, start: number, end: number, left: boolean, right: boolean): void {
  const { areas, belowStart, aboveEnd } = surroundings;
  const { numbers } = tally;
  const outcome = left ? (right ? NEW_BOTH | GONE : NEW_LEFT) : NEW_RIGHT;
  const at = tally.note(clearedBits() | outcome);
  numbers[at + MOVE_START] = start;
  numbers[at + MOVE_END] = end;
  numbers[at + MOVE_GONE] = areas + +(left && right);
  numbers[at + MOVE_FROM] = left ? belowStart : start;
  numbers[at + MOVE_UP_TO] = right ? aboveEnd : end;
}

/** Notes that [start, end) was written over what was found there, an area of its own: who was asked did not take it. */
export function tallyMade(tally: Tally, start: number, end: number, isAsked: boolean): void {
  const { numbers } = tally;
  const at = tally.note(clearedBits() | MADE | (isAsked ? REFUSED : 0));
  const { areas, leftReasons, rightReasons } = surroundings;
  numbers[at + MOVE_START] = start;
  numbers[at + MOVE_END] = end;
  numbers[at + MOVE_GONE] = areas;
  numbers[at + MOVE_LEFT_REASONS] = leftReasons;
  numbers[at + MOVE_RIGHT_REASONS] = rightReasons;
}

/** Notes that the area at `start` has grown in place from `oldEnd` to `end`, and on to `upTo` over another one. */
export function tallyGrown(tally: Tally, start: number, oldEnd: number, end: number, upTo: number): void {
  const { numbers } = tally;
  const at = tally.note(upTo > end ? NEW_BOTH | GONE : NEW_LEFT);
  numbers[at + MOVE_START] = oldEnd;
  numbers[at + MOVE_END] = end;
  numbers[at + MOVE_GONE] = 1;
  numbers[at + MOVE_FROM] = start;
  numbers[at + MOVE_UP_TO] = upTo;
}

/** Notes that the share of an area has changed and become part of what `left` and `right` say. */
export function tallyJoined(tally: Tally, left: boolean, right: boolean): void {
  const { numbers } = tally;
  const { start, end, areaStart, areaEnd, belowStart, aboveEnd } = share;
  const isFull = start === areaStart && end === areaEnd;
  let outcome = isFull ? EXISTING_RIGHT_FULL : EXISTING_RIGHT_PART;
  if (left && right) outcome = EXISTING_BOTH;
  else if (left) outcome = isFull ? EXISTING_LEFT_FULL : EXISTING_LEFT_PART;
  const gone = +isFull + +(left && right);
  const at = tally.note(gone > 0 ? outcome | GONE : outcome);
  numbers[at + MOVE_START] = start;
  numbers[at + MOVE_END] = end;
  numbers[at + MOVE_GONE] = gone;
  numbers[at + MOVE_FROM] = left ? belowStart : start;
  numbers[at + MOVE_UP_TO] = aboveEnd;
}

/** Notes that the share was cut out of its area `cell`, where it does not end itself: no neighbour took it. */
export function tallyApart(
  mm: Mm,
  tally: Tally,
  cell: number,
  wanted: number,
  below: number,
  above: number,
): void {
  askBoth(mm, cell, wanted, below, above);
  const { numbers } = tally;
  const { start, end, areaStart, areaEnd, leftReasons, rightReasons } = share;
  const at = tally.note(REFUSED | (start > areaStart ? CUT_START : 0) | (end < areaEnd ? CUT_END : 0));
  numbers[at + MOVE_START] = start;
  numbers[at + MOVE_END] = end;
  numbers[at + MOVE_LEFT_REASONS] = leftReasons;
  numbers[at + MOVE_RIGHT_REASONS] = rightReasons;
}
