// Two runs of the same cases, before and after: ratios of the medians, with what their spreads allow.
import Table from "cli-table3";
import type { Run } from "../run/outcome.js";
import { spreadOf } from "../run/statistics.js";
import { figures, times } from "./number.js";

export interface Change {
  readonly label: string;
  readonly before: number;
  readonly after: number;
  /** after / before */
  readonly ratio: number;
  /** The ratio of the fastest to the slowest, both ways: what chance alone might make of it. */
  readonly low: number;
  readonly high: number;
}

/** What both runs measured. The second list names what only one of them did. */
export function changesBetween(before: Run, after: Run): { changes: Change[]; alone: string[] } {
  const changes: Change[] = [];
  const alone: string[] = [];
  const old = samplesByLabel(before);
  const fresh = samplesByLabel(after);
  for (const [label, samples] of fresh) {
    const first = old.get(label);
    if (first === undefined) {
      alone.push(`${label}: only in the second run`);
      continue;
    }
    const a = spreadOf(first);
    const b = spreadOf(samples);
    changes.push({
      label,
      before: a.median,
      after: b.median,
      ratio: b.median / a.median,
      low: b.min / a.max,
      high: b.max / a.min,
    });
  }
  for (const label of old.keys()) if (!fresh.has(label)) alone.push(`${label}: only in the first run`);
  return { changes, alone };
}

function samplesByLabel({ outcomes, keys }: Run): Map<string, readonly number[]> {
  const samples = new Map<string, readonly number[]>();
  for (const { suite, name, n, entries } of outcomes) {
    for (const entry of entries)
      samples.set(
        [suite, name, n, keys, entry.contender].filter((part) => part !== undefined).join(" "),
        entry.samples,
      );
  }
  return samples;
}

export function comparisonTable(before: Run, after: Run): string {
  const { changes, alone } = changesBetween(before, after);
  const table = new Table({
    head: ["case, size, contender", "before", "after", "after / before", "spread", ""],
    style: { head: [], border: [] },
  });
  for (const { label, before: a, after: b, ratio, low, high } of changes) {
    const verdict = high < 1 ? "faster" : low > 1 ? "slower" : "";
    table.push([label, figures(a), figures(b), times(ratio), `${times(low)}-${times(high)}`, verdict]);
  }
  return [table.toString(), ...alone, ""].join("\n");
}
