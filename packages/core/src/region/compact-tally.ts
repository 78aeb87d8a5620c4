/** What calls on areas without records do, for those who count: each range that a call has dealt with is one move. */

import { joinReasons, NONE } from "../merge/compact-reasons.js";
import { REASON_EXPAND_ONLY, REASON_NOT_AT_END } from "../merge/reason.js";
import type { Mm } from "../mm.js";
import type { OpenFile } from "../object/file.js";
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
import { surroundings } from "./surroundings.js";

// Numbers that may be large would become objects on their way into a function that is not taken in by its caller: all of
// these are called with those that are objects already, and write the others themselves.

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

/** Notes that [start, end) was written over what was found there, an area of its own: no neighbour took it. */
export function tallyMade(
  mm: Mm,
  tally: Tally,
  start: number,
  end: number,
  cell: number,
  file: OpenFile | null,
  offset: number,
  onlyExtends: boolean,
): void {
  const { areas, below, above } = surroundings;
  const { numbers } = tally;
  // The heap asks the area below alone, and only if it touches.
  const isAsked = !onlyExtends || below !== NONE;
  const at = tally.note(clearedBits() | MADE | (isAsked ? REFUSED : 0));
  numbers[at + MOVE_START] = start;
  numbers[at + MOVE_END] = end;
  numbers[at + MOVE_GONE] = areas;
  if (!isAsked) return;
  const right = joinReasons(mm, cell, file, offset, null, above);
  numbers[at + MOVE_LEFT_REASONS] = joinReasons(mm, cell, file, offset, null, below);
  numbers[at + MOVE_RIGHT_REASONS] = onlyExtends ? right | REASON_EXPAND_ONLY : right;
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

/**
 * Notes that [start, end), a share of an area that begins (`isFirst`) or ends (`isLast`) with it or does not, has changed
 * and become part of [from, upTo), by what neighbours have taken it.
 */
export function tallyJoined(
  tally: Tally,
  start: number,
  end: number,
  from: number,
  upTo: number,
  isFirst: boolean,
  isLast: boolean,
): void {
  const { numbers } = tally;
  const isFull = isFirst && isLast;
  const left = from < start;
  const isBoth = left && upTo > end;
  let outcome = isFull ? EXISTING_RIGHT_FULL : EXISTING_RIGHT_PART;
  if (isBoth) outcome = EXISTING_BOTH;
  else if (left) outcome = isFull ? EXISTING_LEFT_FULL : EXISTING_LEFT_PART;
  const gone = +isFull + +isBoth;
  const at = tally.note(gone > 0 ? outcome | GONE : outcome);
  numbers[at + MOVE_START] = start;
  numbers[at + MOVE_END] = end;
  numbers[at + MOVE_GONE] = gone;
  numbers[at + MOVE_FROM] = from;
  numbers[at + MOVE_UP_TO] = upTo;
}

/** Notes that such a share was cut out of its area `cell`, where it does not end itself: no neighbour took it. */
export function tallyApart(
  mm: Mm,
  tally: Tally,
  start: number,
  end: number,
  cell: number,
  wanted: number,
  below: number,
  above: number,
  isFirst: boolean,
  isLast: boolean,
): void {
  const { compact } = mm;
  const { numbers } = tally;
  const file = compact.fileOf(cell);
  const offset = compact.offsetOf(cell);
  const anonVma = compact.anonVmaOf(cell);
  const left = joinReasons(mm, wanted, file, offset, anonVma, below);
  const right = joinReasons(mm, wanted, file, offset, anonVma, above);
  const at = tally.note(REFUSED | (isFirst ? 0 : CUT_START) | (isLast ? 0 : CUT_END));
  numbers[at + MOVE_START] = start;
  numbers[at + MOVE_END] = end;
  numbers[at + MOVE_LEFT_REASONS] = isFirst ? left : left | REASON_NOT_AT_END;
  numbers[at + MOVE_RIGHT_REASONS] = isLast ? right : right | REASON_NOT_AT_END;
}
