/** Replaying cases of recorded kernels on the engine, comparing after every step. */

import type { AreaEvent } from "@vma/core";
import { checkedShard, isInShard, type Shard } from "../shard.js";
import { sameAreas, sameAttachments, sameResult } from "./compare.js";
import type { CorpusArea, CorpusCase, CorpusMeta, CorpusOperation, CorpusResult } from "./format.js";
import { listAreas } from "./listing.js";
import { NotModelled } from "./not-modelled.js";
import { ReplayProcess } from "./process.js";
import { type RecordedKernel, recordedKernel } from "./recorded-kernel.js";
import { performStep } from "./step.js";

/** What was not as recorded. `engine` is a contradiction the engine found in itself. */
export type MismatchKind = "result" | "areas" | "attachments" | "engine";

/** State after a step: as recorded, or as replayed. */
export interface StepState {
  readonly result: CorpusResult;
  readonly areas: readonly CorpusArea[];
  readonly attachments: Readonly<Record<string, number>> | null;
}

/** The first step of a case at which engine and kernel part. */
export interface CorpusMismatch {
  readonly case: string;
  readonly family: string;
  readonly kernel: string;
  /** Index of the step in the case. */
  readonly step: number;
  readonly operation: CorpusOperation;
  readonly kind: MismatchKind;
  /** Areas before the step. */
  readonly before: readonly CorpusArea[];
  readonly expected: StepState;
  readonly got: StepState;
  /** What the engine did during the step. */
  readonly events: readonly AreaEvent[];
  /** For `engine`: what it found wrong. */
  readonly findings: readonly string[];
}

/** What came of one case. */
export interface CaseOutcome {
  readonly steps: number;
  /** Steps behind the first difference, or behind something that is not modelled. */
  readonly notCompared: number;
  readonly mismatch: CorpusMismatch | null;
  /** Why the rest of the case was not compared, when something is not modelled. */
  readonly notModelled: string | null;
}

/** How a case is replayed. */
export interface ReplayOptions {
  /** The engine checks itself after every step of the first replay. True by default. */
  readonly validate?: boolean;
}

/**
 * Replays one case, twice: with nobody listening, when the engine may take shorter ways to the same areas, and listening
 * to every step. The first difference ends it; what differs with nobody listening is looked at once more with the
 * events of that step.
 */
export function replayCase(
  recorded: CorpusCase,
  kernel: RecordedKernel,
  options: ReplayOptions = {},
): CaseOutcome {
  const unheard = replaySteps(recorded, kernel, options, -1);
  const heard = replaySteps(recorded, kernel, { validate: false }, unheard.mismatch?.step ?? 0);
  return heard.mismatch === null ? unheard : heard;
}

function replaySteps(
  recorded: CorpusCase,
  kernel: RecordedKernel,
  options: ReplayOptions,
  listenAt: number,
): CaseOutcome {
  const { steps } = recorded;
  const validate = options.validate ?? true;
  const withPolicy = steps.some((step) => step.vmas?.some((area) => area.length > 7) === true);
  const events: AreaEvent[] = [];
  let process: ReplayProcess;
  try {
    process = new ReplayProcess(recorded, kernel);
  } catch (error) {
    return failed(error, { recorded, index: 0, before: [], expected: [], events });
  }
  let expected: readonly CorpusArea[] = [];
  let before: readonly CorpusArea[] = [];
  for (let index = 0; index < steps.length; index += 1) {
    const step = steps[index] as CorpusCase["steps"][number];
    before = expected;
    if (step.vmas !== undefined) expected = step.vmas;
    try {
      if (index === listenAt) process.space.onEvent((event) => events.push(event));
      const result = performStep(process, step.op);
      const areas = listAreas(process, withPolicy);
      const attachments = step.nattch === undefined ? null : process.attachments();
      const findings = validate ? process.space.validate() : [];
      let kind: MismatchKind | null = null;
      if (!sameResult(result, step.ret)) kind = "result";
      else if (!sameAreas(areas, expected)) kind = "areas";
      else if (attachments !== null && !sameAttachments(attachments, step.nattch ?? {})) kind = "attachments";
      else if (findings.length > 0) kind = "engine";
      if (kind !== null) {
        const at = { recorded, index, before, expected, events };
        return differs(at, step, kind, { result, areas, attachments }, findings);
      }
    } catch (error) {
      return failed(error, { recorded, index, before, expected, events });
    }
  }
  return { steps: steps.length, notCompared: 0, mismatch: null, notModelled: null };
}

/** Where a replay stands: before a step. */
interface Place {
  readonly recorded: CorpusCase;
  readonly index: number;
  readonly before: readonly CorpusArea[];
  /** The areas recorded after the step. */
  readonly expected: readonly CorpusArea[];
  readonly events: readonly AreaEvent[];
}

/** The outcome of a step that came out differently; the steps after it are not compared. */
function differs(
  { recorded, index, before, expected, events }: Place,
  step: CorpusCase["steps"][number],
  kind: MismatchKind,
  got: CorpusMismatch["got"],
  findings: CorpusMismatch["findings"],
): CaseOutcome {
  const steps = recorded.steps.length;
  return {
    steps,
    notCompared: steps - index - 1,
    notModelled: null,
    mismatch: {
      case: recorded.case,
      family: recorded.family,
      kernel: recorded.kernel,
      step: index,
      operation: step.op,
      kind,
      before,
      expected: { result: step.ret, areas: expected, attachments: step.nattch ?? null },
      got,
      events,
      findings,
    },
  };
}

/** The outcome of a step that threw: something is missing, or the engine contradicts itself. */
function failed(error: unknown, place: Place): CaseOutcome {
  const { recorded, index } = place;
  const { steps } = recorded;
  if (error instanceof NotModelled) {
    return {
      steps: steps.length,
      notCompared: steps.length - index,
      mismatch: null,
      notModelled: error.message,
    };
  }
  const step = steps[index];
  if (step === undefined) throw error;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return differs(place, step, "engine", { result: "none", areas: [], attachments: null }, [text]);
}

/** Counts of a run, or of one family of it. */
export interface CorpusCounts {
  cases: number;
  steps: number;
  /** Cases that differ at some step. */
  mismatches: number;
  /** Steps that could not be compared. */
  notCompared: number;
}

/** What a run found. */
export interface CorpusSummary extends CorpusCounts {
  readonly byFamily: Record<string, CorpusCounts>;
  /** The first mismatches, in the order they were met; at most `keep`. */
  readonly first: CorpusMismatch[];
  /** Things not modelled, with the number of cases each ended. */
  readonly notModelled: Record<string, number>;
  /** Releases that no profile spans, with the profile used for each. */
  readonly inexact: Record<string, string>;
}

/** How a corpus is run. */
export interface CorpusRunOptions extends ReplayOptions {
  /** A profile or release to use for every case, instead of the recorded one. */
  readonly kernel?: string | null;
  readonly family?: string | null;
  /** Only this case id. */
  readonly case?: string | null;
  readonly shard?: Shard | null;
  /** Mismatches to keep; 10 by default. */
  readonly keep?: number;
  /** Called after every case. */
  readonly onCase?: (recorded: CorpusCase, outcome: CaseOutcome) => void;
}

/** Runs cases one after another and counts. One value carries over several files: `add` them in order. */
export class CorpusRun {
  readonly summary: CorpusSummary = {
    cases: 0,
    steps: 0,
    mismatches: 0,
    notCompared: 0,
    byFamily: {},
    first: [],
    notModelled: {},
    inexact: {},
  };
  readonly #options: CorpusRunOptions;
  readonly #shard: Shard;
  readonly #kernels: Map<string, RecordedKernel> = new Map();
  #seen = 0;

  constructor(options: CorpusRunOptions = {}) {
    this.#options = options;
    this.#shard = checkedShard(options.shard);
  }

  /** Replays one case, unless the options leave it out. `meta` is that of the file the case is from. */
  add(recorded: CorpusCase, meta: CorpusMeta | null = null): void {
    const { family = null, keep = 10, onCase } = this.#options;
    if (family !== null && recorded.family !== family) return;
    const only = this.#options.case ?? null;
    if (only !== null && recorded.case !== only) return;
    const isMine = isInShard(this.#shard, this.#seen);
    this.#seen += 1;
    if (!isMine) return;
    const kernel = this.#kernel(recorded.kernel, meta);
    const outcome = replayCase(recorded, kernel, this.#options);
    const { summary } = this;
    let counts = summary.byFamily[recorded.family];
    if (counts === undefined) {
      counts = { cases: 0, steps: 0, mismatches: 0, notCompared: 0 };
      summary.byFamily[recorded.family] = counts;
    }
    for (const sum of [summary, counts]) {
      sum.cases += 1;
      sum.steps += outcome.steps;
      sum.notCompared += outcome.notCompared;
      if (outcome.mismatch !== null) sum.mismatches += 1;
    }
    if (outcome.mismatch !== null && summary.first.length < keep) summary.first.push(outcome.mismatch);
    const missing = outcome.notModelled;
    if (missing !== null) summary.notModelled[missing] = (summary.notModelled[missing] ?? 0) + 1;
    onCase?.(recorded, outcome);
  }

  #kernel(release: string, meta: CorpusMeta | null): RecordedKernel {
    const key = `${meta === null ? "" : "meta "}${release}`;
    const known = this.#kernels.get(key);
    if (known !== undefined) return known;
    const kernel = recordedKernel(release, meta, this.#options.kernel ?? null);
    if (!kernel.exact) this.summary.inexact[release] = kernel.profile.name;
    this.#kernels.set(key, kernel);
    return kernel;
  }
}
