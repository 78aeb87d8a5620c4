/** Memory calls side by side, as numbers: what was read and is to be carried out, in a few lines of the cache each. */

import type { OpenFile } from "@vma/core";
import {
  CALL_MADVISE,
  CALL_MBIND,
  CALL_MLOCK,
  CALL_MLOCK2,
  CALL_MLOCKALL,
  CALL_MMAP,
  CALL_MPROTECT,
  CALL_MREMAP,
  CALL_MSEAL,
  CALL_MUNLOCK,
  CALL_MUNMAP,
  CALL_PKEY_MPROTECT,
  CALL_PRCTL,
  CALL_REMAP_FILE_PAGES,
  RESULT_ERROR,
  RESULT_VALUE,
} from "../strace/call-numbers.js";
import { CALL_SPECS } from "../strace/calls.js";
import { CallRecord } from "../strace/record.js";
import {
  ARGUMENTS,
  CALL_MASK,
  COUNT_SHIFT,
  FAILED,
  LINE,
  PID,
  RECORDED,
  START_LINE,
  WIDTH,
} from "./batch-layout.js";

/**
 * Calls to be carried out one after the other. Reader and engine, taking turns at every line, would each find the other's
 * data and code in the processor's nearest caches; and records of the reader would fill them.
 */
export class CallBatch {
  /** Calls there are. */
  count = 0;
  readonly numbers: Float64Array;
  readonly heads: Int32Array;
  readonly #files: (OpenFile | null)[];
  readonly #texts: (string | null)[];

  constructor(capacity: number) {
    this.numbers = new Float64Array(capacity * WIDTH);
    this.heads = new Int32Array(capacity);
    this.#files = Array.from({ length: capacity }, () => null);
    this.#texts = Array.from({ length: capacity }, () => null);
  }

  get isFull(): boolean {
    return this.count === this.heads.length;
  }

  /** Puts a memory or limit call behind the others. `file`: the open file behind its descriptor, when it has one. */
  put(record: CallRecord, file: OpenFile | null): void {
    const index = this.count;
    const { numbers } = this;
    const { args, call, resultKind } = record;
    const at = index * WIDTH;
    numbers[at] = args[0]!;
    numbers[at + 1] = args[1]!;
    numbers[at + 2] = args[2]!;
    numbers[at + 3] = args[3]!;
    numbers[at + 4] = args[4]!;
    numbers[at + 5] = args[5]!;
    const failed = resultKind === RESULT_ERROR;
    numbers[at + RECORDED] = failed ? -record.error : record.result;
    numbers[at + LINE] = record.line;
    numbers[at + START_LINE] = record.startLine;
    numbers[at + PID] = record.pid;
    const isTold = (failed || resultKind === RESULT_VALUE) && !record.injected;
    this.heads[index] = (isTold ? call : 0) | (failed ? FAILED : 0) | (record.argCount << COUNT_SHIFT);
    if (call === CALL_MMAP) this.#files[index] = file;
    else if (call === CALL_PRCTL) this.#texts[index] = record.text;
    this.count = index + 1;
  }

  /** The open file behind an mmap call's descriptor, or null. */
  fileAt(index: number): OpenFile | null {
    return this.#files[index]!;
  }

  /** The string argument of a prctl call, or null. */
  textAt(index: number): string | null {
    return this.#texts[index]!;
  }

  /** Line on which the call's result stands. */
  lineAt(index: number): number {
    return this.numbers[index * WIDTH + LINE]!;
  }

  /** Line on which the call was entered. */
  startLineAt(index: number): number {
    return this.numbers[index * WIDTH + START_LINE]!;
  }

  /** Thread id. */
  pidAt(index: number): number {
    return this.numbers[index * WIDTH + PID]!;
  }

  /** The call as a record of its own, to be put into words: numbers, but no texts and no times. */
  recordAt(index: number): CallRecord {
    const record = new CallRecord();
    const head = this.heads[index]!;
    const recorded = this.numbers[index * WIDTH + RECORDED]!;
    const failed = (head & FAILED) !== 0;
    record.args.set(this.numbers.subarray(index * WIDTH, index * WIDTH + ARGUMENTS));
    record.argCount = head >> COUNT_SHIFT;
    record.call = head & CALL_MASK;
    record.line = this.lineAt(index);
    record.startLine = this.startLineAt(index);
    record.pid = this.pidAt(index);
    record.resultKind = failed ? RESULT_ERROR : RESULT_VALUE;
    record.result = failed ? -1 : recorded;
    record.error = failed ? -recorded : 0;
    return record;
  }
}

/** How many arguments of a call the model goes by, all of kinds that are numbers wherever they are there. */
export const NEEDED: Uint8Array = new Uint8Array(CALL_SPECS.length);
for (const [call, count] of [
  [CALL_MMAP, 6],
  [CALL_MUNMAP, 2],
  [CALL_MPROTECT, 3],
  [CALL_PKEY_MPROTECT, 4],
  [CALL_MADVISE, 3],
  [CALL_MLOCK, 2],
  [CALL_MLOCK2, 3],
  [CALL_MUNLOCK, 2],
  [CALL_MSEAL, 2],
  [CALL_MLOCKALL, 1],
  [CALL_MREMAP, 4],
  [CALL_MBIND, 3],
  [CALL_REMAP_FILE_PAGES, 5],
] as const) {
  NEEDED[call] = count;
}

/** Whether the line of the call with this head holds every number that the model needs; a damaged one may not. */
export function isToldWhole(head: number): boolean {
  return head >> COUNT_SHIFT >= NEEDED[head & CALL_MASK]!;
}
