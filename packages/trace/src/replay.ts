/**
 * Replays a recording: every call and page fault in the order in which they took effect, on a model of each address
 * space, held against every usable snapshot and against the kernel's own record of each call.
 */

import { type ProfileMatch, TASK_SIZE, Tally } from "@vma/core";
import { InputError } from "./input-error.js";
import { isBirth, isExec, type Task } from "./processes.js";
import type { SnapshotInfo } from "./recording/format.js";
import type { Recording } from "./recording/reader.js";
import { BareTrace } from "./replay/bare-trace.js";
import { EventQueue, type QueuedEvent, SLACK } from "./replay/event-queue.js";
import { FaultQueue, type QueuedMap, ReplayClock } from "./replay/fault-queue.js";
import { Lane } from "./replay/lane.js";
import { Machine } from "./replay/machine.js";
import { profileOfReplay, type ReplayOptions } from "./replay/options.js";
import type { ReplayReport } from "./replay/report.js";
import { SnapshotSchedule } from "./replay/schedule.js";
import type { WriteAssumption } from "./replay/seed.js";
import { CALL_MMAP, CALL_MREMAP, CALL_MUNMAP, RESULT_VALUE } from "./strace/call-numbers.js";
import { CALL_SPECS } from "./strace/calls.js";
import { StraceReader, type ThreadEnd } from "./strace/reader.js";
import type { CallRecord } from "./strace/record.js";

/** Lines without a single call after which a file is taken for something else. */
const RUBBISH_LINES = 100;
const NO_MAPS: readonly QueuedMap[] = [];

class Replayer {
  readonly #recording: Recording;
  readonly #options: ReplayOptions;
  readonly #profile: ProfileMatch;
  readonly #reader: StraceReader;
  readonly #clock = new ReplayClock();
  readonly #queue = new EventQueue();
  readonly #faults: FaultQueue | null;
  readonly #machine: Machine;
  #schedule: SnapshotSchedule | null = null;
  #timed = false;
  readonly #bare: BareTrace;
  /** Where calls wait that nothing stands in the way of. */
  readonly #lane: Lane;

  constructor(recording: Recording, options: ReplayOptions) {
    this.#recording = recording;
    this.#bare = new BareTrace(recording);
    this.#options = options;
    const { limits = {}, events = true, onStep, onFork } = options;
    this.#profile = profileOfReplay(recording, options);
    const withFaults = recording.hasFaults && options.ignoreFaults !== true;
    const { meta, path, faultsFile } = recording;
    this.#faults = withFaults ? new FaultQueue(recording.faults(), faultsFile ?? path, this.#clock) : null;
    const assumptions: WriteAssumption[] = withFaults ? ["recorded"] : ["never", "at-once"];
    const { profile } = this.#profile;
    const tally = events ? new Tally() : null;
    this.#machine = new Machine({ profile, meta, limits, assumptions, tally, onStep, onFork });
    this.#lane = new Lane(this.#machine, this.#clock);
    this.#reader = new StraceReader(
      {
        call: (record) => (this.#lane.take(record) ? undefined : this.#onCall(record)),
        enter: (record) => this.#onEnter(record),
        exit: (end) => this.#onExit(end),
      },
      { file: recording.traceFile },
    );
  }

  async run(): Promise<ReplayReport> {
    const { traceBytes: fileBytes, traceFile } = this.#recording;
    for await (const chunk of this.#recording.trace()) {
      try {
        this.#reader.push(chunk);
      } finally {
        this.#lane.close();
      }
      this.#refuseRubbish(RUBBISH_LINES);
      await this.#settle(false);
      this.#openLane();
      const { totals, line } = this.#reader;
      this.#options.onProgress?.({ lines: line, bytes: totals.bytes, fileBytes });
    }
    const totals = this.#reader.end();
    this.#lane.close();
    if (totals.lines === 0) throw new InputError(traceFile, 0, "is empty");
    this.#refuseRubbish(1);
    await this.#settle(true);
    await this.#compareRest();
    const machine = this.#machine;
    return machine.checker.report({
      recording: this.#recording,
      profile: this.#profile,
      totals,
      applied: machine.applied,
      unseeded: machine.unseeded,
      unseen: machine.unseen,
      mostAreas: machine.spaces.mostAreas,
      addressSpaces: machine.spaces.total,
      placement: machine.placements,
      pageFaults: { applied: machine.faultsApplied, outside: machine.faultsOutside },
      leftSnapshots: this.#begin().left + (this.#bare.hasEnd ? 1 : 0),
    });
  }

  /** A file whose first lines hold not one call is no trace. */
  #refuseRubbish(lines: number): void {
    const { totals, used } = this.#reader;
    if (used > 0 || totals.unparsed < lines) return;
    const first = totals.firstUnparsed[0]!;
    throw new InputError(
      this.#recording.traceFile,
      first.line,
      `${first.reason}: "${first.text.slice(0, 60)}"`,
    );
  }

  // Reading: what the strace reader hands out is applied at once when nothing stands in the way, else queued.

  #begin(): SnapshotSchedule {
    if (this.#schedule !== null) return this.#schedule;
    this.#timed = this.#reader.timeKind === "unix";
    if (this.#faults !== null && !this.#timed) {
      const reason = "the page faults cannot be placed: the trace has no -ttt time stamps";
      throw new InputError(this.#recording.traceFile, 0, reason);
    }
    this.#schedule = new SnapshotSchedule(this.#recording, this.#clock, this.#timed);
    this.#endHistory(this.#schedule);
    return this.#schedule;
  }

  #timeOf(at: { readonly seconds: number; readonly nanoseconds: number }, line: number): number {
    return this.#timed ? this.#clock.at(at.seconds, at.nanoseconds) : line;
  }

  #onCall(record: CallRecord): "keep" | undefined {
    const schedule = this.#begin();
    if (record.call === CALL_MMAP && record.result > TASK_SIZE) {
      const reason = `address 0x${record.result.toString(16)} is above x86-64's user memory: another architecture's trace`;
      throw new InputError(this.#recording.traceFile, record.line, reason);
    }
    const entered = this.#timeOf(record, record.startLine);
    let time = this.#timed ? entered + Math.max(0, record.duration) : record.line;
    const wasPending = record.startLine < record.line;
    if (wasPending) {
      if (this.#timed && record.duration < 0) time = this.#timeOf(this.#reader.stamp, record.line);
      this.#queue.leave(record.pid);
      this.#queue.leave(0);
    }
    const exec = isExec(record.call);
    const faultless = this.#isFaultless;
    // The moment is settled here.
    if (this.#timed && faultless) time = this.#queue.momentOf(entered, time - entered, record.delayed);
    const shared = exec || isBirth(record.call);
    const announced = !wasPending && shared;
    const hold =
      !faultless ||
      this.#queue.size > 0 ||
      this.#queue.insideMemoryCall ||
      time >= schedule.nextTime ||
      record.startLine >= schedule.nextLine ||
      this.#bare.waits ||
      (exec && record.resultKind === RESULT_VALUE);
    if (!hold) {
      const { family } = CALL_SPECS[record.call]!;
      // What calls that wait do to memory, and others to descriptors, is nothing to each other.
      if (family !== "file" || !this.#machine.isAside(record.pid)) this.#lane.close();
      if (announced) this.#machine.enter(record, exec);
      this.#applyCall(record, null);
      this.#openLane();
      return undefined;
    }
    this.#lane.close();
    if (announced) this.#queue.pushCall("enter", entered, entered, record, true);
    this.#queue.pushCall("call", time, entered, record, faultless);
    return "keep";
  }

  /** Opens the shorter way, unless something is to come before the calls that are read next, or somebody watches each. */
  #openLane(): void {
    const schedule = this.#schedule;
    const queue = this.#queue;
    const isFree = this.#isFaultless && queue.size === 0 && !queue.insideMemoryCall && !this.#bare.waits;
    if (schedule === null || !isFree || this.#options.onStep !== undefined) return;
    this.#lane.open(schedule.nextLine, schedule.nextTime);
  }

  /** Without the kernel's records, or with none left, there is nothing to wait for. */
  get #isFaultless(): boolean {
    return this.#faults === null || this.#faults.exhausted;
  }

  #onEnter(record: CallRecord): "keep" | undefined {
    this.#begin();
    this.#lane.close();
    const entered = this.#timeOf(record, record.line);
    this.#queue.enter(record.pid, entered, CALL_SPECS[record.call]!.family === "memory");
    if (!isBirth(record.call) && !isExec(record.call)) {
      this.#openLane();
      return undefined;
    }
    this.#queue.pushCall("enter", entered, entered, record, true);
    return "keep";
  }

  #onExit(end: ThreadEnd): void {
    this.#begin();
    this.#lane.close();
    this.#queue.leave(end.pid);
    this.#queue.pushExit(this.#timeOf(end, end.line), end);
  }

  // Carrying out: events in the order of their effect, with faults and snapshots in between.

  async #settle(final: boolean): Promise<void> {
    const schedule = this.#schedule;
    if (schedule === null || (this.#queue.size === 0 && !final)) return;
    // A line is printed when its call is over, so whatever comes later took effect later, calls under way apart. Only
    // the kernel's records, which tell the very moment, may come a little behind.
    let now = Number.POSITIVE_INFINITY;
    if (this.#faults !== null) {
      await this.#faults.loadUntil(this.#queue.lastTime + SLACK);
      const stamp =
        final || this.#faults.exhausted ? now : this.#timeOf(this.#reader.stamp, this.#reader.line);
      this.#queue.match(this.#faults, stamp);
      now = stamp - SLACK;
    }
    const safe = final ? now : this.#queue.safeUntil(now);
    this.#queue.sort();
    for (let event = this.#queue.next(safe); event !== null; event = this.#queue.next(safe)) {
      while (schedule.nextTime <= event.time) await this.#compareTimed(schedule);
      const startLine = event.record?.startLine ?? event.end!.line;
      while (schedule.nextLine <= startLine) await this.#compare(schedule.takeByLine());
      this.#applyFaults(event.time);
      const wait = this.#applyEvent(event);
      if (wait !== null) await wait;
    }
    if (!final) this.#faults?.dropMapsBefore(safe - SLACK);
  }

  #applyFaults(until: number): void {
    const faults = this.#faults;
    if (faults === null) return;
    while (faults.nextTime < until) this.#machine.applyFault(faults.shift());
  }

  /** Returns what to wait for, or null. */
  #applyEvent(event: QueuedEvent): Promise<void> | null {
    const { kind, record, end } = event;
    if (kind === "exit") {
      const machine = this.#machine;
      if (this.#bare.endsWith(end!.pid, machine)) {
        return this.#bare.compareEnd(machine).then(() => machine.exit(end!));
      }
      machine.exit(end!);
      return null;
    }
    if (kind === "enter") {
      this.#machine.enter(record!, isExec(record!.call));
      return null;
    }
    if (record!.call === CALL_MMAP || record!.call === CALL_MREMAP) this.#clearTheWay(event);
    const wait = this.#applyCall(record!, event);
    const shared = isBirth(record!.call) || isExec(record!.call);
    if (wait === null && !shared) this.#reader.recycle(record!);
    return wait;
  }

  /**
   * A place the kernel chose was free. If it is not free in the model, another thread's munmap was faster than its
   * line in the trace says: it goes first.
   */
  #clearTheWay(event: QueuedEvent): void {
    const place = this.#machine.occupied(event.record!);
    if (place === null) return;
    const early = this.#queue.takeEarly(event.time, ({ call, args }) => {
      const frees = call === CALL_MUNMAP || call === CALL_MREMAP;
      return frees && args[0]! < place.end && args[0]! + args[1]! > place.start;
    });
    if (early !== null) this.#applyCall(early.record!, early);
  }

  /** `event`: the call's place in the queue, when it was there. */
  #applyCall(record: CallRecord, event: QueuedEvent | null): Promise<void> | null {
    const machine = this.#machine;
    const { family } = CALL_SPECS[record.call]!;
    if (family === "file" || family === "process") {
      const task = machine.complete(record);
      return machine.executedNow ? this.#seedAfterExec(task, record) : null;
    }
    const task = machine.taskOfThread(record.pid);
    if (this.#bare.mayBe(task, machine)) return this.#seedBare(task, record, event);
    this.#applyMemoryCall(task, record, event);
    return null;
  }

  #applyMemoryCall(task: Task, record: CallRecord, event: QueuedEvent | null): void {
    if (event === null) this.#machine.applyMemoryCall(task, record, NO_MAPS, null);
    else this.#machine.applyMemoryCall(task, record, event.maps, () => this.#queue.overlapped(event));
  }

  // Snapshots.

  async #seedAfterExec(task: Task, record: CallRecord): Promise<void> {
    this.#bare.executed(task);
    const info = this.#schedule!.takeStart(record.line, task.tgid);
    if (info === null) return;
    const time = info.to === null ? Number.NEGATIVE_INFINITY : this.#timeOf(info.to, 0);
    this.#machine.seed(task, info, await this.#recording.snapshot(info), time);
  }

  async #seedBare(task: Task, record: CallRecord, event: QueuedEvent | null): Promise<void> {
    await this.#bare.seed(task, record, this.#machine);
    this.#applyMemoryCall(task, record, event);
  }

  async #compareTimed(schedule: SnapshotSchedule): Promise<void> {
    if (this.#faults !== null) {
      await this.#faults.loadUntil(schedule.nextTime);
      this.#applyFaults(schedule.nextTime);
    }
    await this.#compare(schedule.takeTimed());
  }

  async #compare(info: SnapshotInfo): Promise<void> {
    this.#machine.compare(info, await this.#recording.snapshot(info));
    this.#endHistory(this.#schedule!);
  }

  /** Nothing is remembered for snapshots that will not come. */
  #endHistory(schedule: SnapshotSchedule): void {
    if (schedule.left === 0 && !this.#bare.hasEnd) this.#machine.checker.endHistory();
  }

  async #compareRest(): Promise<void> {
    const schedule = this.#begin();
    while (schedule.nextTime < Number.POSITIVE_INFINITY) await this.#compareTimed(schedule);
    while (schedule.nextLine < Number.POSITIVE_INFINITY) await this.#compare(schedule.takeByLine());
    await this.#bare.compareEnd(this.#machine);
  }
}

/**
 * Replays a recording and reports. Throws InputError (file, line, reason) for input that cannot be read, and RangeError
 * for a kernel that `options` names and no profile stands for.
 *
 * With page faults there is one model of each address space. Without, there are two, "nothing was written" and
 * "everything was written at once", and the report's bracket tells what is certain and what depends on a page.
 */
export function replay(recording: Recording, options: ReplayOptions = {}): Promise<ReplayReport> {
  return new Replayer(recording, options).run();
}
