/**
 * Calls in the order in which they took effect.
 *
 * Lines of a trace stand in the order in which strace printed them. A call takes effect at the end of the time that
 * strace measured (entry stamp and duration), or, when the kernel told of it (PERF_RECORD_MMAP2), at that very moment.
 * Calls of different threads may overlap, so a call is let go only when no other call can come before it any more.
 */

import { CALL_SPECS } from "../strace/calls.js";
import type { ThreadEnd } from "../strace/reader.js";
import type { CallRecord } from "../strace/record.js";
import type { FaultQueue, QueuedMap } from "./fault-queue.js";

/** Nanoseconds by which the kernel's record of a call may come behind the end strace measured; 30,000 are usual. */
export const SLACK = 1_000_000;

/**
 * How long after its entry stamp a call usually takes effect (nanoseconds), before the recording itself has told: the
 * time strace needs to let the thread go on. What strace measures as the duration is mostly its own delay in noticing
 * the end, so it says little about the moment.
 */
const USUAL_LAG = 20_000;

/** Calls before and behind one that are looked at, to tell which were under way at the same time. */
const RECENT = 128;

/** By when a call was over (nanoseconds): what strace measured falls short of it by some 30 us; 50 leave room. */
function endOf(entered: number, record: CallRecord): number {
  return entered + Math.max(0, record.duration) + 50_000;
}

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
  /** Events before this one have been taken out by `next`. */
  #head = 0;
  /** The last memory calls that were taken out: thread, entry and end of each. */
  readonly #recent: { pid: number; entered: number; end: number }[] = [];
  #nextRecent = 0;
  /** Running median of the lag of calls whose moment the kernel told. */
  #lag = USUAL_LAG;

  get size(): number {
    return this.#events.length - this.#head;
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
      if (maps.length === 0) {
        event.time = this.momentOf(event.entered, event.time - event.entered, event.record!.delayed);
        continue;
      }
      event.maps = maps;
      event.time = maps[maps.length - 1]!.time;
      if (!event.record!.delayed) this.#learnLag(maps[0]!.time - event.entered);
    }
  }

  /** A running median: each observation moves it by a fiftieth of itself towards its own side. */
  #learnLag(lag: number): void {
    this.#lag += lag > this.#lag ? this.#lag / 50 : -this.#lag / 50;
  }

  /**
   * When a call takes effect whose moment nobody told: the usual while after it was entered, but not after its end;
   * at its end when strace held it before it began (`delayed`).
   */
  momentOf(entered: number, duration: number, delayed: boolean): number {
    return entered + (delayed ? duration : Math.min(duration, this.#lag));
  }

  /** No event that takes effect before this can come any more, given that the last line read was printed at `now`. */
  safeUntil(now: number): number {
    let safe = now;
    if (this.#memoryEntered > 0) {
      for (const { time, memory } of this.#entered.values()) if (memory && time < safe) safe = time;
    }
    return safe;
  }

  /** Puts the events in the order in which they take effect; of equal times the first line first. */
  sort(): void {
    this.#events.sort((a, b) => a.time - b.time);
    this.#head = 0;
  }

  /** After `sort`: takes out the next event that takes effect up to `safe`, or null. */
  next(safe: number): QueuedEvent | null {
    const event = this.#events[this.#head];
    if (event === undefined || event.time > safe || !event.matched) {
      // The rest waits for the next lines.
      this.#events.splice(0, this.#head);
      this.#head = 0;
      return null;
    }
    this.#head += 1;
    if (event.kind === "call") this.#remember(event.record!, event.entered);
    return event;
  }

  #remember(record: CallRecord, entered: number): void {
    if (CALL_SPECS[record.call]!.family !== "memory") return;
    this.#recent[this.#nextRecent] = { pid: record.pid, entered, end: endOf(entered, record) };
    this.#nextRecent = (this.#nextRecent + 1) % RECENT;
  }

  /**
   * Whether another thread was inside a memory call at the same time, so that the order of the two is only a guess
   * where the kernel's records do not settle it.
   */
  overlapped(event: QueuedEvent): boolean {
    const record = event.record!;
    const end = endOf(event.entered, record);
    const meets = (pid: number, otherEntered: number, otherEnd: number): boolean =>
      pid !== record.pid && otherEntered < end && otherEnd > event.entered;
    if (this.#recent.some((other) => meets(other.pid, other.entered, other.end))) return true;
    const last = Math.min(this.#events.length, this.#head + RECENT);
    for (let i = this.#head; i < last; i++) {
      const { kind, entered, record: other } = this.#events[i]!;
      if (kind !== "call" || other === null || CALL_SPECS[other.call]!.family !== "memory") continue;
      if (meets(other.pid, entered, endOf(entered, other))) return true;
    }
    return false;
  }

  /** Takes out the first waiting call that was entered before `time` and fits `wanted`, whatever its turn. */
  takeEarly(time: number, wanted: (record: CallRecord) => boolean): QueuedEvent | null {
    for (let i = this.#head; i < this.#events.length; i++) {
      const { kind, entered, record } = this.#events[i]!;
      if (kind === "call" && entered < time && record !== null && wanted(record))
        return this.#events.splice(i, 1)[0]!;
    }
    return null;
  }
}
