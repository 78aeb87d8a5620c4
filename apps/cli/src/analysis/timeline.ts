/** How many areas each address space had over time, thinned so that a long trace stays small. */

import { callText, type ReplayStep } from "@vma/trace";

export interface TimelinePoint {
  readonly line: number;
  /** Seconds, on the trace's clock; 0 when it has none. */
  readonly time: number;
  readonly areas: number;
}

export interface TimelinePeak extends TimelinePoint {
  readonly call: string;
}

export interface TimelineSeries {
  readonly spaceId: number;
  /** Thread of the first call. */
  readonly pid: number;
  readonly points: readonly TimelinePoint[];
  readonly peak: TimelinePeak;
  readonly steps: number;
}

/** Points kept of one address space; beyond it every other one goes. */
const MAX_POINTS = 4096;

interface Growing {
  readonly spaceId: number;
  readonly pid: number;
  points: TimelinePoint[];
  /** One step in so many is kept. */
  every: number;
  steps: number;
  peak: TimelinePeak;
}

/** Collects steps of a replay. */
export class Timeline {
  readonly #spaces: Map<number, Growing> = new Map();

  add(step: ReplayStep): void {
    const { record, spaceId, space } = step;
    const areas = space.mapCount;
    const { line } = record;
    const time = record.seconds + record.nanoseconds / 1e9;
    let growing = this.#spaces.get(spaceId);
    if (growing === undefined) {
      growing = {
        spaceId,
        pid: record.pid,
        points: [],
        every: 1,
        steps: 0,
        peak: { line, time, areas: 0, call: "" },
      };
      this.#spaces.set(spaceId, growing);
    }
    if (areas > growing.peak.areas) growing.peak = { line, time, areas, call: callText(record) };
    if (growing.steps % growing.every === 0) {
      growing.points.push({ line, time, areas });
      if (growing.points.length > MAX_POINTS) {
        growing.points = growing.points.filter((_, index) => index % 2 === 0);
        growing.every *= 2;
      }
    }
    growing.steps += 1;
  }

  /** One series for each address space, the fullest first; the peak is always among the points. */
  series(): TimelineSeries[] {
    return [...this.#spaces.values()]
      .map((growing) => {
        const { line, time, areas } = growing.peak;
        const points = growing.points.some((point) => point.line === line)
          ? growing.points
          : [...growing.points, { line, time, areas }].sort((a, b) => a.line - b.line);
        return { ...growing, points };
      })
      .sort((a, b) => b.peak.areas - a.peak.areas || a.spaceId - b.spaceId);
  }
}
