/** `vma replay --timeline` as text: a chart for each address space, and its peak. */

import asciichart from "asciichart";
import type { Timeline, TimelineSeries } from "../../analysis/timeline.js";
import type { Terminal } from "../../terminal.js";
import { count, counted, duration } from "../amount.js";
import { safe } from "../escape.js";

const HEIGHT = 8;
const MAX_CHART = 100;
/** Columns the scale takes. */
const SCALE = 12;
/** Address spaces that are charted. */
const MAX_SERIES = 6;

/** `columns` values along the trace: the largest count in each stretch of lines. */
function resample(series: TimelineSeries, columns: number): number[] {
  const { points } = series;
  const first = points[0]?.line ?? 0;
  const last = points.at(-1)?.line ?? 0;
  const values: number[] = [];
  let at = 0;
  let current = points[0]?.areas ?? 0;
  for (let column = 0; column < columns; column += 1) {
    const until = first + ((last - first) * (column + 1)) / columns;
    let most = current;
    while (at < points.length && (points[at]?.line ?? 0) <= until) {
      current = points[at]?.areas ?? current;
      most = Math.max(most, current);
      at += 1;
    }
    values.push(most);
  }
  return values;
}

/** Charts of all address spaces, the fullest first. */
export function timelineText(timeline: Timeline, terminal: Terminal): string {
  const { colors } = terminal;
  const all = timeline.series();
  const columns = Math.min(MAX_CHART, (Number.isFinite(terminal.width) ? terminal.width : 80) - SCALE);
  const blocks = all.slice(0, MAX_SERIES).map((series) => {
    const { points, peak } = series;
    const first = points[0];
    const last = points.at(-1);
    const seconds = first !== undefined && last !== undefined && first.time > 0 ? last.time - first.time : 0;
    const span = seconds > 0 ? `, ${duration(seconds)}` : "";
    const chart = asciichart.plot(resample(series, columns), {
      height: HEIGHT,
      min: 0,
      format: (value: number) => value.toFixed(0).padStart(SCALE - 4),
    });
    return [
      colors.bold(`Areas over time: pid ${series.pid}, ${counted(series.steps, "call")}${span}`),
      chart,
      `${" ".repeat(SCALE - 2)}line ${count(first?.line ?? 0)} to ${count(last?.line ?? 0)}; ` +
        `most: ${counted(peak.areas, "area")} at line ${count(peak.line)}, ${safe(peak.call)}`,
    ].join("\n");
  });
  if (all.length > MAX_SERIES)
    blocks.push(`${count(all.length - MAX_SERIES)} more address spaces; --json has them all`);
  return `\n${blocks.join("\n\n")}\n`;
}
