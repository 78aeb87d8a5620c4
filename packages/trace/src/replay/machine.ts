/** The traced programs at one moment: their processes, and a model of every address space. */

import {
  type AddressSpaceOptions,
  type KernelProfile,
  type Limits,
  MAP_FIXED,
  MAP_FIXED_NOREPLACE,
  type SharedMemorySegment,
  type Tally,
} from "@vma/core";
import { InputError } from "../input-error.js";
import type { SmapsArea } from "../proc/smaps.js";
import { type ProcessListener, ProcessTable, type SpaceRef, type Task } from "../processes.js";
import type { RecordingMeta, SnapshotInfo } from "../recording/format.js";
import { CALL_MMAP, RESULT_VALUE } from "../strace/call-numbers.js";
import { CALL_SPECS } from "../strace/calls.js";
import type { ThreadEnd } from "../strace/reader.js";
import type { CallRecord } from "../strace/record.js";
import { type ApplyOutcome, CallApplier } from "./apply-call.js";
import { CALL_MASK, WIDTH } from "./batch-layout.js";
import { writeEverything } from "./bracket.js";
import { CallBatch } from "./call-batch.js";
import { Checker } from "./checker.js";
import type { QueuedFault, QueuedMap } from "./fault-queue.js";
import { type ReplayFork, type ReplayStep, recordedLimits } from "./options.js";
import { OrphanFaults } from "./orphan-faults.js";
import { inheritedOptions } from "./reseed.js";
import { FileTable, limitsShownBy, type ReplaySpace, seedSpace, type WriteAssumption } from "./seed.js";
import { type SpaceState, SpaceTable } from "./space-state.js";

/** What a machine needs from the replay it is part of. */
export interface MachineOptions {
  readonly profile: KernelProfile;
  readonly meta: RecordingMeta;
  /** Settings of the system in place of the recorded ones. */
  readonly limits: Partial<Limits>;
  /** One model each for these assumptions about writes. */
  readonly assumptions: readonly WriteAssumption[];
  /** Counts what the models do, unless nobody wants to know. */
  readonly tally: Tally | null;
  readonly onStep: ((step: ReplayStep) => void) | undefined;
  readonly onFork: ((fork: ReplayFork) => void) | undefined;
}

const NO_MAPS: readonly QueuedMap[] = [];

/** Carries out calls and faults in the order in which it is told of them. */
export class Machine implements ProcessListener {
  readonly checker: Checker;
  readonly spaces: SpaceTable = new SpaceTable();
  readonly #options: MachineOptions;
  readonly #processes = new ProcessTable(this);
  readonly #files = new FileTable();
  readonly #segments: Map<number, SharedMemorySegment> = new Map();
  readonly #appliers: readonly CallApplier[];
  readonly #limits: Partial<Limits>;
  /** A call that comes alone. */
  readonly #alone = new CallBatch(1);
  /** Threads inside execve: what they touch belongs to neither the old program nor the new. */
  readonly #executing: Set<number> = new Set();
  readonly #orphans = new OrphanFaults();
  #before: ReplaySpace | undefined;
  applied = 0;
  unseeded = 0;
  unseen = 0;
  faultsApplied = 0;
  faultsOutside = 0;
  /** Set by `complete` when the call was an exec that worked. */
  executedNow = false;

  constructor(options: MachineOptions) {
    this.#options = options;
    this.#limits = { ...recordedLimits(options.meta), ...options.limits };
    const { assumptions, tally } = options;
    this.checker = new Checker(this.#files, (areas) => this.#optionsFor(areas), assumptions, tally);
    this.#appliers = assumptions.map(() => new CallApplier(this.#segments));
  }

  /** Addresses the kernel chose, and how many of them the engine's own search finds. */
  get placements(): { readonly total: number; readonly exact: number } {
    return this.#appliers[0]!.placements;
  }

  // Calls.

  /** A call was entered that makes a task or a program. */
  enter(record: CallRecord, isExec: boolean): void {
    if (isExec) this.#executing.add(record.pid);
    this.#processes.enter(record);
    this.#adoptOrphans();
  }

  /** A call is complete: what it did to processes and descriptors is taken over. Returns the calling task. */
  complete(record: CallRecord): Task {
    this.executedNow = false;
    const task = this.#processes.complete(record);
    if (this.#executing.size > 0) this.#executing.delete(record.pid);
    if (!this.#orphans.isEmpty) this.#adoptOrphans();
    return task;
  }

  /** The task of a call that changes neither processes nor descriptors. */
  taskOfThread(pid: number): Task {
    return this.#processes.task(pid);
  }

  /** Whether the thread has been met. */
  knows(pid: number): boolean {
    return this.#processes.peek(pid) !== undefined;
  }

  /** Whether what the thread does to descriptors touches no address space: it brings no task into being, and no faults. */
  isAside(pid: number): boolean {
    return this.knows(pid) && this.#orphans.isEmpty;
  }

  /** A thread is gone. */
  exit(end: ThreadEnd): void {
    this.#executing.delete(end.pid);
    this.#processes.exit(end);
  }

  /** Any task of a process. */
  taskOf(tgid: number): Task | undefined {
    return this.#processes.ofProcess(tgid);
  }

  /** Whether the thread is the last one in its address space. */
  isLast(pid: number, tgid: number): boolean {
    const task = this.#processes.peek(pid);
    return task !== undefined && task.tgid === tgid && task.space.users === 1;
  }

  /** Whether the task's address space has a model. */
  isSeeded(task: Task): boolean {
    return this.spaces.get(task.space.id).runs.length > 0;
  }

  /**
   * The place of a mapping that the kernel chose, when the model has something there; null when it is free, as it
   * must have been.
   */
  occupied(record: CallRecord): { readonly start: number; readonly end: number } | null {
    const fixed = record.call === CALL_MMAP && (record.args[3]! & (MAP_FIXED | MAP_FIXED_NOREPLACE)) !== 0;
    if (fixed || record.resultKind !== RESULT_VALUE || record.result === record.args[0]) return null;
    const task = this.#processes.peek(record.pid);
    const run = task === undefined ? undefined : this.spaces.get(task.space.id).runs[0];
    if (run === undefined) return null;
    const start = record.result;
    const end = start + (record.call === CALL_MMAP ? record.args[1]! : record.args[2]!);
    return run.space.isMapped(start, end) ? { start, end } : null;
  }

  /**
   * Applies a memory call to the model of the task's address space and checks it.
   *
   * @param isAmbiguous asked when it does not come out right: whether the call's place in the order is a guess
   */
  applyMemoryCall(
    task: Task,
    record: CallRecord,
    maps: readonly QueuedMap[],
    isAmbiguous: (() => boolean) | null,
  ): void {
    const state = this.spaces.get(task.space.id);
    const first = state.runs[0];
    if (first === undefined) {
      if (CALL_SPECS[record.call]!.family === "memory") this.unseeded += 1;
      return;
    }
    const batch = this.#alone;
    batch.count = 0;
    batch.put(record, task.files.mappedBy(record));
    const outcome = this.#applyAt(state, first, batch, 0, maps, isAmbiguous);
    if (outcome !== "unseen") this.#options.onStep?.({ record, spaceId: state.id, space: first.space });
  }

  /** Applies memory calls to the model of one address space, as `applyMemoryCall` does, and empties the batch. */
  applyBatch(state: SpaceState, batch: CallBatch): void {
    const { count } = batch;
    batch.count = 0;
    const first = state.runs[0]!;
    if (state.runs.length > 1) {
      for (let i = 0; i < count; i++) this.#applyAt(state, first, batch, i, NO_MAPS, null);
      return;
    }
    // The same for one model: what is usual is counted for all calls at once.
    const { checker, spaces } = this;
    const { tally, remembers } = checker;
    const applier = this.#appliers[0]!;
    let agreed = 0;
    for (let i = 0; i < count; i++) {
      tally?.begin();
      const outcome = applier.applyAt(first, batch, i);
      spaces.noteSize(first.space.mapCount);
      if (outcome === "agreed") {
        if (remembers) checker.afterTouch(state.id, batch, i, applier);
        agreed += 1;
      } else {
        this.#count(outcome);
        checker.afterCall(state, batch, i, outcome, applier, NO_MAPS, null);
      }
    }
    this.applied += agreed;
    checker.afterAgreed(agreed);
  }

  #count(outcome: ApplyOutcome): void {
    if (outcome === "unseen") this.unseen += 1;
    if (outcome !== "skipped") this.applied += 1;
  }

  #applyAt(
    state: SpaceState,
    first: ReplaySpace,
    batch: CallBatch,
    index: number,
    maps: readonly QueuedMap[],
    isAmbiguous: (() => boolean) | null,
  ): ApplyOutcome {
    this.checker.tally?.begin();
    const applier = this.#appliers[0]!;
    const outcome = applier.applyAt(first, batch, index);
    this.#count(outcome);
    this.spaces.noteSize(first.space.mapCount);
    const second = state.runs[1];
    if (second !== undefined) {
      const other = this.#appliers[1]!;
      other.applyAt(second, batch, index);
      if (other.end > other.start) {
        const call = batch.heads[index]! & CALL_MASK;
        writeEverything(second, call, batch.numbers[index * WIDTH + 2]!, other.start, other.end);
      }
    }
    this.checker.afterCall(state, batch, index, outcome, applier, maps, isAmbiguous);
    return outcome;
  }

  // Page faults.

  /** One page fault. */
  applyFault(fault: QueuedFault): void {
    if (this.#executing.has(fault.tid)) return;
    const task = this.#processes.peek(fault.tid) ?? this.#processes.ofProcess(fault.pid);
    if (task === undefined) {
      this.#keepOrphan(fault);
      return;
    }
    const state = this.spaces.get(task.space.id);
    const run = state.runs[0];
    if (run === undefined || fault.time <= state.seededAt) return;
    const { space } = run;
    const write = fault.write ?? ((space.imageAt(fault.address)?.flags ?? 0) & 2) !== 0;
    this.faultsApplied += 1;
    if (space.fault(fault.address, write) !== 0) this.faultsOutside += 1;
  }

  /** Keeps the fault of a process that may be recorded, but is not known yet. */
  #keepOrphan(fault: QueuedFault): void {
    const known = this.#options.meta.raw.processes;
    if (!Array.isArray(known) || known.includes(fault.pid)) this.#orphans.keep(fault);
  }

  #adoptOrphans(): void {
    this.#orphans.adopt(
      (pid) => this.#processes.ofProcess(pid) !== undefined,
      (fault) => this.applyFault(fault),
    );
  }

  // Snapshots.

  #optionsFor(areas: readonly SmapsArea[]): AddressSpaceOptions {
    const limits = { ...this.#limits, ...limitsShownBy(areas), ...this.#options.limits };
    return { kernel: this.#options.profile, limits };
  }

  /** The task's address space is what the snapshot shows. `time`: faults up to then are in it already. */
  seed(task: Task, info: SnapshotInfo, areas: readonly SmapsArea[], time: number): void {
    const state = this.spaces.get(task.space.id);
    const options = inheritedOptions(this.#optionsFor(areas), this.#before);
    this.#before = undefined;
    try {
      state.runs = this.#options.assumptions.map((writes) =>
        seedSpace(areas, this.#files, { ...options, writes, segments: this.#segments }),
      );
    } catch (error) {
      if (error instanceof RangeError) throw new InputError(info.file, 0, error.message);
      throw error;
    }
    this.#listen(state);
    state.seededAt = time;
    state.isGuess = false;
  }

  /** A snapshot is due: it is held against the model of its process. */
  compare(info: SnapshotInfo, areas: readonly SmapsArea[]): void {
    const task = this.#processes.ofProcess(info.pid);
    const state = task === undefined ? null : this.spaces.get(task.space.id);
    this.checker.compare(info, state, areas, this.#options.limits);
  }

  #listen(state: SpaceState): void {
    const [first] = state.runs;
    if (first === undefined) return;
    this.checker.listenTo(first);
    this.spaces.noteSize(first.space.mapCount);
  }

  // What processes do to address spaces.

  forked(parent: Task, child: Task, line: number): void {
    this.spaces.fork(parent.space.id, child.space.id);
    const state = this.spaces.get(child.space.id);
    this.#listen(state);
    const [first] = state.runs;
    if (first === undefined) return;
    const parentId = parent.space.id;
    this.#options.onFork?.({ parentId, spaceId: state.id, pid: child.tid, line, space: first.space });
  }

  executed(_task: Task, old: SpaceRef): void {
    this.executedNow = true;
    // Its limits go over to the new program.
    [this.#before] = this.spaces.get(old.id).runs;
  }

  released(space: SpaceRef): void {
    this.spaces.delete(space.id);
  }
}
