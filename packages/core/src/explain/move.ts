/** What a tally has counted, in words. */

import { type ReasonCode, reasonCodes } from "../merge/reason.js";
import type { Move } from "../object/tally.js";

/** What a move did, a sentence for each step, in order. */
export function describeMove(move: Move): string[] {
  const { outcome, start, end, cutsStart, cutsEnd, gone, from, upTo } = move;
  const refusal = move.isRefused
    ? [`merge refused; below: ${sideText(move.leftReasons)}; above: ${sideText(move.rightReasons)}`]
    : [];
  const isMerge = outcome !== null && outcome !== "created";
  const range = isMerge ? rangeText(from, upTo) : rangeText(start, end);
  // A new range is cleared before a merge is asked for; one that changes is cut when none has happened.
  return [
    ...(outcome === "created" ? [] : refusal),
    ...(cutsStart ? [`split at ${hex(start)}`] : []),
    ...(cutsEnd ? [`split at ${hex(end)}`] : []),
    ...(gone > 0 ? [`removed ${gone === 1 ? "one area" : `${gone} areas`} in ${range}`] : []),
    ...(outcome === "created" ? [...refusal, `created ${range}`] : []),
    ...(isMerge ? [`merged (${outcome}) into ${range}`] : []),
  ];
}

/** Counts by the bit of a reason as counts by its code; what never happened is left out. */
export function countsByReason(byReasonBit: readonly number[]): Partial<Record<ReasonCode, number>> {
  const counts: Partial<Record<ReasonCode, number>> = {};
  byReasonBit.forEach((count, bit) => {
    for (const code of reasonCodes(1 << bit)) if (count > 0) counts[code] = count;
  });
  return counts;
}

function sideText(reasons: number): string {
  return reasons === 0 ? "fits" : reasonCodes(reasons).join(", ");
}

function hex(address: number): string {
  return `0x${address.toString(16)}`;
}

function rangeText(start: number, end: number): string {
  return `${hex(start)}-${hex(end)}`;
}
