/** JSON of replays: the report, a moment, areas over time. Fields are documented in README.md. */

import type { AreaDifference, ReplayReport } from "@vma/trace";
import type { Moment } from "../analysis/moment.js";
import type { Timeline } from "../analysis/timeline.js";
import { hex } from "./amount.js";

type Comparable = AreaDifference["expected"][number];

/** An area of either side: addresses as hexadecimal text. */
function comparableJson(area: Comparable): Record<string, unknown> {
  return { ...area, start: hex(area.start), end: hex(area.end) };
}

/** The report as one object. */
export function replayJson(report: ReplayReport): Record<string, unknown> {
  const { trace, snapshotResults, firstDifference, ...plain } = report;
  return {
    schema: "vma.replay/1",
    ...plain,
    firstDifference:
      firstDifference === null
        ? null
        : {
            ...firstDifference,
            expected: firstDifference.expected.map(comparableJson),
            predicted: firstDifference.predicted.map(comparableJson),
          },
    trace: {
      lines: trace.lines,
      bytes: trace.bytes,
      used: trace.used,
      ignored: Object.fromEntries(trace.ignored),
      ignoredCalls: Object.fromEntries(trace.ignoredCalls),
      unparsed: trace.unparsed,
      firstUnparsed: trace.firstUnparsed,
    },
    snapshotResults: snapshotResults.map(({ differences, bracket, ...result }) => ({
      ...result,
      differences: differences.length,
      bracket:
        bracket === null
          ? null
          : {
              certain: bracket.certain,
              certainWrong: bracket.certainWrong.map(hex),
              disputed: bracket.disputed.map((one) => ({
                ...one,
                address: hex(one.address),
                page: hex(one.page),
              })),
              missed: bracket.missed.map(hex),
            },
    })),
  };
}

/** Areas over time, one series for each address space. */
export function timelineJson(timeline: Timeline): unknown {
  return timeline.series().map((series) => ({
    addressSpace: series.spaceId,
    pid: series.pid,
    peak: series.peak,
    points: series.points.map(({ line, time, areas }) => ({ line, time, areas })),
  }));
}

/** The map at one call. */
export function momentJson(moment: Moment): Record<string, unknown> {
  return {
    schema: "vma.replay-at/1",
    recording: moment.recording,
    line: moment.line,
    pid: moment.pid,
    call: moment.call,
    areas: moment.areas.map(comparableJson),
  };
}
