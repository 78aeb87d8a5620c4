/** Why areas of a recording are apart: the engine's full knowledge, hidden reasons too, and the calls behind them. */

import type { Recording, ReplayOptions } from "@vma/trace";
import { replay } from "@vma/trace";
import { wrongUse } from "../failure.js";
import { type KnownBoundary, knownBoundaries, latest } from "./boundary.js";
import { callsOnLines, type NamedCall } from "./line-text.js";
import { Enough } from "./moment.js";
import { Provenance, type SpaceStory } from "./provenance.js";

/** Boundaries with the same reasons, made by the same kind of call. */
export interface RecordedGroup {
  /** Reason codes, joined by blanks. */
  readonly codes: string;
  readonly flags: string;
  /** Kind of the call that made the difference; "" when it was there before the recording. */
  readonly kind: string;
  pairs: number;
  readonly first: KnownBoundary;
  firstLine: number;
  lastLine: number;
}

export interface RecordedWhy {
  readonly recording: string;
  readonly story: SpaceStory;
  /** Threads of the other address spaces. */
  readonly otherPids: readonly number[];
  readonly boundaries: readonly KnownBoundary[];
  /** Most pairs first. */
  readonly groups: readonly RecordedGroup[];
  readonly calls: ReadonlyMap<number, NamedCall>;
}

/** Replays up to `at` (or to the end) and collects who did what. */
export async function provenanceOf(
  recording: Recording,
  options: ReplayOptions,
  at: number | undefined,
): Promise<Provenance> {
  const provenance = new Provenance();
  try {
    await replay(recording, {
      ...options,
      events: false,
      onStep: (step) => {
        if (at !== undefined && step.record.line > at) throw new Enough();
        provenance.add(step);
      },
      onFork: (fork) => provenance.fork(fork),
    });
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  }
  return provenance;
}

function callsOf(story: SpaceStory): number {
  let calls = 0;
  for (const totals of story.kinds.values()) calls += totals.calls;
  return calls;
}

/** Explains the last map (or the one at a line) of one process of a recording. */
export async function whyRecorded(
  recording: Recording,
  options: ReplayOptions,
  at: number | undefined,
  pid: number | undefined,
): Promise<RecordedWhy> {
  const provenance = await provenanceOf(recording, options, at);
  const stories = provenance.stories();
  // A child that forked off and did little knows little: the one that made most of the calls is looked at.
  const busiest = [...stories].sort((a, b) => callsOf(b) - callsOf(a))[0];
  const story = pid === undefined ? busiest : stories.find((candidate) => candidate.pid === pid);
  if (story === undefined) {
    const pids = stories.map((candidate) => candidate.pid).join(", ");
    throw wrongUse(
      pid === undefined ? "the recording holds no memory calls" : `no address space of process ${pid}`,
      pids === "" ? "" : `There are those of ${pids}.`,
    );
  }
  const boundaries = knownBoundaries(story);
  const lines = new Set<number>();
  for (const { culprit } of boundaries) {
    if (culprit?.lower != null) lines.add(culprit.lower);
    if (culprit?.upper != null) lines.add(culprit.upper);
  }
  const calls = await callsOnLines(recording, lines);
  const groups = new Map<string, RecordedGroup>();
  for (const boundary of boundaries) {
    const line = boundary.culprit === null ? 0 : latest(boundary.culprit);
    const kind = calls.get(line)?.kind ?? "";
    const codes = boundary.codes.join(" ");
    const flags = boundary.flags.join(" ");
    const key = `${codes}|${flags}|${kind}`;
    let group = groups.get(key);
    if (group === undefined) {
      group = { codes, flags, kind, pairs: 0, first: boundary, firstLine: line, lastLine: line };
      groups.set(key, group);
    }
    group.pairs += 1;
    group.firstLine = Math.min(group.firstLine, line);
    group.lastLine = Math.max(group.lastLine, line);
  }
  return {
    recording: recording.path,
    story,
    otherPids: stories.filter((other) => other !== story).map((other) => other.pid),
    boundaries,
    groups: [...groups.values()].sort((a, b) => b.pairs - a.pairs),
    calls,
  };
}
