/** The last calls and the places they touched: to name the call behind a difference that a snapshot shows. */

import { type EventLog, stepText } from "./event-log.js";

/** Few enough to stay in the processor's cache: every call is noted here. */
const CAPACITY = 8192;
/** Steps of the engine kept for each call. */
const STEPS = 3;

/** A call that touched a place. */
export interface Touch {
  readonly line: number;
  readonly startLine: number;
  readonly pid: number;
  readonly call: number;
  /** What the engine did, the first steps in words. */
  readonly steps: readonly string[];
}

/** A ring of the last 8,192 calls with a range; older ones are forgotten. */
export class TouchHistory {
  readonly #starts = new Float64Array(CAPACITY);
  readonly #ends = new Float64Array(CAPACITY);
  readonly #lines = new Float64Array(CAPACITY);
  readonly #startLines = new Float64Array(CAPACITY);
  readonly #spaces = new Float64Array(CAPACITY);
  readonly #pids = new Float64Array(CAPACITY);
  readonly #calls = new Uint8Array(CAPACITY);
  readonly #stepCounts = new Uint8Array(CAPACITY);
  readonly #stepCodes = new Uint8Array(CAPACITY * STEPS);
  readonly #stepNumbers = new Float64Array(CAPACITY * STEPS * 2);
  #next = 0;
  #size = 0;

  /** Notes that a call touched [start, end) (bytes) of an address space. */
  add(
    space: number,
    start: number,
    end: number,
    record: { line: number; startLine: number; pid: number; call: number },
    log: EventLog,
  ): void {
    const slot = this.#next;
    this.#starts[slot] = start;
    this.#ends[slot] = end;
    this.#spaces[slot] = space;
    this.#lines[slot] = record.line;
    this.#startLines[slot] = record.startLine;
    this.#pids[slot] = record.pid;
    this.#calls[slot] = record.call;
    const steps = Math.min(STEPS, log.stepCount);
    this.#stepCounts[slot] = steps;
    for (let i = 0; i < steps; i++) this.#stepCodes[slot * STEPS + i] = log.stepCodes[i]!;
    for (let i = 0; i < steps * 2; i++) this.#stepNumbers[slot * STEPS * 2 + i] = log.stepNumbers[i]!;
    this.#next = (slot + 1) % CAPACITY;
    if (this.#size < CAPACITY) this.#size += 1;
  }

  /** The last call of one of `spaces` that touched [start, end) or its very edges, or null. */
  last(spaces: ReadonlySet<number>, start: number, end: number): Touch | null {
    for (let back = 1; back <= this.#size; back++) {
      const slot = (this.#next - back + CAPACITY) % CAPACITY;
      if (!spaces.has(this.#spaces[slot]!) || this.#starts[slot]! > end || this.#ends[slot]! < start)
        continue;
      return {
        line: this.#lines[slot]!,
        startLine: this.#startLines[slot]!,
        pid: this.#pids[slot]!,
        call: this.#calls[slot]!,
        steps: this.#steps(slot),
      };
    }
    return null;
  }

  #steps(slot: number): string[] {
    const steps: string[] = [];
    for (let i = slot * STEPS; i < slot * STEPS + this.#stepCounts[slot]!; i++) {
      steps.push(stepText(this.#stepCodes[i]!, this.#stepNumbers[i * 2]!, this.#stepNumbers[i * 2 + 1]!));
    }
    return steps;
  }
}
