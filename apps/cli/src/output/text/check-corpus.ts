/** `vma check corpus` as text and JSON: counts by family, the first mismatches in full. */

import { type CorpusSummary, describeMismatch } from "@vma/testkit/corpus";
import type { Terminal } from "../../terminal.js";
import { count, counted } from "../amount.js";
import { safe } from "../escape.js";
import { table } from "../table.js";
import { mismatchCount, safeLines, verdictLine } from "./check.js";

/** Counts by family, what is not modelled, mismatches, verdict. */
export function corpusText(summary: CorpusSummary, files: number, terminal: Terminal): string {
  const rows = Object.entries(summary.byFamily)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([family, counts]) => [
      safe(family),
      count(counts.cases),
      count(counts.steps),
      mismatchCount(counts.mismatches, terminal),
      count(counts.notCompared),
    ]);
  const body = table(
    [
      { title: "family", shrinkTo: 12 },
      { title: "cases", align: "right" },
      { title: "steps", align: "right" },
      { title: "mismatches", align: "right" },
      { title: "not compared", align: "right" },
    ],
    rows,
    terminal,
  );
  const notes = [
    ...Object.entries(summary.notModelled).map(
      ([what, cases]) => `not modelled: ${safe(what)} (${counted(cases, "case")} end there)\n`,
    ),
    ...Object.entries(summary.inexact).map(
      ([release, profile]) =>
        `no profile stands for ${safe(release)}; the nearest, ${safe(profile)}, was used\n`,
    ),
  ];
  const shown = summary.first.map((mismatch) => `${safeLines(describeMismatch(mismatch))}\n`);
  const where = `${counted(summary.steps, "step")} of ${counted(summary.cases, "case")} in ${counted(files, "file")}`;
  return `${body}\n${notes.join("")}${shown.length > 0 ? "\n" : ""}${shown.join("")}${verdictLine(summary.mismatches, where, terminal)}\n`;
}

/** The counts, which add up over shards. */
export function corpusJson(summary: CorpusSummary): Record<string, unknown> {
  const { cases, steps, mismatches, notCompared, byFamily } = summary;
  return { schema: "vma.check-corpus/1", cases, steps, mismatches, notCompared, byFamily };
}
