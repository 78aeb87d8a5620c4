/** Snapshots that nothing ties to lines, as those of a bare trace: they are tied to the program they fit. */

import type { SmapsArea } from "../proc/smaps.js";
import type { Task } from "../processes.js";
import type { SnapshotInfo } from "../recording/format.js";
import type { Recording } from "../recording/reader.js";
import { CALL_BRK, RESULT_VALUE } from "../strace/call-numbers.js";
import type { CallRecord } from "../strace/record.js";
import type { Machine } from "./machine.js";

/** The kernel puts the heap at most this far behind the program (bytes). */
const HEAP_DISTANCE = 2 ** 30 + 64 * 1024 * 1024;

/** Whether a first memory call can be of the program a snapshot shows: its heap lies where that program's would. */
function fitsSnapshot(record: CallRecord, areas: readonly SmapsArea[]): boolean {
  if (record.call !== CALL_BRK || record.resultKind !== RESULT_VALUE) return true;
  return areas.some(({ start, end }) => start <= record.result && record.result <= end + HEAP_DISTANCE);
}

/**
 * Start and end of a bare trace. The start belongs to the first program whose first memory call fits it: strace may
 * have been given a launcher, or have been attached. The end belongs to the same process.
 */
export class BareTrace {
  readonly #recording: Recording;
  readonly #start: SnapshotInfo | null;
  #end: SnapshotInfo | null;
  /** The process, once known. */
  #tgid = -1;
  /** The next memory call is to be looked at. */
  #waits: boolean;

  constructor(recording: Recording) {
    this.#recording = recording;
    const bare = recording.snapshots.filter((info) => info.usable && info.line === 0);
    this.#start = bare.find((info) => info.kind === "start") ?? null;
    this.#end = bare.find((info) => info.kind !== "start") ?? null;
    this.#waits = this.#start !== null;
  }

  /** Whether a memory call may be the one to seed at. */
  get waits(): boolean {
    return this.#waits;
  }

  /** Whether the end is still to be compared. */
  get hasEnd(): boolean {
    return this.#end !== null;
  }

  /** A program was started: it may be the one the start snapshot shows. */
  executed(task: Task): void {
    if (this.#start !== null && (this.#tgid < 0 || this.#tgid === task.tgid)) this.#waits = true;
  }

  /** Whether the start snapshot may be of this task's address space, which has no model yet. */
  mayBe(task: Task, machine: Machine): boolean {
    return this.#waits && (this.#tgid < 0 || this.#tgid === task.tgid) && !machine.isSeeded(task);
  }

  /** Seeds from the start snapshot if the first memory call fits it. */
  async seed(task: Task, record: CallRecord, machine: Machine): Promise<void> {
    const info = this.#start!;
    const areas = await this.#recording.snapshot(info);
    this.#waits = false;
    if (!fitsSnapshot(record, areas)) return;
    machine.seed(task, info, areas, Number.NEGATIVE_INFINITY);
    this.#tgid = task.tgid;
  }

  /** Whether the thread's end is the end of the program. */
  endsWith(pid: number, machine: Machine): boolean {
    return this.#end !== null && machine.isLast(pid, this.#tgid);
  }

  /** Compares the end, if there is one and its program was found. */
  async compareEnd(machine: Machine): Promise<void> {
    const info = this.#end;
    if (info === null || this.#tgid < 0) return;
    this.#end = null;
    machine.compare({ ...info, pid: this.#tgid }, await this.#recording.snapshot(info));
  }
}
