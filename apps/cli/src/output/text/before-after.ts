/** `vma check before-after` as text and JSON: each class of differences, counted, with a picture. */

import { type BeforeAfterTable, examplePicture } from "@vma/testkit";
import type { Terminal } from "../../terminal.js";
import { count, counted } from "../amount.js";
import { safeLines } from "./check.js";

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => `      ${line}`)
    .join("\n");
}

/** The table with pictures, then what is in no class. */
export function beforeAfterText(found: BeforeAfterTable, terminal: Terminal): string {
  const { colors } = terminal;
  const blocks = found.rows.map((row) => {
    const entries = Object.entries(row.entries).map(([entry, times]) => `${entry} ${count(times ?? 0)}`);
    const title = `${row.id}. ${row.where}: ${counted(row.count, "difference")}${entries.length > 0 ? ` (${entries.join(", ")})` : ""}`;
    const lines = [colors.bold(title), `   before: ${row.before}`, `   after:  ${row.after}`];
    if (row.example !== null) lines.push(indented(safeLines(examplePicture(row.example))));
    return lines.join("\n");
  });
  const unlisted = found.unlisted
    .slice(0, 5)
    .map((example) => `${colors.red("in no class:")}\n${indented(safeLines(examplePicture(example)))}`);
  const verdict = `${counted(found.unlisted.length, "unlisted difference")} in ${counted(found.scenarios, "scenario")}`;
  const paint = found.unlisted.length === 0 ? colors.green : colors.red;
  return `${[...blocks, ...unlisted].join("\n\n")}\n\n${colors.bold(paint(verdict))}\n`;
}

/** The counts, which add up over shards. */
export function beforeAfterJson(found: BeforeAfterTable): Record<string, unknown> {
  return {
    schema: "vma.check-before-after/1",
    scenarios: found.scenarios,
    unlisted: found.unlisted.length,
    classes: found.rows.map(({ id, kind, where, before, after, count: times, entries }) => ({
      id,
      kind,
      where,
      before,
      after,
      count: times,
      entries,
    })),
  };
}
