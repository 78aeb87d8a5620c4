/** `vma top` as text: the headline, the table of causes, what follows from it. */

import { CAUSES } from "../../analysis/cause.js";
import type { CauseGroup, TopReport } from "../../analysis/top.js";
import type { Terminal } from "../../terminal.js";
import { bytes, count, counted, percent } from "../amount.js";
import { safe } from "../escape.js";
import { table } from "../table.js";

/** Share of the limit from which the headline warns. */
const WARN_SHARE = 0.9;

/** "218 areas of 65,530 (0.3 %)", and what fails next when the limit is reached. */
function headline(report: Pick<TopReport, "areas" | "limit">, terminal: Terminal): string {
  const { areas, limit } = report;
  const { colors } = terminal;
  const text = `${counted(areas, "area")} of ${count(limit)} (${percent(areas, limit)})`;
  const paint = areas >= limit ? colors.red : areas >= limit * WARN_SHARE ? colors.yellow : colors.green;
  const shown = colors.bold(paint(text));
  if (areas > limit) return `${shown}   next mmap: ENOMEM   next split: ENOMEM   next madvise split: EAGAIN`;
  if (areas >= limit)
    return `${shown}   next split: ENOMEM   next madvise split: EAGAIN   one mmap still works`;
  return `${shown}   ${counted(limit - areas, "split")} left`;
}

function groupRow(group: CauseGroup, report: TopReport, terminal: Terminal): string[] {
  const [title] = CAUSES[group.cause];
  const { colors } = terminal;
  return [
    count(group.areas),
    percent(group.areas, report.areas),
    bytes(group.size),
    group.rss === null ? "?" : bytes(group.rss),
    group.saves === 0 ? "" : colors.green(count(group.saves)),
    group.note === "" ? title : `${title}: ${group.note}`,
  ];
}

/** The whole report. */
export function topText(report: TopReport, terminal: Terminal): string {
  const { colors } = terminal;
  const { target, kernelMemory, pairs } = report;
  const memory =
    kernelMemory.estimate === null
      ? `${bytes(kernelMemory.least)} to ${bytes(kernelMemory.most)}`
      : `about ${bytes(kernelMemory.estimate)}`;
  const lines = [
    colors.bold(safe(target.label)),
    `${headline(report, terminal)}   (limit: ${limitSource(target.limitFrom)})`,
    `${memory} of kernel memory in areas`,
    "",
  ];
  const body = table(
    [
      { title: "areas", align: "right" },
      { title: "share", align: "right" },
      { title: "size", align: "right" },
      { title: "in memory", align: "right" },
      { title: "could save", align: "right" },
      { title: "what", shrinkTo: 12 },
    ],
    report.groups.map((group) => groupRow(group, report, terminal)),
    terminal,
  );
  return `${lines.join("\n")}\n${body}${largestText(report, terminal)}${closing(report, pairs.alikeInMaps)}`;
}

/** Where a limit is known from, in words. */
export function limitSource(from: TopReport["target"]["limitFrom"]): string {
  return from === "--max-map-count"
    ? from
    : `vm.max_map_count of ${from.replace("the stock value", "a stock kernel")}`;
}

/** The names with the most areas in the groups that have names. */
function largestText(report: TopReport, terminal: Terminal): string {
  const rows: string[][] = [];
  for (const group of report.groups) {
    if (group.largest.length === 0 || group.cause === "relro") continue;
    for (const { name, areas } of group.largest.slice(0, 3)) {
      rows.push([count(areas), safe(name), CAUSES[group.cause][0]]);
    }
  }
  if (rows.length === 0) return "";
  const columns = [
    { title: "areas", align: "right" as const },
    { title: "most areas in", shrinkTo: 16 },
    { title: "" },
  ];
  return `\n${table(columns, rows, terminal)}`;
}

function closing(report: TopReport, alike: number): string {
  const { target, pairs } = report;
  const lines = [""];
  if (pairs.couldSave > 0) {
    lines.push(`${counted(pairs.couldSave, "area")} could be saved; vma why ${safe(target.given)} says how.`);
  }
  if (target.detail === "maps") {
    lines.push(
      "This is maps, which has no VmFlags: causes are guessed from permissions and names, and memory in use is unknown.",
      "Save /proc/PID/smaps instead to see all.",
    );
  } else if (alike > 0) {
    lines.push(
      `${counted(alike, "pair")} of neighbours look the same in /proc/PID/maps and yet are two areas.`,
    );
  }
  return lines.length === 1 ? "" : `${lines.join("\n")}\n`;
}
