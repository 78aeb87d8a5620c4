/** What the engine did: totals over a replay, and the steps of the last call in words. */

import { type EventSink, type MergeGeometry, type RefusedMerge, reasonCodes, type Vma } from "@vma/core";

/** Reason words have this many bits at most. */
const REASON_BITS = 24;
/** Steps of one call that are kept. */
const MAX_STEPS = 16;
/** Steps that are kept in all: a ring. */
const RING = 32_768;

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
 * Listens to address spaces. The steps of the call under way are kept as they are and only put into words when
 * somebody asks, since nearly nobody does.
 */
export class EventLog implements EventSink {
  #created = 0;
  #merged = 0;
  #split = 0;
  #removed = 0;
  #refused = 0;
  readonly #byGeometry = new Float64Array(STEP_NAMES.length);
  readonly #byReason = new Float64Array(REASON_BITS);
  /** Steps of the call under way. */
  stepCount = 0;
  /** Number of its first step, counted over the whole replay. */
  firstStep = 0;
  readonly #stepCodes = new Uint8Array(RING);
  readonly #stepNumbers = new Float64Array(RING * 2);
  #muted = false;

  /** A new call begins. */
  begin(): void {
    this.firstStep += this.stepCount;
    this.stepCount = 0;
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

  created(vma: Vma): void {
    if (this.#muted) return;
    this.#created += 1;
    this.#step(STEP_CREATED, vma.start, vma.end);
  }

  grew(): void {}

  shrank(): void {}

  split(vma: Vma, piece: Vma): void {
    if (this.#muted) return;
    this.#split += 1;
    this.#step(STEP_SPLIT, Math.max(vma.start, piece.start), 0);
  }

  merged(geometry: MergeGeometry, survivor: Vma): void {
    if (this.#muted) return;
    this.#merged += 1;
    const code = STEP_NAMES.indexOf(geometry);
    this.#byGeometry[code]! += 1;
    this.#step(code, survivor.start, survivor.end);
  }

  refused(request: RefusedMerge): void {
    if (this.#muted) return;
    this.#refused += 1;
    const { leftReasons, rightReasons } = request;
    for (let bits = leftReasons | rightReasons; bits !== 0; bits &= bits - 1) {
      this.#byReason[31 - Math.clz32(bits & -bits)]! += 1;
    }
    this.#step(STEP_REFUSED, leftReasons, rightReasons);
  }

  changed(): void {}

  removed(vma: Vma): void {
    if (this.#muted) return;
    this.#removed += 1;
    this.#step(STEP_REMOVED, vma.start, vma.end);
  }

  #step(code: number, first: number, second: number): void {
    const count = this.stepCount;
    if (count >= MAX_STEPS) return;
    this.stepCount = count + 1;
    const index = (this.firstStep + count) % RING;
    this.#stepCodes[index] = code;
    this.#stepNumbers[index * 2] = first;
    this.#stepNumbers[index * 2 + 1] = second;
  }

  /** The steps of the last call, one sentence each, in order. */
  steps(): string[] {
    return this.stepsFrom(this.firstStep, this.stepCount);
  }

  /** `count` steps from the one numbered `first` on, in words; none when they are forgotten. */
  stepsFrom(first: number, count: number): string[] {
    const steps: string[] = [];
    if (first + RING < this.firstStep + this.stepCount) return steps;
    for (let step = first; step < first + count; step++) {
      const index = step % RING;
      steps.push(
        stepText(this.#stepCodes[index]!, this.#stepNumbers[index * 2]!, this.#stepNumbers[index * 2 + 1]!),
      );
    }
    return steps;
  }

  /** Sums so far. */
  totals(): EventTotals {
    const byGeometry: Record<string, number> = {};
    STEP_NAMES.forEach((name, code) => {
      if (this.#byGeometry[code]! > 0) byGeometry[name] = this.#byGeometry[code]!;
    });
    const byReason: Record<string, number> = {};
    for (let bit = 0; bit < REASON_BITS; bit++) {
      const count = this.#byReason[bit]!;
      if (count > 0) byReason[reasonCodes(1 << bit)[0] ?? `bit ${bit}`] = count;
    }
    return {
      created: this.#created,
      merged: this.#merged,
      split: this.#split,
      removed: this.#removed,
      byGeometry,
      refused: this.#refused,
      byReason,
    };
  }
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
