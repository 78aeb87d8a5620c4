/** One change to a recording, and what it does to the number of areas: the replay with it beside the replay without. */

import { type Recording, type ReplayOptions, type ReplayStep, replay } from "@vma/trace";
import { wrongUse } from "../failure.js";
import { checkKernel } from "../input/recording.js";
import { safe } from "../output/escape.js";
import { ADVICE_NAMES } from "./call-kind.js";
import { ReservationSurvey } from "./one-reservation.js";
import {
  changedRecording,
  GuardChange,
  GuardSurvey,
  type LineChange,
  survey,
  WithoutCalls,
} from "./trace-change.js";

/** A change, read. */
export type Change =
  | { readonly kind: "no-guards" | "guard-install" | "one-reservation" }
  | { readonly kind: "without"; readonly call: string }
  | { readonly kind: "kernel"; readonly kernel: string }
  | { readonly kind: "limit"; readonly areas: number };

/** How a change is written, with what it means. */
export const CHANGES: readonly (readonly [form: string, what: string])[] = [
  ["no-guards", "thread stacks and other guarded memory without their guard pages"],
  ["guard-install", "guards by MADV_GUARD_INSTALL instead of mprotect"],
  ["one-reservation", "anonymous memory that the kernel placed out of one reservation"],
  ["without=CALL", "without the calls of one kind, such as MADV_DONTFORK or mlock"],
  ["kernel=PROFILE", "the rules of another kernel"],
  ["limit=N", "another vm.max_map_count"],
];

/** Reads a change. Throws a Failure that lists what there is. */
export function readChange(text: string): Change {
  const [name = "", value] = text.split(/=(.*)/s);
  if (name === "no-guards" || name === "guard-install" || name === "one-reservation")
    if (value === undefined) return { kind: name };
  if (name === "kernel" && value !== undefined) {
    checkKernel(value);
    return { kind: "kernel", kernel: value };
  }
  if (name === "limit" && value !== undefined && /^[1-9]\d{0,11}$/.test(value))
    return { kind: "limit", areas: Number(value) };
  if (name === "without" && value !== undefined) {
    const advice = [...ADVICE_NAMES.values()].find(
      (known) => known === value || known === `MADV_${value.toUpperCase()}`,
    );
    if (advice !== undefined || /^(madvise|mlock|mlock2|mlockall|mseal|mbind|prctl)$/.test(value)) {
      return { kind: "without", call: advice ?? value };
    }
  }
  throw wrongUse(
    `--change ${safe(text)}: no such change`,
    `There are: ${CHANGES.map(([form, what]) => `${form} (${what})`).join("; ")}.`,
  );
}

/** A call that fails in one replay and did not in the recording. */
export interface FailedCall {
  readonly line: number;
  readonly pid: number;
  readonly call: string;
  readonly errno: string;
}

/** One replay in numbers. */
export interface RunNumbers {
  /** Areas of all address spaces after their last call, and at most. */
  readonly atEnd: number;
  readonly mostAreas: number;
  /** Line of the call after which there were most areas. */
  readonly peakLine: number;
  readonly created: number;
  readonly merged: number;
  readonly split: number;
  readonly removed: number;
}

export interface WhatIf {
  readonly recording: string;
  readonly change: Change;
  /** Lines of the trace that were changed or left out. */
  readonly changedLines: number;
  readonly before: RunNumbers;
  readonly after: RunNumbers;
  /** The first call that would fail; null when none would. */
  readonly firstFailure: FailedCall | null;
}

class Numbers {
  readonly #last: Map<number, number> = new Map();
  #most = 0;
  #peakLine = 0;

  add(step: ReplayStep): void {
    const areas = step.space.mapCount;
    this.#last.set(step.spaceId, areas);
    if (areas <= this.#most) return;
    this.#most = areas;
    this.#peakLine = step.record.line;
  }

  get(report: Awaited<ReturnType<typeof replay>>): RunNumbers {
    const { created, merged, split, removed } = report.events!;
    let atEnd = 0;
    for (const areas of this.#last.values()) atEnd += areas;
    return { atEnd, mostAreas: this.#most, peakLine: this.#peakLine, created, merged, split, removed };
  }
}

async function run(
  recording: Recording,
  options: ReplayOptions,
  survey?: ReservationSurvey,
): Promise<[RunNumbers, FailedCall | null]> {
  const numbers = new Numbers();
  const report = await replay(recording, {
    ...options,
    onStep: (step) => {
      numbers.add(step);
      survey?.step(step);
    },
    onFork: (fork) => survey?.fork(fork),
  });
  const first = report.firstDifference;
  const errno = first?.kind === "result" ? (first.predictedResult ?? "") : "";
  // An address in place of another one is no failure.
  const failed =
    first === null || !/^E[A-Z0-9]+$/.test(errno)
      ? null
      : { line: first.line, pid: first.pid, call: first.call, errno };
  return [numbers.get(report), failed];
}

/** Replays with and without the change. */
export async function whatIf(
  recording: Recording,
  change: Change,
  kernel: string | undefined,
): Promise<WhatIf> {
  const base: ReplayOptions = kernel === undefined ? {} : { kernel };
  const moving = change.kind === "one-reservation" ? new ReservationSurvey() : undefined;
  const [before] = await run(changedRecording(recording, null), base, moving);
  let lines: LineChange | null = null;
  let options = base;
  if (change.kind === "kernel") options = { ...base, kernel: change.kernel };
  else if (change.kind === "limit") options = { ...base, limits: { maxMapCount: change.areas } };
  else if (change.kind === "without") {
    const pattern = change.call.startsWith("MADV_")
      ? `madvise\\(.*\\b${change.call}\\b`
      : `${change.call}\\(`;
    lines = new WithoutCalls(new RegExp(`^(?:\\d+ +)?(?:[\\d.]+ )?${pattern}`));
  } else if (moving !== undefined) {
    const reservation = moving.change();
    const [numbers, failure] = await run(changedRecording(recording, reservation), base);
    const lineOf = (line: number): number => reservation.lineBefore(line);
    return {
      recording: recording.path,
      change,
      changedLines: moving.mappings,
      before,
      after: { ...numbers, peakLine: lineOf(numbers.peakLine) },
      firstFailure: failure === null ? null : { ...failure, line: lineOf(failure.line) },
    };
  } else {
    const found = new GuardSurvey();
    await survey(recording, found);
    lines = new GuardChange(change.kind === "guard-install", found);
  }
  const [after, firstFailure] = await run(changedRecording(recording, lines), options);
  return {
    recording: recording.path,
    change,
    changedLines: lines?.changed ?? 0,
    before,
    after,
    firstFailure,
  };
}
