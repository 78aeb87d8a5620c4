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
  /** File that holds the copy. */
  readonly file: string;
}

interface Candidate {
  readonly taken: TakenSnapshot;
  line: number;
  inFlight: boolean;
}

/** Copies that a thread's calls have to do with, in the order of their time, and the thread's last call so far. */
interface ThreadCopies {
  readonly waiting: Candidate[];
  /** Those before this one are over: every later call of the thread was entered after they were read. */
  head: number;
  /** Line on which the thread's last call was entered, and on which its last exec that worked returned; 0 for none. */
  lastLine: number;
  lastExec: number;
}

/** strace's measure of a call ends at most this much before the call does (nanoseconds); some 30 us are usual. */
const LATE = 300_000n;

function isExec(record: CallRecord): boolean {
  return record.call === CALL_EXECVE || record.call === CALL_EXECVEAT;
}

/**
 * Finds the lines in one pass over the trace, which need not be whole in memory. What a call costs does not depend on
 * the number of copies: only those around its time are looked at.
 */
export class SnapshotTier {
  readonly #candidates: Candidate[];
  readonly #byThread: Map<number, ThreadCopies> = new Map();
  readonly #reader: StraceReader;
  lines = 0;
  /** Bytes of the trace so far. */
  bytes = 0;

  constructor(taken: readonly TakenSnapshot[]) {
    this.#candidates = taken.map((one) => ({ taken: one, line: 0, inFlight: false }));
    for (const candidate of this.#candidates) {
      for (const tid of new Set([candidate.taken.tid, ...candidate.taken.threads])) {
        const copies = this.#byThread.get(tid);
        if (copies !== undefined) copies.waiting.push(candidate);
        else this.#byThread.set(tid, { waiting: [candidate], head: 0, lastLine: 0, lastExec: 0 });
      }
    }
    this.#reader = new StraceReader({
      call: (record) => this.#meet(record),
      enter: (record) => this.#meet(record),
    });
  }

  push(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    this.#reader.push(chunk);
  }

  /** Hands the chunks on, having looked at them. */
  async *through(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.push(chunk);
      yield chunk;
    }
  }

  /** The snapshots that belong to a line, in the order of the lines. */
  end(): TiedSnapshot[] {
    this.lines = this.#reader.end().lines;
    for (const [tid, copies] of this.#byThread) this.#settle(tid, copies, null);
    return this.#candidates
      .filter((candidate) => candidate.line > 0)
      .sort((a, b) => a.line - b.line || Number(a.taken.from - b.taken.from))
      .map(({ taken, line, inFlight }) => ({
        file: taken.file,
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

  /** The first copy that no memory call of its process' threads overlaps, the held one's own included. */
  get firstQuiet(): TakenSnapshot | undefined {
    return this.#candidates.find((candidate) => !candidate.inFlight)?.taken;
  }

  #meet(record: CallRecord): undefined {
    const copies = this.#byThread.get(record.pid);
    if (copies === undefined) return;
    const entered = nanosecondsOf(record);
    this.#settle(record.pid, copies, entered);
    copies.lastLine = record.startLine;
    if (isExec(record) && record.resultKind === RESULT_VALUE) copies.lastExec = record.line;
    this.#noteOverlaps(record, copies, entered);
    return;
  }

  /** Copies read before `entered` (null: all) belong to the thread's last call until then, if it was the held one. */
  #settle(tid: number, copies: ThreadCopies, entered: bigint | null): void {
    for (; copies.head < copies.waiting.length; copies.head += 1) {
      const candidate = copies.waiting[copies.head] as Candidate;
      if (entered !== null && candidate.taken.to >= entered) return;
      if (candidate.taken.tid !== tid) continue;
      candidate.line = candidate.taken.kind === "start" ? copies.lastExec : copies.lastLine;
    }
  }

  /** Another thread's memory call that overlaps the reading makes the copy a mixture. */
  #noteOverlaps(record: CallRecord, { waiting, head }: ThreadCopies, entered: bigint): void {
    if (callSpec(record.call)?.family !== "memory") return;
    if (record.resultKind === RESULT_PENDING || record.duration < 0) return;
    const left = entered + BigInt(Math.round(record.duration)) + LATE;
    for (let index = head; index < waiting.length; index += 1) {
      const candidate = waiting[index] as Candidate;
      if (candidate.taken.from > left) return;
      if (candidate.taken.tid !== record.pid) candidate.inFlight = true;
    }
  }
}
