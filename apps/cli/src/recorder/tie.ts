/** Tying copies of smaps to lines of the trace, and judging which of them show one moment. */

import {
  CALL_EXECVE,
  CALL_EXECVEAT,
  type CallRecord,
  callSpec,
  RESULT_PENDING,
  RESULT_VALUE,
  type SnapshotInfo,
  StraceReader,
} from "@vma/trace";
import { nanosecondsOf, timePoint } from "./clock.js";
import type { TakenSnapshot } from "./watcher.js";

/** A copy with its line. */
export interface TiedSnapshot {
  readonly info: Omit<SnapshotInfo, "file">;
  readonly smaps: Uint8Array;
}

interface Candidate {
  readonly taken: TakenSnapshot;
  line: number;
  inFlight: boolean;
}

/** strace's measure of a call ends this much before the call does (nanoseconds). */
const LATE = 300_000n;

function isExec(record: CallRecord): boolean {
  return record.call === CALL_EXECVE || record.call === CALL_EXECVEAT;
}

/** Finds the lines in one pass over the trace, which need not be whole in memory. */
export class SnapshotTier {
  readonly #candidates: Candidate[];
  readonly #byThread: Map<number, Candidate[]> = new Map();
  readonly #reader: StraceReader;
  lines = 0;

  constructor(taken: readonly TakenSnapshot[]) {
    this.#candidates = taken.map((one) => ({ taken: one, line: 0, inFlight: false }));
    for (const candidate of this.#candidates) {
      for (const tid of new Set([candidate.taken.tid, ...candidate.taken.threads])) {
        const list = this.#byThread.get(tid);
        if (list === undefined) this.#byThread.set(tid, [candidate]);
        else list.push(candidate);
      }
    }
    this.#reader = new StraceReader({
      call: (record) => this.#meet(record),
      enter: (record) => this.#meet(record),
    });
  }

  push(chunk: Uint8Array): void {
    this.#reader.push(chunk);
  }

  /** The snapshots that belong to a line, in the order of the lines. */
  end(): TiedSnapshot[] {
    this.lines = this.#reader.end().lines;
    return this.#candidates
      .filter((candidate) => candidate.line > 0)
      .sort((a, b) => a.line - b.line || Number(a.taken.from - b.taken.from))
      .map(({ taken, line, inFlight }) => ({
        smaps: taken.smaps,
        info: {
          kind: taken.kind,
          pid: taken.pid,
          tid: taken.tid,
          line,
          from: timePoint(taken.from),
          to: timePoint(taken.to),
          usable: taken.stillHeld && !inFlight,
        },
      }));
  }

  #meet(record: CallRecord): undefined {
    const candidates = this.#byThread.get(record.pid);
    if (candidates === undefined) return;
    const entered = nanosecondsOf(record);
    for (const candidate of candidates) {
      const { taken } = candidate;
      if (entered > taken.to) continue;
      if (taken.tid !== record.pid) this.#noteOther(candidate, record, entered);
      else if (taken.kind !== "start") candidate.line = record.startLine;
      else if (isExec(record) && record.resultKind === RESULT_VALUE) candidate.line = record.line;
    }
    return;
  }

  /** Whether a memory call of a thread of any copy overlapped its reading. */
  get touched(): boolean {
    return this.#candidates.some((candidate) => candidate.inFlight);
  }

  /** Another thread's memory call that overlaps the reading makes the copy a mixture. */
  #noteOther(candidate: Candidate, record: CallRecord, entered: bigint): void {
    if (callSpec(record.call)?.family !== "memory") return;
    const pending = record.resultKind === RESULT_PENDING || record.duration < 0;
    const left = pending ? entered : entered + BigInt(Math.round(record.duration)) + LATE;
    if (!pending && left >= candidate.taken.from) candidate.inFlight = true;
  }
}
