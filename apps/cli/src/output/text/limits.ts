/** `vma limits` as text: the limits, the nearest first; what happens at the wall; a value to set. */

import { type LimitRow, type LimitsReport, NEAR, shareOf } from "../../analysis/limits.js";
import type { Peak } from "../../analysis/peak.js";
import type { Terminal } from "../../terminal.js";
import { bytes, count, counted, percent } from "../amount.js";
import { safe } from "../escape.js";
import { table } from "../table.js";
import { limitSource } from "./top.js";

function amount(row: LimitRow, value: number): string {
  if (!Number.isFinite(value)) return "none";
  return row.unit === "areas" ? count(value) : bytes(value);
}

function limitTable(report: LimitsReport, terminal: Terminal): string {
  const { colors } = terminal;
  return table(
    [
      { title: "limit" },
      { title: "used", align: "right" },
      { title: "of", align: "right" },
      { title: "share", align: "right" },
      { title: "left", align: "right" },
      { title: "fails first", shrinkTo: 20 },
      { title: "with" },
    ],
    report.rows.map((row) => {
      const share = shareOf(row);
      const paint = share >= 1 ? colors.red : share >= NEAR ? colors.yellow : String;
      const bounded = Number.isFinite(row.limit);
      return [
        row.name === "max_map_count" ? "vm.max_map_count" : row.name,
        amount(row, row.used),
        amount(row, row.limit),
        paint(bounded ? percent(row.used, row.limit) : "-"),
        bounded ? amount(row, Math.max(0, row.limit - row.used)) : "-",
        bounded ? row.call : "",
        bounded ? row.errno : "",
      ];
    }),
    terminal,
  );
}

/** The command that sets a value, and what it may cost. */
function adviceText(report: Pick<LimitsReport, "advice" | "target">, used: number): string[] {
  const { advice, target } = report;
  const cost = `${bytes(advice.cost.least)} to ${bytes(advice.cost.most)}`;
  if (!advice.raise) {
    return [
      `vm.max_map_count = ${count(target.limit)} leaves room for twice what is used: no need to raise it.`,
    ];
  }
  return [
    `sysctl vm.max_map_count=${advice.value}`,
    `  twice ${counted(used, "area")}, rounded up; if all of it is used, each such process costs ${cost} of kernel memory`,
    "  if the count grows without end, a higher limit only buys time: vma why and vma ratchets find the cause",
  ];
}

/** The fullest moment of a recording, and the first call that fails. */
function peakLines(peak: Peak, limit: number, terminal: Terminal): string[] {
  const { colors } = terminal;
  const lines = [
    `At most ${counted(peak.areas, "area")} (${percent(peak.areas, limit)}), pid ${peak.pid}, after line ${count(peak.line)}: ${safe(peak.call)}`,
  ];
  const { firstFailure } = peak;
  if (firstFailure !== null) {
    lines.push(
      `${colors.red("The first call to fail")}: line ${count(firstFailure.line)}, pid ${firstFailure.pid}: ${safe(firstFailure.call)} would return ${firstFailure.errno}`,
    );
  } else
    lines.push(
      `No call of the recording fails; the first would under a limit of ${count(Math.max(1, peak.areas - 1))} or less.`,
    );
  return ["", ...lines];
}

/** The whole report; `peak` is that of a recording. */
export function limitsText(report: LimitsReport, peak: Peak | null, terminal: Terminal): string {
  const { colors } = terminal;
  const { target, rehearsal } = report;
  const lines = [
    colors.bold(safe(target.label)),
    `limit: ${limitSource(target.limitFrom)}`,
    "",
    limitTable(report, terminal).trimEnd(),
  ];
  if (rehearsal.length > 0) {
    const rows = rehearsal.map((step) => [
      step.call,
      step.answer === "works" ? colors.green(step.answer) : colors.red(step.answer),
      step.consequence,
    ]);
    lines.push("", "At the limit, rehearsed by the engine on this very map:");
    lines.push(table([{ title: "" }, { title: "" }, { title: "", shrinkTo: 20 }], rows, terminal).trimEnd());
  }
  if (peak !== null) lines.push(...peakLines(peak, target.limit, terminal));
  lines.push("", ...adviceText(report, Math.max(target.areas.length, peak?.areas ?? 0)));
  return `${lines.join("\n")}\n`;
}
