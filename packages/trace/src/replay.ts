/**
 * Replays a recording: every call and page fault in the order in which they took effect, on a model of each address
 * space, held against every usable snapshot and against the kernel's own record of each call.
 */

import {
  type AddressSpace,
  type AddressSpaceOptions,
  defaultLimits,
  type Limits,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_FIXED_NOREPLACE,
  type OpenFile,
  type ProfileMatch,
  profileForRelease,
  type SharedMemorySegment,
} from "@vma/core";
import { InputError } from "./input-error.js";
import type { SmapsArea } from "./proc/smaps.js";
import { isBirth, type ProcessListener, ProcessTable, type SpaceRef, type Task } from "./processes.js";
import type { SnapshotInfo } from "./recording/format.js";
import type { Recording } from "./recording/reader.js";
import { CallApplier } from "./replay/apply-call.js";
import { writeEverything } from "./replay/bracket.js";
import { Checker } from "./replay/checker.js";
import { EventQueue, type QueuedEvent, SLACK } from "./replay/event-queue.js";
import { FaultQueue, type QueuedFault, type QueuedMap, ReplayClock } from "./replay/fault-queue.js";
import type { ReplayReport } from "./replay/report.js";
import { inheritedOptions } from "./replay/reseed.js";
import { SnapshotSchedule } from "./replay/schedule.js";
import { FileTable, limitsShownBy, type ReplaySpace, seedSpace } from "./replay/seed.js";
import { type SpaceState, SpaceTable } from "./replay/space-state.js";
import {
  CALL_BRK,
  CALL_EXECVE,
  CALL_EXECVEAT,
  CALL_MMAP,
  CALL_MREMAP,
  CALL_MUNMAP,
  CALL_SPECS,
} from "./strace/calls.js";
import { StraceReader, type ThreadEnd } from "./strace/reader.js";
import { type CallRecord, RESULT_VALUE } from "./strace/record.js";

/** How far a replay has come. */
export interface ReplayProgress {
  readonly lines: number;
  /** Bytes of the trace, after decompression. */
  readonly bytes: number;
  /** Size of the trace file on disk, to compare with where it is not compressed. */
  readonly fileBytes: number;
}

/** A call that has just been applied, for those who watch. Valid during the callback. */
export interface ReplayStep {
  readonly record: CallRecord;
  /** Number of the address space, counted from 1. */
  readonly spaceId: number;
  readonly space: AddressSpace;
}

export interface ReplayOptions {
  /** A profile's name ("6.12") or a release; by default the recording's own. */
  readonly kernel?: string;
  /** Replay as if no page faults had been recorded. */
  readonly ignoreFaults?: boolean;
  /** Settings of the system in place of the recorded ones. */
  readonly limits?: Partial<Limits>;
  /** Called now and then. */
  readonly onProgress?: (progress: ReplayProgress) => void;
  /** Called after every call that was applied to the (first) model of an address space. */
  readonly onStep?: (step: ReplayStep) => void;
}

/** Release to fall back on when neither the recording nor the caller names one: the profile recordings need. */
const FALLBACK_RELEASE = "6.18";
/** Page faults of unknown processes that are kept until their birth is read. */
const MAX_ORPHANS = 100_000;

function isExec(call: number): boolean {
  return call === CALL_EXECVE || call === CALL_EXECVEAT;
}

/** The kernel puts the heap at most this far behind the program (bytes), plus what the program itself spans. */
const HEAP_DISTANCE = 64 * 1024 * 1024;

/** Whether a first memory call can be of the program a snapshot shows: its heap lies where that program's would. */
function fitsSnapshot(record: CallRecord, areas: readonly SmapsArea[]): boolean {
  if (record.call !== CALL_BRK || record.resultKind !== RESULT_VALUE) return true;
  return areas.some(({ start, end }) => start <= record.result && record.result <= end + HEAP_DISTANCE);
}

class Replayer implements ProcessListener {
  readonly #recording: Recording;
  readonly #options: ReplayOptions;
  readonly #profile: ProfileMatch;
  readonly #bracketed: boolean;
  readonly #reader: StraceReader;
  readonly #clock = new ReplayClock();
  readonly #processes = new ProcessTable(this);
  readonly #spaces = new SpaceTable();
  readonly #queue = new EventQueue();
  readonly #files = new FileTable();
  readonly #segments: Map<number, SharedMemorySegment> = new Map();
  readonly #appliers: readonly CallApplier[];
  readonly #checker: Checker;
  readonly #spaceOptions: AddressSpaceOptions;
  readonly #faults: FaultQueue | null;
  /** Threads inside execve: what they touch belongs to neither the old program nor the new. */
  readonly #executing: Set<number> = new Set();
  readonly #orphans: Map<number, QueuedFault[]> = new Map();
  #orphanCount = 0;
  #schedule: SnapshotSchedule | null = null;
  #timed = false;
  #applied = 0;
  #unseeded = 0;
  #unseen = 0;
  #faultsApplied = 0;
  #faultsOutside = 0;
  /** An exec has just been carried out; the model of the program before it, whose limits go over. */
  #executed = false;
  #before: ReplaySpace | undefined;
  /** Process of a bare trace's snapshots, once known, and whether its next memory call is to be looked at. */
  #bareTgid = -1;
  #bareWaits = true;

  constructor(recording: Recording, options: ReplayOptions) {
    this.#recording = recording;
    this.#options = options;
    const { meta } = recording;
    this.#profile = profileForRelease(options.kernel ?? (meta.kernelRelease || FALLBACK_RELEASE));
    this.#bracketed = !recording.hasFaults || options.ignoreFaults === true;
    this.#faults = this.#bracketed
      ? null
      : new FaultQueue(recording.faults(), recording.faultsFile ?? recording.path, this.#clock);
    const limits: Partial<Limits> = { ...defaultLimits() };
    if (meta.maxMapCount !== null) limits.maxMapCount = meta.maxMapCount;
    if (meta.overcommit === 0 || meta.overcommit === 1 || meta.overcommit === 2)
      limits.overcommit = meta.overcommit;
    if (meta.hugePages === "always" || meta.hugePages === "madvise" || meta.hugePages === "never") {
      limits.hugePages = meta.hugePages;
    }
    this.#spaceOptions = { kernel: this.#profile.profile, limits: { ...limits, ...options.limits } };
    this.#checker = new Checker(this.#files, (areas) => this.#optionsFor(areas), this.#bracketed);
    const runs = this.#bracketed ? 2 : 1;
    this.#appliers = Array.from({ length: runs }, () => new CallApplier(this.#segments));
    this.#reader = new StraceReader(
      {
        call: (record) => this.#onCall(record),
        enter: (record) => this.#onEnter(record),
        exit: (end) => this.#onExit(end),
      },
      { file: recording.traceFile },
    );
  }

  async run(): Promise<ReplayReport> {
    for await (const chunk of this.#recording.trace()) {
      this.#reader.push(chunk);
      await this.#settle(false);
      const { totals, line } = this.#reader;
      this.#options.onProgress?.({ lines: line, bytes: totals.bytes, fileBytes: this.#recording.traceBytes });
    }
    const totals = this.#reader.end();
    if (totals.used === 0 && totals.unparsed > 0) {
      const first = totals.firstUnparsed[0]!;
      throw new InputError(
        this.#recording.traceFile,
        first.line,
        `${first.reason}; the file holds no calls at all`,
      );
    }
    await this.#settle(true);
    await this.#finish();
    return this.#checker.report({
      recording: this.#recording,
      profile: this.#profile,
      totals,
      applied: this.#applied,
      unseeded: this.#unseeded,
      unseen: this.#unseen,
      mostAreas: this.#spaces.mostAreas,
      addressSpaces: this.#spaces.total,
      placement: this.#appliers[0]!.placements,
      pageFaults: { applied: this.#faultsApplied, outside: this.#faultsOutside },
      leftSnapshots:
        this.#schedule?.left.length ?? this.#recording.snapshots.filter((info) => info.usable).length,
    });
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
    return this.#schedule;
  }

  #timeOf(at: { readonly seconds: number; readonly nanoseconds: number }, line: number): number {
    return this.#timed ? this.#clock.at(at.seconds, at.nanoseconds) : line;
  }

  #onCall(record: CallRecord): "keep" | undefined {
    const schedule = this.#begin();
    const entered = this.#timeOf(record, record.startLine);
    let time = this.#timed ? entered + Math.max(0, record.duration) : record.line;
    if (this.#timed && record.duration < 0 && record.startLine < record.line) {
      time = this.#timeOf(this.#reader.stamp, record.line);
    }
    if (record.startLine < record.line) {
      this.#queue.leave(record.pid);
      this.#queue.leave(0);
    }
    const announced = record.startLine === record.line && (isBirth(record.call) || isExec(record.call));
    const hold =
      this.#faults !== null ||
      this.#queue.size > 0 ||
      this.#queue.insideMemoryCall ||
      time >= schedule.nextTime ||
      record.startLine >= schedule.nextLine ||
      (schedule.bareStart !== null && this.#bareWaits) ||
      (isExec(record.call) && record.resultKind === RESULT_VALUE);
    if (!hold) {
      if (announced) this.#processes.enter(record);
      this.#applyCall(record, []);
      return undefined;
    }
    if (announced) this.#queue.pushCall("enter", entered, entered, record, true);
    this.#queue.pushCall("call", time, entered, record, this.#faults === null);
    return "keep";
  }

  #onEnter(record: CallRecord): "keep" | undefined {
    this.#begin();
    const entered = this.#timeOf(record, record.line);
    this.#queue.enter(record.pid, entered, CALL_SPECS[record.call]?.family === "memory");
    if (!isBirth(record.call) && !isExec(record.call)) return undefined;
    this.#queue.pushCall("enter", entered, entered, record, true);
    return "keep";
  }

  #onExit(end: ThreadEnd): void {
    this.#begin();
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
      const stamp = final ? now : this.#timeOf(this.#reader.stamp, this.#reader.line);
      this.#checker.strays += this.#queue.match(this.#faults, stamp);
      now = stamp - SLACK;
    }
    const safe = final ? now : this.#queue.safeUntil(now);
    for (const event of this.#queue.take(safe)) {
      while (schedule.nextTime <= event.time) await this.#compareTimed(schedule);
      const startLine = event.record?.startLine ?? event.end!.line;
      while (schedule.nextLine <= startLine) await this.#compare(schedule.takeByLine());
      this.#applyFaults(event.time);
      const wait = this.#applyEvent(event);
      if (wait !== null) await wait;
    }
    if (!final) this.#faults?.dropMapsBefore(safe - SLACK);
  }

  async #compareTimed(schedule: SnapshotSchedule): Promise<void> {
    if (this.#faults !== null) {
      await this.#faults.loadUntil(schedule.nextTime);
      this.#applyFaults(schedule.nextTime);
    }
    await this.#compare(schedule.takeTimed());
  }

  /** Returns what to wait for, or null. */
  #applyEvent(event: QueuedEvent): Promise<void> | null {
    const { kind, record, end } = event;
    if (kind === "exit") {
      this.#executing.delete(end!.pid);
      const last = this.#endsBareProgram(end!.pid) ? this.#compareBareEnd() : null;
      if (last !== null) return last.then(() => this.#processes.exit(end!));
      this.#processes.exit(end!);
      return null;
    }
    if (kind === "enter") {
      if (isExec(record!.call)) this.#executing.add(record!.pid);
      this.#processes.enter(record!);
      this.#adoptOrphans();
      return null;
    }
    if (record!.call === CALL_MMAP || record!.call === CALL_MREMAP) this.#clearTheWay(event);
    const wait = this.#applyCall(record!, event.maps);
    if (isBirth(record!.call)) this.#adoptOrphans();
    else if (isExec(record!.call)) this.#executing.delete(record!.pid);
    else if (wait === null) this.#reader.recycle(record!);
    return wait;
  }

  /**
   * A place the kernel chose was free. If it is not free in the model, another thread's munmap was faster than its
   * line in the trace says: it goes first.
   */
  #clearTheWay(event: QueuedEvent): void {
    const record = event.record!;
    const fixed = record.call === CALL_MMAP && (record.args[3]! & (MAP_FIXED | MAP_FIXED_NOREPLACE)) !== 0;
    if (fixed || record.resultKind !== RESULT_VALUE || record.result === record.args[0]) return;
    const task = this.#processes.peek(record.pid);
    const run = task === undefined ? undefined : this.#spaces.get(task.space.id).runs[0];
    if (run === undefined) return;
    const length = record.call === CALL_MMAP ? record.args[1]! : record.args[2]!;
    const inTheWay = run.space.mm.cursor.find(record.result);
    if (inTheWay === undefined || inTheWay.start >= record.result + length) return;
    const early = this.#queue.takeEarly(event.time, (other) => {
      const from = other.args[0]!;
      const until = from + other.args[1]!;
      return (
        (other.call === CALL_MUNMAP || other.call === CALL_MREMAP) &&
        from < record.result + length &&
        until > record.result
      );
    });
    if (early !== null) this.#applyCall(early.record!, early.maps);
  }

  #applyCall(record: CallRecord, maps: readonly QueuedMap[]): Promise<void> | null {
    this.#executed = false;
    const task = this.#processes.complete(record);
    if (this.#executed) return this.#seedAfterExec(task, record);
    const family = CALL_SPECS[record.call]!.family;
    if (family === "file" || family === "process") return null;
    const state = this.#spaces.get(task.space.id);
    if (state.runs.length === 0) {
      const bare = this.#bareFor(task);
      if (bare !== null) return this.#seedBare(task, bare, record, maps);
      if (family === "memory") this.#unseeded += 1;
      return null;
    }
    this.#applyMemoryCall(state, task, record, maps);
    return null;
  }

  #applyMemoryCall(state: SpaceState, task: Task, record: CallRecord, maps: readonly QueuedMap[]): void {
    const file = this.#fileOf(task, record);
    const { log } = this.#checker;
    log.begin();
    const applier = this.#appliers[0]!;
    const first = state.runs[0]!;
    const outcome = applier.apply(first, record, file);
    if (outcome === "unseen") this.#unseen += 1;
    if (outcome !== "skipped") this.#applied += 1;
    this.#spaces.noteSize(first.space.mapCount);
    const second = state.runs[1];
    if (second !== undefined) {
      const other = this.#appliers[1]!;
      other.apply(second, record, file);
      if (other.end > other.start) writeEverything(second, record, other.start, other.end);
    }
    this.#checker.afterCall(state, record, outcome, applier, maps);
    this.#options.onStep?.({ record, spaceId: state.id, space: first.space });
  }

  #fileOf(task: Task, record: CallRecord): OpenFile | null {
    if (record.call !== CALL_MMAP || (record.args[3]! & MAP_ANONYMOUS) !== 0) return null;
    const path = record.fdPath;
    return task.files.resolve(record.args[4]!, path, record.fdDeleted)?.file ?? null;
  }

  // Page faults.

  #applyFaults(until: number): void {
    const faults = this.#faults;
    if (faults === null) return;
    while (faults.nextTime < until) this.#applyFault(faults.shift());
  }

  #applyFault(fault: QueuedFault): void {
    if (this.#executing.has(fault.tid)) return;
    const task = this.#processes.peek(fault.tid) ?? this.#processes.ofProcess(fault.pid);
    if (task === undefined) {
      this.#keepOrphan(fault);
      return;
    }
    const state = this.#spaces.get(task.space.id);
    const run = state.runs[0];
    if (run === undefined || fault.time <= state.seededAt) return;
    const { space } = run;
    const write = fault.write ?? ((space.areaAt(fault.address)?.flags ?? 0) & 2) !== 0;
    this.#faultsApplied += 1;
    if (space.fault(fault.address, write) !== 0) this.#faultsOutside += 1;
  }

  #keepOrphan(fault: QueuedFault): void {
    const known = this.#recording.meta.raw.processes;
    if (Array.isArray(known) && !known.includes(fault.pid)) return;
    if (this.#orphanCount >= MAX_ORPHANS) {
      this.#orphans.clear();
      this.#orphanCount = 0;
    }
    const list = this.#orphans.get(fault.pid);
    if (list === undefined) this.#orphans.set(fault.pid, [fault]);
    else list.push(fault);
    this.#orphanCount += 1;
  }

  #adoptOrphans(): void {
    for (const [pid, list] of this.#orphans) {
      if (this.#processes.ofProcess(pid) === undefined) continue;
      this.#orphans.delete(pid);
      this.#orphanCount -= list.length;
      for (const fault of list) this.#applyFault(fault);
    }
  }

  // Snapshots.

  #optionsFor(areas: readonly SmapsArea[]): AddressSpaceOptions {
    const { limits } = this.#spaceOptions;
    return { ...this.#spaceOptions, limits: { ...limits, ...limitsShownBy(areas) } };
  }

  async #seedAfterExec(task: Task, record: CallRecord): Promise<void> {
    if (this.#bareTgid < 0 || this.#bareTgid === task.tgid) this.#bareWaits = true;
    const info = this.#schedule!.takeStart(record.line, task.tgid);
    if (info !== null) this.#seed(task, info, await this.#recording.snapshot(info));
  }

  /** The start snapshot of a bare trace, when it may be of this task's address space. */
  #bareFor(task: Task): SnapshotInfo | null {
    const bare = this.#schedule?.bareStart ?? null;
    return this.#bareWaits && (this.#bareTgid < 0 || this.#bareTgid === task.tgid) ? bare : null;
  }

  /** Seeds from a bare trace's start snapshot at the first memory call after an exec (or of all), if they fit. */
  async #seedBare(
    task: Task,
    info: SnapshotInfo,
    record: CallRecord,
    maps: readonly QueuedMap[],
  ): Promise<void> {
    const areas = await this.#recording.snapshot(info);
    this.#bareWaits = false;
    if (fitsSnapshot(record, areas)) {
      this.#bareTgid = task.tgid;
      this.#seed(task, info, areas);
      this.#applyMemoryCall(this.#spaces.get(task.space.id), task, record, maps);
    } else this.#unseeded += 1;
  }

  #seed(task: Task, info: SnapshotInfo, areas: readonly SmapsArea[]): void {
    const state = this.#spaces.get(task.space.id);
    const options = inheritedOptions(this.#optionsFor(areas), this.#before);
    this.#before = undefined;
    const assumptions = this.#bracketed ? (["never", "at-once"] as const) : (["recorded"] as const);
    try {
      state.runs = assumptions.map((writes) =>
        seedSpace(areas, this.#files, { ...options, writes, segments: this.#segments }),
      );
    } catch (error) {
      if (error instanceof RangeError) throw new InputError(info.file, 0, error.message);
      throw error;
    }
    state.runs[0]!.space.mm.events = this.#checker.log;
    state.seededAt = info.to === null ? Number.NEGATIVE_INFINITY : this.#timeOf(info.to, 0);
    this.#spaces.noteSize(state.runs[0]!.space.mapCount);
  }

  async #compare(info: SnapshotInfo): Promise<void> {
    const task = this.#processes.ofProcess(info.pid);
    const state = task === undefined ? null : this.#spaces.get(task.space.id);
    this.#checker.compare(info, state, await this.#recording.snapshot(info), this.#options.limits);
  }

  #endsBareProgram(pid: number): boolean {
    if (this.#schedule?.bareEnd == null || this.#bareTgid < 0) return false;
    const task = this.#processes.peek(pid);
    return task !== undefined && task.tgid === this.#bareTgid && task.space.users === 1;
  }

  async #compareBareEnd(): Promise<void> {
    const schedule = this.#schedule!;
    const info = schedule.bareEnd!;
    schedule.bareEnd = null;
    await this.#compare({ ...info, pid: this.#bareTgid });
  }

  async #finish(): Promise<void> {
    const schedule = this.#begin();
    while (schedule.nextTime < Number.POSITIVE_INFINITY) await this.#compareTimed(schedule);
    while (schedule.nextLine < Number.POSITIVE_INFINITY) await this.#compare(schedule.takeByLine());
    if (schedule.bareEnd !== null && this.#bareTgid >= 0) await this.#compareBareEnd();
  }

  // What processes do to address spaces.

  forked(parent: Task, child: Task): void {
    this.#spaces.fork(parent.space.id, child.space.id);
    const [first] = this.#spaces.get(child.space.id).runs;
    if (first !== undefined) first.space.mm.events = this.#checker.log;
  }

  executed(_task: Task, old: SpaceRef): void {
    this.#executed = true;
    [this.#before] = this.#spaces.get(old.id).runs;
  }

  released(space: SpaceRef): void {
    this.#spaces.delete(space.id);
  }
}

/**
 * Replays a recording and reports. Throws InputError (file, line, reason) for input that cannot be read.
 *
 * With page faults there is one model of each address space. Without, there are two, "nothing was written" and
 * "everything was written at once", and the report's bracket tells what is certain and what depends on a page.
 */
export function replay(recording: Recording, options: ReplayOptions = {}): Promise<ReplayReport> {
  return new Replayer(recording, options).run();
}
