/** What a replay comes to. */

import type { TraceTotals } from "../strace/accounting.js";
import type { AreaDifference, ComparableArea } from "./compare.js";
import type { EventTotals } from "./event-totals.js";

/**
 * - `exact`: everything that could be checked is as predicted, and everything in the trace was understood.
 * - `differs`: something checked is not as predicted.
 * - `incomplete`: nothing differs, but lines or calls could not be used, nothing could be checked, or some boundaries
 *   depend on writes that were not recorded.
 */
export type Verdict = "exact" | "differs" | "incomplete";

/** How a difference was noticed. */
export type DifferenceKind =
  /** The kernel's area right after the call is not the predicted one. */
  | "area"
  /** The call returned something else. */
  | "result"
  /** A snapshot differs; the call given is the last one that touched the place. */
  | "snapshot";

/** The first thing that differs. */
export interface ReplayDifference {
  readonly kind: DifferenceKind;
  /** Line of the trace on which the result of the call stands; 0 when no call of the trace touched the place. */
  readonly line: number;
  readonly pid: number;
  /** The call as text: `mprotect(0x7f00, 4096, 0x1) = 0`. */
  readonly call: string;
  /** File of the snapshot, for kind "snapshot". */
  readonly snapshot: string | null;
  /** The kernel's side and the model's: areas, or none when results differ. */
  readonly expected: readonly ComparableArea[];
  readonly predicted: readonly ComparableArea[];
  /** Results, for kind "result". */
  readonly expectedResult: string | null;
  readonly predictedResult: string | null;
  /** What the engine did at that call, step by step. */
  readonly rule: readonly string[];
}

/** A snapshot that was compared. */
export interface SnapshotResult {
  readonly file: string;
  readonly kind: string;
  readonly pid: number;
  readonly line: number;
  /** Areas of the snapshot, and how many of them were predicted exactly (without faults: by the closer run). */
  readonly areas: number;
  readonly exact: number;
  readonly differences: readonly AreaDifference[];
  /** Without recorded faults: what could be said with certainty. Null with them. */
  readonly bracket: BracketResult | null;
}

/** One boundary between areas that depends on writes nobody recorded. */
export interface DisputedBoundary {
  readonly address: number;
  /** Whether the snapshot has it. */
  readonly real: boolean;
  /** It is there if the page had been written (or had not been) when the areas last changed. */
  readonly presentWhenWritten: boolean;
  /** First byte of the page that decides, inside the area the question is about. */
  readonly page: number;
}

/** What the two runs, "nothing was written" and "everything was written at once", say about one snapshot. */
export interface BracketResult {
  /** Boundaries both runs have. */
  readonly certain: number;
  /** Of these, ones the snapshot does not have. Empty unless the model is wrong. */
  readonly certainWrong: readonly number[];
  readonly disputed: readonly DisputedBoundary[];
  /** Boundaries of the snapshot that neither run has. */
  readonly missed: readonly number[];
  /** Lower ends of stacks. Nothing is claimed about them: they depend on how deep the program went. */
  readonly stackEnds: number;
  /** Areas whose flags, offset or name both runs agree on, and the snapshot does not. */
  readonly attributesWrong: readonly AreaDifference[];
  /** Areas whose flags depend on writes. */
  readonly attributesDisputed: number;
}

/** The bracket summed over all snapshots. */
export interface BracketTotals {
  readonly certain: number;
  readonly certainWrong: number;
  readonly disputed: number;
  readonly missed: number;
  readonly stackEnds: number;
  readonly attributesWrong: number;
  readonly attributesDisputed: number;
}

/** The whole report. Everything but `trace` and `snapshotResults` is plain JSON. */
export interface ReplayReport {
  readonly recording: string;
  /** Kernel profile used, and the release it was chosen for ("" when it was asked for by name). */
  readonly kernel: string;
  readonly kernelRelease: string;
  /** False when no profile stands for that release and the nearest was taken. */
  readonly kernelExact: boolean;
  /** How writes were known. */
  readonly faults: "recorded" | "bracket";
  readonly verdict: Verdict;
  /** Why the verdict is "incomplete", in words; empty otherwise. */
  readonly incomplete: readonly string[];
  /** Calls by name, of those the replay reads. */
  readonly calls: Readonly<Record<string, number>>;
  /** Calls applied, and calls that could not be. */
  readonly applied: number;
  /** Memory calls of address spaces that have no start snapshot. */
  readonly unseeded: number;
  /** Calls that make areas of which the trace does not tell enough. */
  readonly unseen: number;
  /** What the models did; null when that was not to be counted. */
  readonly events: EventTotals | null;
  /** Areas of all address spaces at their largest. */
  readonly mostAreas: number;
  readonly addressSpaces: number;
  readonly snapshots: { readonly usable: number; readonly exact: number };
  readonly vmas: { readonly total: number; readonly exact: number };
  /** Calls held against the kernel's own record of the area. */
  readonly checks: { readonly total: number; readonly exact: number };
  /** Results of calls held against the trace. */
  readonly results: { readonly total: number; readonly exact: number };
  /** Addresses the kernel chose, and how many the engine's search would have chosen. Not part of the verdict. */
  readonly placement: { readonly total: number; readonly exact: number };
  readonly pageFaults: { readonly applied: number; readonly outside: number };
  readonly bracket: BracketTotals | null;
  readonly unparsed: number;
  /**
   * Checks that did not come out right where calls of several threads overlapped and the trace does not tell which
   * took effect first. Not counted as differences.
   */
  readonly ambiguous: number;
  readonly differences: number;
  readonly firstDifference: ReplayDifference | null;
  readonly snapshotResults: readonly SnapshotResult[];
  readonly trace: TraceTotals;
}
