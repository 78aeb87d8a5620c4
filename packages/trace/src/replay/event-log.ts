/** What the engine did: totals over a replay, and the steps of the last call in words. */

import { type MergeGeometry, reasonCodes, type StepSink } from "@vma/core";

/** Reason words have this many bits at most. */
const REASON_BITS = 24;
/** Steps of one call that are kept. */
const MAX_STEPS = 16;
/** Steps that are kept in all: a ring. */
const RING = 32_768;
/** Different words of reasons that are counted as they are; what finds no place is counted by reason at once. */
const WORDS = 64;

/** Names of steps, by code. */
const STEP_NAMES = [
  "created",
  "removed",
  "split",
  "refused",
  "new-left",
  "new-right",
  "new-both",
  "new-left-reduced",
  "existing-both",
  "existing-left-full",
  "existing-left-part",
  "existing-right-full",
  "existing-right-part",
] as const;
const STEP_CREATED = 0;
const STEP_REMOVED = 1;
const STEP_SPLIT = 2;
const STEP_REFUSED = 3;
/** Codes from here on are merges. */
const FIRST_GEOMETRY = 4;

/** A merge's code: comparing a few names that are there once is faster than looking one up. */
function codeOf(geometry: MergeGeometry): number {
  switch (geometry) {
    case "new-left":
      return 4;
    case "new-right":
      return 5;
    case "new-both":
      return 6;
    case "new-left-reduced":
      return 7;
    case "existing-both":
      return 8;
    case "existing-left-full":
      return 9;
    case "existing-left-part":
      return 10;
    case "existing-right-full":
      return 11;
    case "existing-right-part":
      return 12;
  }
}

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

/**
 * Counts what address spaces do, told in numbers only. The steps of the call under way are kept as they are and only
 * put into words when somebody asks, since nearly nobody does.
 */
export class EventLog implements StepSink {
  readonly wantsIds: boolean = false;
  /** Steps by code. */
  readonly #counts = new Float64Array(STEP_NAMES.length);
  /** Refusals by all their reasons, each where its word is found: nearly all have one of a few words. */
  readonly #words = new Int32Array(WORDS);
  readonly #wordCounts = new Float64Array(WORDS);
  /** Refusals by reason whose words had no place. */
  readonly #byReason = new Float64Array(REASON_BITS);
  readonly #codes = new Uint8Array(RING);
  readonly #numbers = new Float64Array(RING * 2 + 2);
  /** Number of the call's first step, counted over the whole replay. */
  firstStep = 0;
  /** Number of the next step that is kept. */
  #nextStep = 0;
  #muted = false;

  /** Steps of the call under way that are kept. */
  get stepCount(): number {
    return this.#nextStep - this.firstStep;
  }

  /** A new call begins. */
  begin(): void {
    this.firstStep = this.#nextStep;
  }

  /** Nothing counts while `work` runs: repairs are not part of the story. */
  mute(work: () => void): void {
    this.#muted = true;
    try {
      work();
    } finally {
      this.#muted = false;
    }
  }

  // Numbers that pass through a call may become objects on the way, so each of these writes its own.

  /** An area [start, end) (bytes) came into being. */
  created(_id: number, start: number, end: number): void {
    const at = this.#place(STEP_CREATED);
    this.#numbers[at] = start;
    this.#numbers[at + 1] = end;
  }

  /** An area was cut in two at `at` (bytes). */
  split(_id: number, _piece: number, at: number): void {
    this.#numbers[this.#place(STEP_SPLIT)] = at;
  }

  /** A merge left the area [start, end) (bytes). */
  merged(
    geometry: MergeGeometry,
    _survivor: number,
    _removed: number,
    _removedNext: number,
    start: number,
    end: number,
  ): void {
    const at = this.#place(codeOf(geometry));
    this.#numbers[at] = start;
    this.#numbers[at + 1] = end;
  }

  /** A merge was refused by the neighbours below and above, for these reasons: words of bits. */
  refused(
    _start: number,
    _end: number,
    _prev: number,
    _next: number,
    leftReasons: number,
    rightReasons: number,
  ): void {
    if (!this.#muted) this.#countReasons(leftReasons | rightReasons);
    const at = this.#place(STEP_REFUSED);
    this.#numbers[at] = leftReasons;
    this.#numbers[at + 1] = rightReasons;
  }

  /** The area [start, end) (bytes) is gone. */
  removed(_id: number, start: number, end: number): void {
    const at = this.#place(STEP_REMOVED);
    this.#numbers[at] = start;
    this.#numbers[at + 1] = end;
  }

  grew(): void {}

  shrank(): void {}

  changed(): void {}

  #countReasons(word: number): void {
    const place = Math.imul(word, 0x9e3779b1) >>> 26;
    const count = this.#wordCounts[place]!;
    if (count === 0) this.#words[place] = word;
    if (this.#words[place] === word) this.#wordCounts[place] = count + 1;
    else addReasons(this.#byReason, word, 1);
  }

  /** Counts a step. Returns where its numbers go: behind the ring when it is not kept. */
  #place(code: number): number {
    if (this.#muted) return RING * 2;
    this.#counts[code]! += 1;
    const step = this.#nextStep;
    if (step - this.firstStep >= MAX_STEPS) return RING * 2;
    this.#nextStep = step + 1;
    const index = step & (RING - 1);
    this.#codes[index] = code;
    return index * 2;
  }

  /** The steps of the last call, one sentence each, in order. */
  steps(): string[] {
    return this.stepsFrom(this.firstStep, this.stepCount);
  }

  /** `count` steps from the one numbered `first` on, in words; none when they are forgotten. */
  stepsFrom(first: number, count: number): string[] {
    const steps: string[] = [];
    if (first + RING < this.#nextStep) return steps;
    for (let step = first; step < first + count; step++) {
      const index = step % RING;
      steps.push(stepText(this.#codes[index]!, this.#numbers[index * 2]!, this.#numbers[index * 2 + 1]!));
    }
    return steps;
  }

  /** Sums so far. */
  totals(): EventTotals {
    const byGeometry: Record<string, number> = {};
    let merged = 0;
    for (let code = FIRST_GEOMETRY; code < STEP_NAMES.length; code++) {
      const count = this.#counts[code]!;
      merged += count;
      if (count > 0) byGeometry[STEP_NAMES[code]!] = count;
    }
    const reasons = Float64Array.from(this.#byReason);
    this.#words.forEach((word, place) => {
      addReasons(reasons, word, this.#wordCounts[place]!);
    });
    const byReason: Record<string, number> = {};
    for (let bit = 0; bit < REASON_BITS; bit++) {
      const count = reasons[bit]!;
      if (count > 0) byReason[reasonCodes(1 << bit)[0] ?? `bit ${bit}`] = count;
    }
    return {
      created: this.#counts[STEP_CREATED]!,
      merged,
      split: this.#counts[STEP_SPLIT]!,
      removed: this.#counts[STEP_REMOVED]!,
      byGeometry,
      refused: this.#counts[STEP_REFUSED]!,
      byReason,
    };
  }
}

/** Adds `count` refusals for all reasons of a word. */
function addReasons(sums: Float64Array, word: number, count: number): void {
  for (let bits = word; bits !== 0; bits &= bits - 1) sums[31 - Math.clz32(bits & -bits)]! += count;
}

/** One step in words: its code, and its two numbers. */
function stepText(code: number, first: number, second: number): string {
  if (code === STEP_REFUSED) return `merge refused; below: ${sideText(first)}; above: ${sideText(second)}`;
  if (code === STEP_SPLIT) return `split at 0x${first.toString(16)}`;
  const range = `0x${first.toString(16)}-0x${second.toString(16)}`;
  const name = STEP_NAMES[code] ?? "?";
  return code === STEP_CREATED || code === STEP_REMOVED
    ? `${name} ${range}`
    : `merged (${name}) into ${range}`;
}

function sideText(reasons: number): string {
  return reasons === 0 ? "fits" : reasonCodes(reasons).join(", ");
}
