/** The line of `vma top --watch`: how many areas, how fast they grow, when the limit is reached. */

import type { Terminal } from "../../terminal.js";
import { count, counted, duration, percent } from "../amount.js";

/** One look at a map; with --all, at the fullest one. */
export interface Sample {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly areas: number;
  readonly limit: number;
}

/** Areas a second between the first and the last sample; 0 for fewer than two. */
export function growth(samples: readonly Sample[]): number {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.time <= first.time) return 0;
  return ((last.areas - first.areas) * 1000) / (last.time - first.time);
}

/** One line, ended. */
export function sampleText(samples: readonly Sample[], terminal: Terminal): string {
  const { colors } = terminal;
  const last = samples.at(-1);
  if (last === undefined) return "";
  const perSecond = growth(samples);
  const clock = new Date(last.time).toISOString().slice(11, 19);
  const perMinute = perSecond * 60;
  const rate = `${perMinute >= 0 ? "+" : "-"}${count(Math.abs(perMinute))} areas/min`;
  const left = last.limit - last.areas;
  const when =
    samples.length < 2
      ? "rate from the next sample on"
      : left <= 0
        ? colors.red("the limit is reached")
        : perSecond <= 0
          ? "not growing"
          : colors.yellow(`limit in ${duration(left / perSecond)}`);
  return `${clock}  ${counted(last.areas, "area")} (${percent(last.areas, last.limit)})  ${rate}  ${when}\n`;
}
