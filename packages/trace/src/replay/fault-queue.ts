/** The fault trace, read just as far ahead as the replay needs. */

import { FaultReader } from "../faults/reader.js";

/** A page fault that waits for its turn. Times are nanoseconds on the replay's clock. */
export interface QueuedFault {
  readonly time: number;
  readonly pid: number;
  readonly tid: number;
  readonly address: number;
  /** Null: the trace does not tell reads from writes. */
  readonly write: boolean | null;
}

/** The kernel's record of an area right after a call. */
export interface QueuedMap {
  readonly time: number;
  readonly pid: number;
  readonly tid: number;
  readonly start: number;
  /** Bytes. */
  readonly length: number;
  readonly offset: number;
  readonly permissions: string;
  readonly path: string;
}

/** Turns stamps into nanoseconds since a moment near the start of the trace; exact for 104 days. */
export class ReplayClock {
  #origin = -1;

  /** Nanoseconds since the whole second of the first stamp that was asked about. */
  at(seconds: number, nanoseconds: number): number {
    if (this.#origin < 0) this.#origin = seconds;
    return (seconds - this.#origin) * 1e9 + nanoseconds;
  }
}

/** Faults and mappings in the order of the file, loaded on demand. */
export class FaultQueue {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #reader: FaultReader;
  #faults: QueuedFault[] = [];
  #head = 0;
  /** Mappings by thread, in time order. */
  readonly #maps: Map<number, QueuedMap[]> = new Map();
  #loadedUntil = Number.NEGATIVE_INFINITY;
  #ended = false;

  constructor(source: AsyncIterable<Uint8Array>, file: string, clock: ReplayClock) {
    this.#source = source[Symbol.asyncIterator]();
    this.#reader = new FaultReader(
      {
        fault: ({ seconds, nanoseconds, pid, tid, address, write }): void => {
          const time = clock.at(seconds, nanoseconds);
          this.#loadedUntil = time;
          this.#faults.push({ time, pid, tid, address, write });
        },
        map: ({ seconds, nanoseconds, pid, tid, start, length, offset, permissions, file: path }): void => {
          const time = clock.at(seconds, nanoseconds);
          this.#loadedUntil = time;
          const map = { time, pid, tid, start, length, offset, permissions, path };
          const list = this.#maps.get(tid);
          if (list === undefined) this.#maps.set(tid, [map]);
          else list.push(map);
        },
      },
      { file },
    );
  }

  /** Reads on until everything up to `time` is here. */
  async loadUntil(time: number): Promise<void> {
    while (!this.#ended && this.#loadedUntil <= time) {
      const next = await this.#source.next();
      if (next.done === true) {
        this.#reader.end();
        this.#ended = true;
      } else this.#reader.push(next.value);
    }
  }

  /** Whether there is nothing left, neither faults nor mappings. */
  get exhausted(): boolean {
    return this.#ended && this.#head === this.#faults.length && this.#maps.size === 0;
  }

  /** Time of the next fault, or infinity. */
  get nextTime(): number {
    return this.#faults[this.#head]?.time ?? Number.POSITIVE_INFINITY;
  }

  /** Takes the next fault out. */
  shift(): QueuedFault {
    const fault = this.#faults[this.#head]!;
    this.#head += 1;
    if (this.#head > 4096 && this.#head * 2 > this.#faults.length) {
      this.#faults = this.#faults.slice(this.#head);
      this.#head = 0;
    }
    return fault;
  }

  /** Takes out the thread's mappings up to `time`, in order. */
  takeMaps(tid: number, time: number): QueuedMap[] {
    const list = this.#maps.get(tid);
    if (list === undefined || list[0]!.time > time) return [];
    let count = 1;
    while (count < list.length && list[count]!.time <= time) count++;
    if (count === list.length) this.#maps.delete(tid);
    return list.splice(0, count);
  }

  /** Forgets mappings of threads that nobody asked about: perf also tells of strace and of other programs. */
  dropMapsBefore(time: number): void {
    for (const [tid, list] of this.#maps) {
      if (list.at(-1)!.time < time) this.#maps.delete(tid);
    }
  }
}
