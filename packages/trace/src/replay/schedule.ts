/** When each snapshot is due. */

import type { SnapshotInfo } from "../recording/format.js";
import type { Recording } from "../recording/reader.js";
import type { ReplayClock } from "./fault-queue.js";

/** A snapshot to compare, and its time (nanoseconds on the replay's clock). */
export interface DueSnapshot {
  readonly info: SnapshotInfo;
  readonly time: number;
}

/**
 * The snapshots of a recording: start snapshots by the line of their exec, the others by time, or by line where the
 * trace or the snapshot has no time. Unusable ones are left out, and those that nothing ties to a line (0), which
 * bare-trace.ts looks after.
 */
export class SnapshotSchedule {
  readonly #starts: Map<number, SnapshotInfo[]> = new Map();
  readonly #timed: DueSnapshot[] = [];
  readonly #byLine: SnapshotInfo[] = [];
  #nextTimed = 0;
  #nextByLine = 0;

  constructor(recording: Recording, clock: ReplayClock, timed: boolean) {
    for (const info of recording.snapshots) {
      if (!info.usable || info.line === 0) continue;
      if (info.kind === "start") {
        const list = this.#starts.get(info.line) ?? [];
        list.push(info);
        this.#starts.set(info.line, list);
      } else if (timed && info.from !== null) {
        this.#timed.push({ info, time: clock.at(info.from.seconds, info.from.nanoseconds) });
      } else this.#byLine.push(info);
    }
    this.#timed.sort((a, b) => a.time - b.time);
    this.#byLine.sort((a, b) => a.line - b.line);
  }

  /** The start snapshot of the exec whose result stands on `line`, taken out. */
  takeStart(line: number, pid: number): SnapshotInfo | null {
    const list = this.#starts.get(line);
    const index = list?.findIndex((info) => info.pid === pid) ?? -1;
    return list === undefined || index < 0 ? null : list.splice(index, 1)[0]!;
  }

  /** Whether the exec on `line` has a start snapshot. */
  hasStart(line: number): boolean {
    return (this.#starts.get(line)?.length ?? 0) > 0;
  }

  /** Time of the next timed snapshot, or infinity. */
  get nextTime(): number {
    return this.#timed[this.#nextTimed]?.time ?? Number.POSITIVE_INFINITY;
  }

  /** Line of the next snapshot without a time, or infinity. */
  get nextLine(): number {
    return this.#byLine[this.#nextByLine]?.line ?? Number.POSITIVE_INFINITY;
  }

  /** Takes out the next timed snapshot. */
  takeTimed(): SnapshotInfo {
    this.#nextTimed += 1;
    return this.#timed[this.#nextTimed - 1]!.info;
  }

  /** Takes out the next snapshot without a time. */
  takeByLine(): SnapshotInfo {
    this.#nextByLine += 1;
    return this.#byLine[this.#nextByLine - 1]!;
  }

  /** Snapshots that never came due. */
  get left(): number {
    return this.#timed.length - this.#nextTimed + this.#byLine.length - this.#nextByLine;
  }
}
