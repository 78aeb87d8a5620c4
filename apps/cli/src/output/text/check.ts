/** `vma check truth` as text and JSON: counts, the first mismatches in full; and what the other checks print alike. */

import { mismatchText, type TruthReport } from "@vma/testkit";
import type { Terminal } from "../../terminal.js";
import { count, counted } from "../amount.js";
import { safe } from "../escape.js";
import { table } from "../table.js";

/** Several lines made safe one by one. */
export function safeLines(text: string): string {
  return text
    .split("\n")
    .map((line) => safe(line))
    .join("\n");
}

/** "0 mismatches in 12,345 scenarios of 3 files", green or red. */
export function verdictLine(mismatches: number, where: string, terminal: Terminal): string {
  const { colors } = terminal;
  const text = `${counted(mismatches, "mismatch", "mismatches")} in ${where}`;
  return colors.bold(mismatches === 0 ? colors.green(text) : colors.red(text));
}

/** How many mismatches, as a cell of a table: green or red. */
export function mismatchCount(mismatches: number, { colors }: Terminal): string {
  return mismatches === 0 ? colors.green("0") : colors.red(count(mismatches));
}

/** Counts by file, what was left out, mismatches, verdict. */
export function truthText(report: TruthReport, terminal: Terminal): string {
  const rows = report.perFile
    .filter((file) => file.scenarios > 0)
    .map((file) => [
      safe(file.file),
      count(file.scenarios),
      mismatchCount(file.mismatches, terminal),
      count(file.notCompared),
    ]);
  const body = table(
    [
      { title: "file", shrinkTo: 16 },
      { title: "scenarios", align: "right" },
      { title: "mismatches", align: "right" },
      { title: "not compared", align: "right" },
    ],
    rows,
    terminal,
  );
  const left = Object.entries(report.notComparedFields).map(
    ([field, times]) => `not compared in ${count(times)} scenarios: ${safe(field)} (no rule describes it)\n`,
  );
  const shown = report.first.map((mismatch) => `${safeLines(mismatchText(mismatch))}\n\n`);
  const where = `${counted(report.scenarios, "scenario")} of ${counted(report.perFile.length, "file")}`;
  return `${body}\n${left.join("")}${shown.length > 0 ? "\n" : ""}${shown.join("")}${verdictLine(report.mismatches, where, terminal)}\n`;
}

/** The counts, which add up over shards. */
export function truthJson(report: TruthReport): Record<string, unknown> {
  const { files, scenarios, mismatches, notCompared } = report;
  return { schema: "vma.check-truth/1", files, scenarios, mismatches, notCompared };
}
