/** What keeps a replay from being exact although nothing differs, and the sums of a report. */

import type { ProfileMatch } from "@vma/core";
import type { Recording } from "../recording/reader.js";
import type { TraceTotals } from "../strace/accounting.js";
import type { BracketTotals, SnapshotResult } from "./report.js";

/** What the replay itself counts. */
export interface ReplayCounts {
  readonly recording: Recording;
  readonly profile: ProfileMatch;
  readonly totals: TraceTotals;
  readonly applied: number;
  readonly unseeded: number;
  readonly unseen: number;
  readonly mostAreas: number;
  readonly addressSpaces: number;
  readonly placement: { readonly total: number; readonly exact: number };
  readonly pageFaults: { readonly applied: number; readonly outside: number };
  /** Usable snapshots that never came due. */
  readonly leftSnapshots: number;
}

/** The bracket summed over all snapshots. */
export function sumBrackets(snapshots: readonly SnapshotResult[]): BracketTotals {
  const totals = {
    certain: 0,
    certainWrong: 0,
    disputed: 0,
    missed: 0,
    stackEnds: 0,
    attributesWrong: 0,
    attributesDisputed: 0,
  };
  for (const { bracket } of snapshots) {
    if (bracket === null) continue;
    totals.certain += bracket.certain;
    totals.certainWrong += bracket.certainWrong.length;
    totals.disputed += bracket.disputed.length;
    totals.missed += bracket.missed.length;
    totals.stackEnds += bracket.stackEnds;
    totals.attributesWrong += bracket.attributesWrong.length;
    totals.attributesDisputed += bracket.attributesDisputed;
  }
  return totals;
}

/** Everything that could not be used or compared, one sentence each; empty when there is nothing of the kind. */
export function gaps(
  counts: ReplayCounts,
  bracket: BracketTotals | null,
  checked: {
    readonly snapshots: number;
    readonly unmodelled: number;
    readonly ambiguities: number;
    readonly checks: number;
  },
): string[] {
  const reasons: string[] = [];
  const say = (count: number, one: string, many: string): void => {
    if (count > 0) reasons.push(`${count} ${count === 1 ? one : many}`);
  };
  say(counts.totals.unparsed, "line of the trace is not understood", "lines of the trace are not understood");
  say(
    counts.unseeded,
    "memory call belongs to a program without a start snapshot",
    "memory calls belong to programs without a start snapshot",
  );
  say(
    counts.unseen,
    "call makes areas that the trace does not tell enough of",
    "calls make areas that the trace does not tell enough of",
  );
  say(
    checked.unmodelled,
    "snapshot is of a program without a start snapshot",
    "snapshots are of programs without a start snapshot",
  );
  say(
    checked.ambiguities,
    "check depends on the order of calls of concurrent threads, which the trace does not tell",
    "checks depend on the order of calls of concurrent threads, which the trace does not tell",
  );
  say(counts.leftSnapshots, "snapshot lies outside the trace", "snapshots lie outside the trace");
  if (bracket !== null) {
    say(
      bracket.disputed,
      "boundary between areas depends on writes that were not recorded",
      "boundaries between areas depend on writes that were not recorded",
    );
    say(
      bracket.attributesDisputed,
      "area's flags depend on writes that were not recorded",
      "areas' flags depend on writes that were not recorded",
    );
  }
  if (checked.snapshots === 0 && checked.checks === 0) reasons.push("there is nothing to compare with");
  return reasons;
}
