/**
 * Calls in the order in which they took effect.
 *
 * Lines of a trace stand in the order in which strace printed them. A call takes effect at the end of the time that
 * strace measured (entry stamp and duration), or, when the kernel told of it (PERF_RECORD_MMAP2), at that very moment.
 * Calls of different threads may overlap, so a call is let go only when no other call can come before it any more.
 */

import type { ThreadEnd } from "../strace/reader.js";
import type { CallRecord } from "../strace/record.js";
import type { FaultQueue, QueuedMap } from "./fault-queue.js";

/** How late the kernel's record of a call may come behind the end that strace measured (30 us are usual). */
export const SLACK = 1_000_000;

/** A call entered, a call with its result, or a thread's end. */
export interface QueuedEvent {
  readonly kind: "enter" | "call" | "exit";
  /** When it takes effect: nanoseconds on the replay's clock, or the line number when the trace has no times. */
  time: number;
  /** When the call was entered, on the same scale. */
  readonly entered: number;
  readonly record: CallRecord | null;
  readonly end: ThreadEnd | null;
  /** The kernel's records of the areas that the call left. */
  maps: readonly QueuedMap[];
  /** Records of the thread before this belong to the call; NaN until that is known. */
  bound: number;
  /** Whether `maps` and `time` are final. */
  matched: boolean;
}

const NO_MAPS: readonly QueuedMap[] = [];

/** Events that wait, and calls under way. */
export class EventQueue {
  #events: QueuedEvent[] = [];
  /** Times of entry of the calls whose result has not been read, by thread. */
  readonly #entered: Map<number, { readonly time: number; readonly memory: boolean }> = new Map();
  #memoryEntered = 0;

  get size(): number {
    return this.#events.length;
  }

  /** Whether some thread is inside a memory call. */
  get insideMemoryCall(): boolean {
    return this.#memoryEntered > 0;
  }

  /** A thread is inside a call from `time` on. */
  enter(pid: number, time: number, memory: boolean): void {
    this.leave(pid);
    this.#entered.set(pid, { time, memory });
    if (memory) this.#memoryEntered += 1;
  }

  /** The thread's call has ended. */
  leave(pid: number): void {
    const call = this.#entered.get(pid);
    if (call === undefined) return;
    this.#entered.delete(pid);
    if (call.memory) this.#memoryEntered -= 1;
  }

  /** A call entered or ended. `matched`: there are no records of the kernel to wait for. */
  pushCall(
    kind: "enter" | "call",
    time: number,
    entered: number,
    record: CallRecord,
    matched: boolean,
  ): void {
    this.#events.push({ kind, time, entered, record, end: null, maps: NO_MAPS, bound: Number.NaN, matched });
  }

  /** A thread's end. */
  pushExit(time: number, end: ThreadEnd): void {
    const entered = time;
    this.#events.push({
      kind: "exit",
      time,
      entered,
      record: null,
      end,
      maps: NO_MAPS,
      bound: Number.NaN,
      matched: true,
    });
  }

  /** Latest time of any event that waits. */
  get lastTime(): number {
    let last = Number.NEGATIVE_INFINITY;
    for (const { time } of this.#events) if (time > last) last = time;
    return last;
  }

  /**
   * Gives calls the kernel's records of what they did, and its time for them. A record belongs to the call that its
   * thread was inside of. Only calls that ended before `until` are matched: later ones may still get records.
   */
  match(faults: FaultQueue, until: number): void {
    // The entry of the thread's next call bounds how late a record may come.
    const nextEntry = new Map<number, number>();
    for (const [pid, { time }] of this.#entered) nextEntry.set(pid, time);
    for (let i = this.#events.length - 1; i >= 0; i--) {
      const event = this.#events[i]!;
      if (event.kind !== "call") continue;
      const { pid } = event.record!;
      const bound = Math.min(nextEntry.get(pid) ?? Number.POSITIVE_INFINITY, event.time + SLACK);
      nextEntry.set(pid, event.entered);
      if (event.matched || event.time + SLACK > until) continue;
      event.bound = bound;
    }
    for (const event of this.#events) {
      const { bound } = event;
      if (Number.isNaN(bound) || event.matched) continue;
      event.matched = true;
      const { pid } = event.record!;
      // Records from before the call belong to none: a stack that grew.
      faults.takeMaps(pid, event.entered - 1);
      const maps = faults.takeMaps(pid, bound - 1);
      if (maps.length === 0) continue;
      event.maps = maps;
      event.time = maps[maps.length - 1]!.time;
    }
  }

  /** No event that takes effect before this can come any more, given that the last line read was printed at `now`. */
  safeUntil(now: number): number {
    let safe = now;
    if (this.#memoryEntered > 0) {
      for (const { time, memory } of this.#entered.values()) if (memory && time < safe) safe = time;
    }
    return safe;
  }

  /** Takes out the events that take effect up to `safe`, in order; of equal times the first line first. */
  take(safe: number): QueuedEvent[] {
    this.#events.sort((a, b) => a.time - b.time);
    let count = 0;
    while (count < this.#events.length && this.#events[count]!.time <= safe && this.#events[count]!.matched)
      count++;
    return this.#events.splice(0, count);
  }

  /** Takes out the first waiting call that was entered before `time` and fits `wanted`, whatever its turn. */
  takeEarly(time: number, wanted: (record: CallRecord) => boolean): QueuedEvent | null {
    const index = this.#events.findIndex(
      ({ kind, entered, record }) => kind === "call" && entered < time && record !== null && wanted(record),
    );
    return index < 0 ? null : this.#events.splice(index, 1)[0]!;
  }
}
