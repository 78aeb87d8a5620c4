/** The last calls and the places they touched: to name the call behind a difference that a snapshot shows. */

import { describeMove, type Tally } from "@vma/core";
import { CALL_MASK } from "./batch-layout.js";
import type { CallBatch } from "./call-batch.js";

/** Few enough to stay in the processor's cache: every call is noted here. */
const CAPACITY = 8192;
/** Moves of the engine told of each call. */
const MOVES = 3;
/** Numbers of one call, in the order of the constants below: 64 bytes, which the processor fetches at once. */
const WIDTH = 8;
const START = 0;
const END = 1;
const LINE = 2;
const START_LINE = 3;
const SPACE = 4;
const PID = 5;
/** Number of the call, below MAX_CALLS, plus MAX_CALLS for each move. */
const CALL_AND_MOVES = 6;
const FIRST_MOVE = 7;
const MAX_CALLS = 64;

/** A call that touched a place. */
export interface Touch {
  readonly line: number;
  readonly startLine: number;
  readonly pid: number;
  readonly call: number;
  /** What the engine did first, in words. */
  readonly steps: readonly string[];
}

/** A ring of the last 8,192 calls with a range; older ones are forgotten. */
export class TouchHistory {
  readonly #tally: Tally | null;
  readonly #calls = new Float64Array(CAPACITY * WIDTH);
  /** Calls noted so far. */
  #added = 0;

  /** `tally` knows what the engine did at each call, unless that is not counted. */
  constructor(tally: Tally | null) {
    this.#tally = tally;
  }

  /** Notes that a call of a batch, the one that the tally is at, touched [start, end) (bytes) of an address space. */
  add(space: number, start: number, end: number, batch: CallBatch, index: number): void {
    const calls = this.#calls;
    const tally = this.#tally;
    const at = (this.#added & (CAPACITY - 1)) * WIDTH;
    this.#added += 1;
    calls[at + START] = start;
    calls[at + END] = end;
    calls[at + LINE] = batch.lineAt(index);
    calls[at + START_LINE] = batch.startLineAt(index);
    calls[at + SPACE] = space;
    calls[at + PID] = batch.pidAt(index);
    const call = batch.heads[index]! & CALL_MASK;
    calls[at + CALL_AND_MOVES] = tally === null ? call : call + MAX_CALLS * Math.min(MOVES, tally.moveCount);
    calls[at + FIRST_MOVE] = tally === null ? 0 : tally.firstMove;
  }

  /** The last call of one of `spaces` that touched [start, end) or its very edges, or null. */
  last(spaces: ReadonlySet<number>, start: number, end: number): Touch | null {
    const calls = this.#calls;
    const oldest = Math.max(0, this.#added - CAPACITY);
    for (let number = this.#added - 1; number >= oldest; number--) {
      const at = (number % CAPACITY) * WIDTH;
      if (!spaces.has(calls[at + SPACE]!) || calls[at + START]! > end || calls[at + END]! < start) continue;
      const packed = calls[at + CALL_AND_MOVES]!;
      const moves = this.#tally?.moves(calls[at + FIRST_MOVE]!, Math.floor(packed / MAX_CALLS)) ?? [];
      return {
        line: calls[at + LINE]!,
        startLine: calls[at + START_LINE]!,
        pid: calls[at + PID]!,
        call: packed % MAX_CALLS,
        steps: moves.flatMap(describeMove),
      };
    }
    return null;
  }
}
