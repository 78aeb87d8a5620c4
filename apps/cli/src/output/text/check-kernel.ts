/** `vma check kernel` as text and JSON: counts by family, the shortest failing scripts. */

import { describeKernelMismatch, type KernelReport } from "@vma/testkit/kernel";
import type { Terminal } from "../../terminal.js";
import { count, counted } from "../amount.js";
import { safe } from "../escape.js";
import { table } from "../table.js";
import { mismatchCount, safeLines, verdictLine } from "./check.js";

/** Counts, what was left out, mismatches, verdict. */
export function kernelText(report: KernelReport, terminal: Terminal): string {
  const { colors } = terminal;
  const fit = report.exact ? "" : colors.yellow(" (not proven on this release; the nearest profile)");
  const rows = Object.entries(report.byFamily).map(([family, counts]) => [
    safe(family),
    count(counts.cases),
    count(counts.operations),
    mismatchCount(counts.mismatches, terminal),
  ]);
  const body = table(
    [
      { title: "family", shrinkTo: 12 },
      { title: "scripts", align: "right" },
      { title: "operations", align: "right" },
      { title: "mismatches", align: "right" },
    ],
    rows,
    terminal,
  );
  const skipped = Object.entries(report.skipped).map(
    ([family, why]) => `${safe(family)} left out: ${safe(why)}\n`,
  );
  const shown = report.mismatches.map((found) => `${safeLines(describeKernelMismatch(found))}\n`);
  const where = `${counted(report.operations, "operation")} on Linux ${safe(report.release)}`;
  return [
    `Linux ${safe(report.release)}, profile ${report.profile}${fit}, seed ${report.seed}\n\n`,
    `${body}\n`,
    ...skipped,
    ...shown,
    `${verdictLine(report.mismatches.length, where, terminal)}\n`,
  ].join("");
}

/** The counts and the failing scripts. */
export function kernelJson(report: KernelReport): Record<string, unknown> {
  const { mismatches, ...counts } = report;
  return {
    schema: "vma.check-kernel/1",
    ...counts,
    mismatches: mismatches.length,
    failing: mismatches.map(({ script, originalSteps }) => ({ script, originalSteps })),
  };
}
