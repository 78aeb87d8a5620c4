// A run as one SVG picture: for each case how much more than ours every other contender takes, on a log scale.
import { BarChart } from "echarts/charts";
import { GridComponent, LegendComponent, TitleComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { Outcome, Run } from "../run/outcome.js";
import { ratiosOf, spreadOf } from "../run/statistics.js";
import { sizesOf } from "./table.js";

const WIDTH = 1000;
const GROUP_HEIGHT = 26;
const BAR_HEIGHT = 9;

/** The largest size of the run is drawn. Throws RangeError for a run without ratios. */
export function chartOf(run: Run): string {
  use([BarChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);
  const n = Math.max(...sizesOf(run.outcomes));
  const outcomes = run.outcomes.filter((outcome) => outcome.n === n && outcome.entries.length > 1);
  const [first] = outcomes;
  if (first === undefined) throw new RangeError("nothing to draw: no case of the run has two contenders");
  const ours = first.entries[0]?.contender ?? "";
  const names = [...new Set(outcomes.flatMap(({ entries }) => entries.slice(1).map((e) => e.contender)))];
  const height = 120 + outcomes.length * (GROUP_HEIGHT + names.length * BAR_HEIGHT);
  const chart = init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height });
  chart.setOption({
    animation: false,
    title: { text: `times the cost of ${ours}, n = ${n}`, left: 10, top: 6, textStyle: { fontSize: 15 } },
    legend: { data: names, top: 32, left: 10 },
    grid: {
      left: 10,
      right: 40,
      top: 80,
      bottom: 10,
      outerBoundsMode: "same",
      outerBoundsContain: "axisLabel",
    },
    xAxis: { type: "log", axisLabel: { formatter: "{value}x" } },
    yAxis: { type: "category", inverse: true, data: outcomes.map(({ name }) => name) },
    series: names.map((name) => ({
      name,
      type: "bar" as const,
      data: outcomes.map((outcome) => ratioTo(outcome, name)),
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

function ratioTo({ entries }: Outcome, name: string): number | null {
  const [ours] = entries;
  const entry = entries.find(({ contender }) => contender === name);
  if (ours === undefined || entry === undefined) return null;
  return Number(spreadOf(ratiosOf(entry.samples, ours.samples)).median.toPrecision(3));
}
