/** `vma why RECORDING` as text: groups with the calls behind them, or one boundary in full. */

import { formatPermissions, formatVmFlags, type Vma } from "@vma/core";
import { boundaryDetails, isHidden, type KnownBoundary } from "../../analysis/boundary.js";
import type { RecordedWhy } from "../../analysis/recorded-why.js";
import type { Terminal } from "../../terminal.js";
import { count, counted, hex, range } from "../amount.js";
import { safe } from "../escape.js";
import { table } from "../table.js";

function lineRange(first: number, last: number): string {
  if (last === 0) return "before the recording";
  return first === last || first === 0 ? `line ${count(last)}` : `lines ${count(first)} to ${count(last)}`;
}

/** All groups. */
export function recordedWhyText(report: RecordedWhy, terminal: Terminal): string {
  const { colors } = terminal;
  const { story, boundaries } = report;
  const hidden = boundaries.filter(isHidden).length;
  const lines = [
    colors.bold(`${safe(report.recording)}, process ${story.pid}, after line ${count(story.lastLine)}`),
    `${counted(story.areas, "area")}, ${counted(boundaries.length, "touching pair")}; ${count(hidden)} of them apart for reasons that /proc does not show`,
    "",
  ];
  const body = table(
    [
      { title: "pairs", align: "right" },
      { title: "reasons", shrinkTo: 16 },
      { title: "flags that differ", shrinkTo: 8 },
      { title: "made by", shrinkTo: 12 },
      { title: "where" },
      { title: "for example at" },
    ],
    report.groups.map((group) => [
      count(group.pairs),
      group.codes,
      group.flags,
      group.kind === "" ? colors.dim("before the recording") : group.kind,
      group.kind === "" ? "" : lineRange(group.firstLine, group.lastLine),
      hex(group.first.upper.start),
    ]),
    terminal,
  );
  const foot: string[] = [];
  if (report.otherPids.length > 0) {
    foot.push(`Other address spaces: --pid ${report.otherPids.slice(0, 12).join(", ")}`);
  }
  foot.push(
    `vma why ${safe(report.recording)} ADDR tells all about one boundary, with the calls on both sides.`,
  );
  return `${lines.join("\n")}\n${body}\n${foot.join("\n")}\n`;
}

function vmaLine(vma: Vma): string {
  const path = vma.file === null ? "" : ` ${safe(vma.file.path)}`;
  return `${range(vma.start, vma.end)} ${formatPermissions(vma.flags)}${path}  [${formatVmFlags(vma.flags, vma.flagsHigh)}]`;
}

function originText(report: RecordedWhy, side: string, line: number | null): string {
  if (line === null)
    return `    ${side.padEnd(12)} as it was when the recording began, or inherited over a fork`;
  return `    ${side.padEnd(12)} line ${count(line)}: ${safe(report.calls.get(line)?.text ?? "?")}`;
}

/** One boundary with its reasons and the calls behind it. */
export function recordedBoundaryText(
  boundary: KnownBoundary,
  report: RecordedWhy,
  terminal: Terminal,
): string {
  const { colors } = terminal;
  const { lower, upper, culprit } = boundary;
  const lines = [
    `  ${vmaLine(lower)}`,
    `  ${vmaLine(upper)}`,
    `  ${colors.bold(colors.yellow("NOT MERGED"))}`,
  ];
  for (const reason of boundaryDetails(boundary)) {
    lines.push(`    ${colors.cyan(reason.code.padEnd(12))} ${safe(reason.lower)}  |  ${safe(reason.upper)}`);
    lines.push(`    ${" ".repeat(12)} ${safe(reason.sentence)}`);
    if (reason.remedy !== "") lines.push(`    ${" ".repeat(12)} would go if: ${safe(reason.remedy)}`);
  }
  if (culprit !== null) {
    lines.push(`  ${colors.bold("set by")} (${culprit.field})`);
    lines.push(originText(report, "below", culprit.lower), originText(report, "above", culprit.upper));
  }
  return `${lines.join("\n")}\n`;
}
