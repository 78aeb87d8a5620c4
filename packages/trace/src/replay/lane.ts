/**
 * The way that most calls take through a replay: where nothing stands in the way, memory calls are put beside one another
 * as they are read, and carried out together.
 */

import { TASK_SIZE } from "@vma/core";
import type { Task } from "../processes.js";
import { CALL_MMAP } from "../strace/call-numbers.js";
import { CALL_SPECS } from "../strace/calls.js";
import type { CallRecord } from "../strace/record.js";
import { CallBatch } from "./call-batch.js";
import type { ReplayClock } from "./fault-queue.js";
import type { Machine } from "./machine.js";
import type { SpaceState } from "./space-state.js";

/** Calls that are read before they are carried out. */
const BATCH = 256;

/** Calls that change nothing but one address space. */
const ONE_SPACE: Uint8Array = Uint8Array.from(CALL_SPECS, (spec) =>
  spec?.family === "memory" || spec?.family === "limit" ? 1 : 0,
);

/**
 * Takes calls of one address space, of any of its threads, while it is open. Whoever does something else to models or
 * processes empties it before (`flush`), and closes it when tasks or their address spaces may have changed.
 */
export class Lane {
  readonly #machine: Machine;
  readonly #clock: ReplayClock;
  readonly #batch = new CallBatch(BATCH);
  #isOpen = false;
  /** The thread whose call came last, and its task; null before there was one. */
  #task: Task | null = null;
  #pid = 0;
  /** The address space of all calls that wait. */
  #state: SpaceState | null = null;
  /** Calls from this line on, and those that may take effect from this time on, take the other way. */
  #untilLine = 0;
  #untilTime = 0;

  constructor(machine: Machine, clock: ReplayClock) {
    this.#machine = machine;
    this.#clock = clock;
  }

  /**
   * Calls may be taken from now on, up to a line and a time (nanoseconds on the replay's clock; infinite where lines
   * have none).
   */
  open(untilLine: number, untilTime: number): void {
    this.#isOpen = true;
    this.#untilLine = untilLine;
    this.#untilTime = untilTime;
  }

  /** Carries out what waits; nothing is taken until the lane is opened again. */
  close(): void {
    this.flush();
    this.#isOpen = false;
    this.#task = null;
    this.#state = null;
  }

  /** Carries out what waits. */
  flush(): void {
    if (this.#batch.count > 0) this.#machine.applyBatch(this.#state!, this.#batch);
  }

  /** Takes a call over, whose record may be used again then; or returns false. */
  take(record: CallRecord): boolean {
    const { call, line, pid } = record;
    if (!this.#isOpen || ONE_SPACE[call] === 0 || record.startLine !== line || line >= this.#untilLine) {
      return false;
    }
    // What no kernel of ours returns is reported by the other way.
    if (call === CALL_MMAP && record.result > TASK_SIZE) return false;
    if (this.#untilTime !== Number.POSITIVE_INFINITY && !this.#isBefore(record)) return false;
    const task = this.#task !== null && this.#pid === pid ? this.#task : this.#turnTo(pid);
    if (task === null) return false;
    const batch = this.#batch;
    batch.put(record, task.files.mappedBy(record));
    if (batch.isFull) this.flush();
    return true;
  }

  /** Whether a call takes effect early enough, whenever that is while it lasts. */
  #isBefore({ seconds, nanoseconds, duration }: CallRecord): boolean {
    return this.#clock.at(seconds, nanoseconds) + Math.max(0, duration) < this.#untilTime;
  }

  /** The thread's task, when its address space has a model, else null. */
  #turnTo(pid: number): Task | null {
    const machine = this.#machine;
    // A thread met for the first time may be a copy of another one, which has to have come as far as it was read.
    if (!machine.knows(pid)) this.flush();
    const task = machine.taskOfThread(pid);
    const state = machine.spaces.get(task.space.id);
    if (state.runs.length === 0) return null;
    if (state !== this.#state) this.flush();
    this.#state = state;
    this.#task = task;
    this.#pid = pid;
    return task;
  }
}
