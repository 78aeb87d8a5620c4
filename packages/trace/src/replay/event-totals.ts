/** What the models of a replay have done, in sums. */

import { countsByReason, type Tally } from "@vma/core";

/** Sums over all address spaces of a replay. */
export interface EventTotals {
  /** Areas that came into being, splits not counted. */
  readonly created: number;
  readonly merged: number;
  readonly split: number;
  readonly removed: number;
  /** Merges by what they did to the areas around them. */
  readonly byGeometry: Readonly<Record<string, number>>;
  readonly refused: number;
  /** Refusals by reason. One refusal may have several reasons, and one for each side. */
  readonly byReason: Readonly<Record<string, number>>;
}

export function eventTotals(tally: Tally): EventTotals {
  const { created, split, removed, refused, byGeometry, byReasonBit } = tally.sums();
  const merged = Object.values(byGeometry).reduce((sum, count) => sum + count, 0);
  return { created, merged, split, removed, byGeometry, refused, byReason: countsByReason(byReasonBit) };
}
