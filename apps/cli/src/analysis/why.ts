/** Why two neighbours are two areas: the groups of a whole map, or one boundary in full. */

import type { ReasonDetail } from "@vma/core";
import { isAnonymousArea, type MapArea } from "../input/area.js";
import type { MapTarget } from "../input/map-target.js";
import type { Cause } from "./cause.js";
import { differingFlags, FactSheet, visibleReasons } from "./pair.js";
import { groupPairs, type PairCause, type PairReport, pairCause } from "./pair-group.js";

/** One boundary between neighbours in address order. */
export interface BoundaryReport {
  readonly lower: MapArea;
  readonly upper: MapArea;
  readonly touches: boolean;
  readonly cause: PairCause;
  readonly reasons: number;
  readonly details: readonly ReasonDetail[];
  /** Pairs of the same cause in the map, this one included. */
  readonly alike: number;
  /** What may keep them apart besides and is not in /proc; "" when nothing can. */
  readonly maybeHidden: string;
}

export interface WhyReport {
  readonly target: MapTarget;
  readonly pairs: PairReport;
  /** The boundaries at the address asked for; null when none was. */
  readonly boundaries: readonly BoundaryReport[] | null;
}

/** Compares all neighbours, and those at `address` (bytes) in full. */
export function analyseWhy(target: MapTarget, address: number | null): WhyReport {
  const pairs = groupPairs(target.areas, target.detail, target.policies);
  return { target, pairs, boundaries: address === null ? null : boundariesAt(target, pairs, address) };
}

/** The boundary at an address that begins or ends an area; else both boundaries of the area that holds it. */
function boundariesAt(target: MapTarget, pairs: PairReport, address: number): BoundaryReport[] {
  const { areas } = target;
  const sheet = new FactSheet(target.policies);
  const index = areas.findIndex((area) => area.end > address);
  if (index < 0) return [];
  const found: BoundaryReport[] = [];
  const add = (at: number): void => {
    const lower = areas[at - 1];
    const upper = areas[at];
    if (lower !== undefined && upper !== undefined) found.push(boundary(lower, upper, at));
  };
  const boundary = (lower: MapArea, upper: MapArea, at: number): BoundaryReport => {
    const touches = lower.end === upper.start;
    const reasons = visibleReasons(lower, upper, target.policies);
    const { onlyLower, onlyUpper } = differingFlags(lower, upper);
    const codes = [...onlyLower, ...onlyUpper];
    const cause = pairCause(
      lower,
      upper,
      reasons,
      codes,
      pairs.causes[at - 1] as Cause,
      pairs.causes[at] as Cause,
    );
    return {
      lower,
      upper,
      touches,
      cause,
      reasons,
      details: sheet.explain(reasons, lower, upper),
      alike: pairs.groups.reduce((sum, group) => sum + (group.cause === cause ? group.pairs : 0), 0),
      maybeHidden: hiddenBetween(lower, upper),
    };
  };
  const area = areas[index] as MapArea;
  add(index);
  if (area.start < address && address < area.end) add(index + 1);
  return found;
}

function hiddenBetween(lower: MapArea, upper: MapArea): string {
  const anonymous = isAnonymousArea(lower) && isAnonymousArea(upper);
  if (anonymous && lower.anonymous !== 0 && upper.anonymous !== 0) {
    return "both have been written to, so their anonymous objects may differ";
  }
  return anonymous ? "one may have been moved by mremap, or come through a fork" : "";
}
