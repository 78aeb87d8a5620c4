/** `vma why` as text: the groups of pairs, or one boundary with all its reasons. */

import { PAIR_STORIES, type PairGroup, type PairReport } from "../../analysis/pair-group.js";
import type { BoundaryReport, WhyReport } from "../../analysis/why.js";
import type { MapArea } from "../../input/area.js";
import type { Terminal } from "../../terminal.js";
import { count, counted, hex, range } from "../amount.js";
import { safe } from "../escape.js";
import { table } from "../table.js";

/** An area on one line as /proc prints it, with its flags. */
export function areaLine(area: MapArea): string {
  const place = `${range(area.start, area.end)} ${area.permissions} ${area.offset.toString(16).padStart(8, "0")}`;
  const name = area.name === "" ? "" : ` ${safe(area.name)}`;
  return `${place}${name}${area.flagText === null ? "" : `  [${safe(area.flagText)}]`}`;
}

function groupTitle(group: PairGroup): string {
  const { title } = PAIR_STORIES[group.cause];
  return group.codes === "" ? title : `${title} (${safe(group.codes)})`;
}

function overview(report: PairReport, terminal: Terminal): string {
  const { colors } = terminal;
  return table(
    [
      { title: "pairs", align: "right" },
      { title: "would save", align: "right" },
      { title: "kept apart by", shrinkTo: 28 },
      { title: "for example at" },
      { title: "what brings them together", shrinkTo: 20 },
    ],
    report.groups.map((group) => [
      count(group.pairs),
      group.saves === 0 ? "-" : colors.green(count(group.saves)),
      groupTitle(group),
      hex(group.first.upper.start),
      PAIR_STORIES[group.cause].remedy || hiddenText(report.detail, group.first),
    ]),
    terminal,
  );
}

/** What can be left when nothing visible differs. */
function hiddenText(
  detail: PairReport["detail"],
  pair: { readonly lower: MapArea; readonly upper: MapArea },
): string {
  if (detail === "maps") return "maps has no VmFlags: save smaps to see whether flags differ";
  return pair.lower.inode === 0
    ? "only their anonymous objects (written before they met, or inherited over a fork) or hidden offsets (moved by mremap) can differ"
    : "only the open file (same path, opened twice) or their anonymous objects can differ";
}

/** All groups of a map. */
export function whyText(report: WhyReport, terminal: Terminal): string {
  const { colors } = terminal;
  const { pairs, target } = report;
  const lines = [
    colors.bold(safe(target.label)),
    `${counted(pairs.areas, "area")}, ${counted(pairs.pairs, "touching pair")}; ` +
      `${counted(pairs.alikeInMaps, "pair")} look the same in /proc/PID/maps; ` +
      `${counted(pairs.couldSave, "area")} could be saved`,
    "",
  ];
  const apart = pairs.areas - 1 - pairs.pairs;
  const foot: string[] = [""];
  if (apart > pairs.pairs) {
    foot.push(
      `${counted(apart, "area")} of ${count(pairs.areas)} do not touch the one before them: no merge can help there, only unmapping, or one larger reservation.`,
    );
  }
  if (pairs.detail === "maps") {
    foot.push(
      'maps has no VmFlags: what differs only there shows up as "nothing visible differs". Save /proc/PID/smaps instead.',
    );
  }
  foot.push(`vma why ${safe(target.given)} ADDR tells all reasons for one boundary.`);
  return `${lines.join("\n")}\n${overview(pairs, terminal)}${foot.join("\n")}\n`;
}

/** One boundary, with everything that keeps the two areas apart. */
export function boundaryText(
  boundary: BoundaryReport,
  detail: PairReport["detail"],
  terminal: Terminal,
): string {
  const { colors } = terminal;
  const { lower, upper } = boundary;
  const lines = [`  ${areaLine(lower)}`, `  ${areaLine(upper)}`];
  if (!boundary.touches) {
    lines.push(
      `  ${colors.bold("NOT TOUCHING")}: ${hex(upper.start - lower.end)} bytes are unmapped between them`,
    );
    return `${lines.join("\n")}\n`;
  }
  const story = PAIR_STORIES[boundary.cause];
  lines.push(`  ${colors.bold(colors.yellow("NOT MERGED"))}: ${story.title}`);
  for (const reason of boundary.details) {
    lines.push(`    ${colors.cyan(reason.code.padEnd(12))} ${safe(reason.lower)}  |  ${safe(reason.upper)}`);
    lines.push(`    ${" ".repeat(12)} ${safe(reason.sentence)}`);
    if (reason.remedy !== "") lines.push(`    ${" ".repeat(12)} would go if: ${safe(reason.remedy)}`);
  }
  if (boundary.details.length === 0) lines.push(`    ${hiddenText(detail, boundary)}`);
  else if (detail === "maps")
    lines.push("    maps has no VmFlags: flags may differ on top of that. Save /proc/PID/smaps instead.");
  else if (boundary.maybeHidden) lines.push(`    Besides, and invisible in /proc: ${boundary.maybeHidden}.`);
  if (story.remedy !== "") lines.push(`  ${story.avoidable === "no" ? "fixed" : "advice"}: ${story.remedy}`);
  if (boundary.alike > 1) lines.push(`  ${counted(boundary.alike, "pair")} of this kind in this map.`);
  return `${lines.join("\n")}\n`;
}
