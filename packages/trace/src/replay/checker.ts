/** Holding the model against what is known of the kernel, and keeping the account. */

import type { AddressSpaceOptions, Limits, Tally } from "@vma/core";
import type { SmapsArea } from "../proc/smaps.js";
import type { SnapshotInfo } from "../recording/format.js";
import { callName } from "../strace/calls.js";
import type { ApplyOutcome, CallApplier } from "./apply-call.js";
import { judgeBracket } from "./bracket.js";
import type { CallBatch } from "./call-batch.js";
import { type Comparison, compareSnapshot } from "./compare.js";
import { areaDifference, isAsRecorded, MAX_SHOWN_AREAS, resultDifference } from "./difference.js";
import { eventTotals } from "./event-totals.js";
import type { QueuedMap } from "./fault-queue.js";
import type { ReplayDifference, ReplayReport, SnapshotResult, Verdict } from "./report.js";
import { repairArea, reseedSpace } from "./reseed.js";
import type { FileTable, ReplaySpace, WriteAssumption } from "./seed.js";
import type { SpaceState } from "./space-state.js";
import { TouchHistory } from "./touch-history.js";
import { gaps, type ReplayCounts, sumBrackets } from "./verdict.js";

export class Checker {
  /** What the models do, when that is counted. */
  readonly tally: Tally | null;
  readonly #files: FileTable;
  readonly #optionsFor: (areas: readonly SmapsArea[]) => AddressSpaceOptions;
  readonly #assumptions: readonly WriteAssumption[];
  /** Null when nothing will ask. */
  #history: TouchHistory | null;
  readonly #snapshots: SnapshotResult[] = [];
  #checks = 0;
  #checksExact = 0;
  #results = 0;
  #resultsExact = 0;
  /** Snapshots of address spaces that have no model. */
  #unmodelled = 0;
  #differences = 0;
  #ambiguities = 0;
  #first: ReplayDifference | null = null;

  constructor(
    files: FileTable,
    optionsFor: (areas: readonly SmapsArea[]) => AddressSpaceOptions,
    assumptions: readonly WriteAssumption[],
    tally: Tally | null,
  ) {
    this.#files = files;
    this.#optionsFor = optionsFor;
    this.#assumptions = assumptions;
    this.tally = tally;
    this.#history = new TouchHistory(tally);
  }

  /** Whether it wants to be told which place each call has touched. */
  get remembers(): boolean {
    return this.#history !== null;
  }

  /** No snapshot is left to compare: from now on nobody will ask which call touched a place. */
  endHistory(): void {
    this.#history = null;
  }

  /** From now on what the space does counts. */
  listenTo(run: ReplaySpace): void {
    if (this.tally !== null) run.space.tallyIn(this.tally);
  }

  /** A call of a batch has been applied to an address space: where it was, is remembered. */
  afterTouch(space: number, batch: CallBatch, index: number, { start, end }: CallApplier): void {
    if (end > start) this.#history?.add(space, start, end, batch, index);
  }

  /** So many calls have returned what the model said, and the kernel told of no area they left. */
  afterAgreed(calls: number): void {
    this.#results += calls;
    this.#resultsExact += calls;
  }

  /**
   * A call of a batch has been applied: its result, and the kernel's records of the areas it left, are held against the
   * model.
   */
  afterCall(
    state: SpaceState,
    batch: CallBatch,
    index: number,
    outcome: ApplyOutcome,
    applier: CallApplier,
    maps: readonly QueuedMap[],
    isAmbiguous: (() => boolean) | null,
  ): void {
    if (outcome === "skipped" || outcome === "unseen") return;
    this.afterTouch(state.id, batch, index, applier);
    this.#results += 1;
    if (outcome === "agreed") this.#resultsExact += 1;
    else if (state.isGuess || isAmbiguous?.() === true) this.#ambiguous(state);
    else this.#differ(() => resultDifference(batch.recordAt(index), applier.predicted, this.tally));
    if (maps.length > 0) this.#checkMaps(state, batch, index, maps, isAmbiguous);
  }

  /**
   * Something is not as predicted, but the order of the calls was a guess. What comes after it, up to the next
   * snapshot, may be off for the same reason.
   */
  #ambiguous(state: SpaceState): void {
    this.#ambiguities += 1;
    state.isGuess = true;
  }

  /**
   * One check for each call. A call over several areas (mprotect) leaves a record for each; what it did afterwards may
   * have joined an earlier one to a later one, which the later record then covers.
   */
  #checkMaps(
    state: SpaceState,
    batch: CallBatch,
    index: number,
    maps: readonly QueuedMap[],
    isAmbiguous: (() => boolean) | null,
  ): void {
    const run = state.runs[0]!;
    this.#checks += 1;
    let wrong: QueuedMap | null = null;
    for (let i = maps.length - 1; i >= 0; i--) {
      const map = maps[i]!;
      const superseded = maps.some(
        (later, index) =>
          index > i && later.start < map.start + map.length && later.start + later.length > map.start,
      );
      if (superseded || isAsRecorded(run, map)) continue;
      wrong = map;
    }
    if (wrong === null) {
      this.#checksExact += 1;
      return;
    }
    if (state.isGuess || isAmbiguous?.() === true) this.#ambiguous(state);
    else this.#differ(() => areaDifference(batch.recordAt(index), wrong, run, this.tally));
    const repair = (): void => {
      for (const map of maps) if (!isAsRecorded(run, map)) repairArea(run, map);
    };
    if (this.tally === null) repair();
    else this.tally.mute(repair);
  }

  /** A snapshot is due. `state` is the address space it shows, as the model has it at that moment. */
  compare(
    info: SnapshotInfo,
    state: SpaceState | null,
    areas: readonly SmapsArea[],
    limits: Partial<Limits> | undefined,
  ): void {
    const first = state?.runs[0];
    if (state === null || first === undefined) {
      this.#unmodelled += 1;
      this.#add(info, { total: areas.length, exact: 0, differences: [] }, null);
      return;
    }
    const comparison = compareSnapshot(areas, first);
    const second = state.runs[1];
    if (second === undefined) {
      this.#add(info, comparison, null);
      if (comparison.differences.length > 0) this.#explain(info, state, comparison, areas, limits);
      return;
    }
    const bracket = judgeBracket(areas, first, second);
    // The truth lies between the two: it is held against the one that comes closer.
    const other = compareSnapshot(areas, second);
    this.#add(info, other.exact > comparison.exact ? other : comparison, bracket);
    if (bracket.certainWrong.length + bracket.attributesWrong.length + bracket.missed.length > 0) {
      this.#explain(info, state, comparison, areas, limits);
    }
  }

  /** A snapshot differs: the model is put right, and the difference counts unless calls before it were guesses. */
  #explain(
    info: SnapshotInfo,
    state: SpaceState,
    comparison: Comparison,
    areas: readonly SmapsArea[],
    limits: Partial<Limits> | undefined,
  ): void {
    if (state.isGuess) this.#ambiguities += 1;
    else this.#differ(() => this.#snapshotDifference(info, state, comparison));
    this.#reseed(state, areas, limits);
    state.isGuess = false;
  }

  #reseed(state: SpaceState, areas: readonly SmapsArea[], limits: Partial<Limits> | undefined): void {
    const options = this.#optionsFor(areas);
    state.runs = state.runs.map((run, index) => {
      const kept = { ...options.limits, ...run.mm.limits, ...limits };
      return reseedSpace(areas, run, this.#files, {
        ...options,
        limits: kept,
        writes: this.#assumptions[index]!,
      });
    });
    this.listenTo(state.runs[0]!);
  }

  #add(info: SnapshotInfo, comparison: Comparison, bracket: SnapshotResult["bracket"]): void {
    const { file, kind, pid, line } = info;
    const { total, exact, differences } = comparison;
    this.#snapshots.push({
      file,
      kind,
      pid,
      line,
      areas: total,
      exact,
      differences: differences.slice(0, MAX_SHOWN_AREAS),
      bracket,
    });
  }

  /** Counts a difference; only the first is put into words. */
  #differ(describe: () => ReplayDifference): void {
    this.#differences += 1;
    this.#first ??= describe();
  }

  #snapshotDifference(info: SnapshotInfo, state: SpaceState, comparison: Comparison): ReplayDifference {
    const first = comparison.differences[0] ?? { expected: [], predicted: [] };
    const around = [...first.expected, ...first.predicted];
    const start = Math.min(...around.map((area) => area.start));
    const end = Math.max(...around.map((area) => area.end));
    const touch = this.#history?.last(new Set([state.id]), start, end) ?? null;
    return {
      kind: "snapshot",
      line: touch?.line ?? 0,
      pid: touch?.pid ?? info.pid,
      call: touch === null ? "" : callName(touch.call),
      snapshot: info.file,
      expected: first.expected.slice(0, MAX_SHOWN_AREAS),
      predicted: first.predicted.slice(0, MAX_SHOWN_AREAS),
      expectedResult: null,
      predictedResult: null,
      rule: touch?.steps ?? [],
    };
  }

  /** The finished report. */
  report(counts: ReplayCounts): ReplayReport {
    const { totals, profile, recording } = counts;
    const bracket = this.#assumptions.length > 1 ? sumBrackets(this.#snapshots) : null;
    const incomplete = gaps(counts, bracket, {
      snapshots: this.#snapshots.length,
      unmodelled: this.#unmodelled,
      ambiguities: this.#ambiguities,
      checks: this.#checks,
    });
    const verdict: Verdict =
      this.#differences > 0 ? "differs" : incomplete.length > 0 ? "incomplete" : "exact";
    const sum = (of: (result: SnapshotResult) => number): number =>
      this.#snapshots.reduce((total, result) => total + of(result), 0);
    return {
      recording: recording.meta.name || recording.path,
      kernel: profile.profile.name,
      kernelRelease: recording.meta.kernelRelease,
      kernelExact: profile.exact,
      faults: bracket === null ? "recorded" : "bracket",
      verdict,
      incomplete,
      calls: Object.fromEntries(totals.calls),
      applied: counts.applied,
      unseeded: counts.unseeded,
      unseen: counts.unseen,
      events: this.tally === null ? null : eventTotals(this.tally),
      mostAreas: counts.mostAreas,
      addressSpaces: counts.addressSpaces,
      snapshots: {
        usable: this.#snapshots.length + counts.leftSnapshots,
        exact: this.#snapshots.filter(
          (result) => result.exact === result.areas && result.differences.length === 0,
        ).length,
      },
      vmas: { total: sum((result) => result.areas), exact: sum((result) => result.exact) },
      checks: { total: this.#checks, exact: this.#checksExact },
      results: { total: this.#results, exact: this.#resultsExact },
      placement: { ...counts.placement },
      pageFaults: counts.pageFaults,
      bracket,
      unparsed: totals.unparsed,
      ambiguous: this.#ambiguities,
      differences: this.#differences,
      firstDifference: this.#first,
      snapshotResults: this.#snapshots,
      trace: totals,
    };
  }
}
