// A run as Markdown tables: cases down, contenders across, ratios against ours in brackets.
import type { Outcome, Run } from "../run/outcome.js";
import { ratiosOf, spreadOf } from "../run/statistics.js";
import { figures, times } from "./number.js";
import { machineLine, sizesOf } from "./table.js";

export function markdownOf(run: Run): string {
  const lines = [`${run.date.slice(0, 10)}, \`${run.command}\``, "", `${machineLine(run)}.`, ""];
  for (const n of sizesOf(run.outcomes)) {
    const outcomes = run.outcomes.filter((candidate) => candidate.n === n);
    const names = [
      ...new Set(
        outcomes.flatMap(({ entries, missing }) => [...entries, ...missing]).map((e) => e.contender),
      ),
    ];
    lines.push(
      `n = ${n}`,
      "",
      `| case | unit | ${names.join(" | ")} |`,
      `|---|---|${"---:|".repeat(names.length)}`,
    );
    for (const outcome of outcomes) {
      const cells = names.map((name) => cell(outcome, name));
      lines.push(`| ${outcome.title} | ${outcome.unit} | ${cells.join(" | ")} |`);
    }
    lines.push("");
  }
  return lines.join("\n");
}

function cell({ entries }: Outcome, name: string): string {
  const [ours] = entries;
  const entry = entries.find(({ contender }) => contender === name);
  if (entry === undefined || ours === undefined) return "–";
  const { median, min, max } = spreadOf(entry.samples);
  if (entry === ours) return `**${figures(median)}** [${figures(min)}–${figures(max)}]`;
  return `${figures(median)} (${times(spreadOf(ratiosOf(entry.samples, ours.samples)).median)})`;
}
