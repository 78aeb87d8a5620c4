/** `vma replay` as text: what was recorded, what was predicted, how the two compare, the verdict. */

import type { ComparableArea, Recording, ReplayDifference, ReplayReport } from "@vma/trace";
import type { Terminal } from "../../terminal.js";
import { count, counted, hex } from "../amount.js";
import { safe } from "../escape.js";
import { table } from "../table.js";
import { comparableLine } from "./moment.js";

const LABEL = 12;

function labelled(terminal: Terminal, label: string, text: string): string {
  return `  ${terminal.colors.dim(label.padEnd(LABEL))} ${text}`;
}

/** "mmap 120, mprotect 30, ..." most first. */
function listed(counts: Readonly<Record<string, number>>, most = 8): string {
  const entries = Object.entries(counts)
    .filter(([, value]) => value > 0)
    .sort((a, b) => b[1] - a[1]);
  const shown = entries.slice(0, most).map(([name, value]) => `${safe(name)} ${count(value)}`);
  const rest = entries.slice(most).reduce((sum, [, value]) => sum + value, 0);
  if (rest > 0) shown.push(`others ${count(rest)}`);
  return shown.join(", ") || "none";
}

const FILE_CALLS = new Set([
  "openat",
  "open",
  "openat2",
  "creat",
  "close",
  "close_range",
  "dup",
  "dup2",
  "dup3",
  "fcntl",
]);

function recorded(report: ReplayReport, recording: Recording, terminal: Terminal): string[] {
  const { meta } = recording;
  const { trace } = report;
  const kernel = report.kernelRelease === "" ? "an unnamed kernel" : `Linux ${safe(report.kernelRelease)}`;
  const other = report.kernelExact
    ? ""
    : terminal.colors.yellow("  (no profile stands for that release; this is the nearest)");
  const writes =
    report.faults === "recorded" ? `${count(report.pageFaults.applied)} page faults` : "no page faults";
  return [
    terminal.colors.bold("Recorded"),
    labelled(terminal, "program", safe(meta.command || recording.path)),
    labelled(terminal, "system", `${kernel}, replayed by the rules of profile ${report.kernel}${other}`),
    labelled(
      terminal,
      "evidence",
      `${counted(trace.lines, "line")} of strace, ${writes}, ${counted(report.snapshots.usable, "usable snapshot")} of /proc/PID/smaps`,
    ),
  ];
}

function predicted(report: ReplayReport, terminal: Terminal): string[] {
  const events = report.events!; // counted unless somebody asks for a replay without
  const memory = Object.fromEntries(Object.entries(report.calls).filter(([name]) => !FILE_CALLS.has(name)));
  const lines = [
    terminal.colors.bold("Predicted, call by call"),
    labelled(terminal, "calls", listed(memory)),
    labelled(
      terminal,
      "areas",
      `${count(events.created)} created, ${count(events.split)} split, ${count(events.merged)} merged, ${count(events.removed)} removed; ` +
        `at most ${counted(report.mostAreas, "area")} at once in ${counted(report.addressSpaces, "address space")}`,
    ),
  ];
  if (events.merged > 0) lines.push(labelled(terminal, "merges", listed(events.byGeometry)));
  if (events.refused > 0) {
    lines.push(
      labelled(
        terminal,
        "not merged",
        `${count(events.refused)} times, because of: ${listed(events.byReason)}`,
      ),
    );
  }
  return lines;
}

function score(terminal: Terminal, part: { readonly exact: number }, total: number): string {
  const { colors } = terminal;
  const text = `${count(part.exact)} of ${count(total)}`;
  return part.exact === total ? colors.green(text) : colors.red(text);
}

function compared(report: ReplayReport, terminal: Terminal): string[] {
  const { snapshots, vmas, checks, results } = report;
  const rows: string[][] = [
    [
      "snapshots",
      score(terminal, snapshots, snapshots.usable),
      "exact: bounds, permissions, all VmFlags, offset and path of every area",
    ],
    ["areas", score(terminal, vmas, vmas.total), "in those snapshots"],
  ];
  if (checks.total > 0) {
    rows.push([
      "calls",
      score(terminal, checks, checks.total),
      "against the kernel's own record of the area right after the call",
    ]);
  }
  rows.push(["results", score(terminal, results, results.total), "calls returned what the model said"]);
  const body = table(
    [{ title: "" }, { title: "", align: "right" }, { title: "", shrinkTo: 20 }],
    rows.map(([label = "", ...rest]) => [terminal.colors.dim(`  ${label.padEnd(LABEL - 2)}`), ...rest]),
    terminal,
  );
  return [terminal.colors.bold("Held against the kernel"), body.trimEnd()];
}

function bracketText(report: ReplayReport, terminal: Terminal): string[] {
  const { bracket } = report;
  if (bracket === null) return [];
  const lines = [
    terminal.colors.bold(
      "Without page faults: replayed twice, as if nothing and as if everything had been written",
    ),
    labelled(
      terminal,
      "certain",
      `${counted(bracket.certain, "boundary", "boundaries")} in both, ${count(bracket.certainWrong)} of them wrong`,
    ),
    labelled(
      terminal,
      "depends",
      `${counted(bracket.disputed, "boundary", "boundaries")} on whether a page had been written`,
    ),
  ];
  if (bracket.missed > 0)
    lines.push(
      labelled(terminal, "missed", `${counted(bracket.missed, "boundary", "boundaries")} in neither`),
    );
  const disputed = report.snapshotResults.flatMap((result) => result.bracket?.disputed ?? []);
  const seen = new Set<number>();
  for (const one of disputed) {
    if (seen.has(one.address) || seen.size >= 8) continue;
    seen.add(one.address);
    const when = one.presentWhenWritten ? "had been" : "had not been";
    lines.push(
      labelled(
        terminal,
        "",
        `the boundary at ${hex(one.address)} is there if page ${hex(one.page)} ${when} written`,
      ),
    );
  }
  if (seen.size < disputed.length)
    lines.push(labelled(terminal, "", "--json lists all of them, snapshot by snapshot"));
  return lines;
}

/** Expected and predicted areas; a mark before those only one side has. */
function sideBySide(
  expected: readonly ComparableArea[],
  got: readonly ComparableArea[],
  terminal: Terminal,
): string[] {
  const { colors } = terminal;
  const lines = (areas: readonly ComparableArea[]): string[] => areas.map(comparableLine);
  const left = lines(expected);
  const right = lines(got);
  const only = (own: string[], other: string[], mark: string, paint: (text: string) => string): string[] =>
    own.map((line) => (other.includes(line) ? `      ${line}` : paint(`    ${mark} ${line}`)));
  return [
    "    the kernel's:",
    ...(left.length === 0 ? ["      (nothing mapped)"] : only(left, right, "-", colors.red)),
    "    predicted:",
    ...(right.length === 0 ? ["      (nothing mapped)"] : only(right, left, "+", colors.green)),
  ];
}

/** The first difference in full. */
function differenceText(difference: ReplayDifference, terminal: Terminal): string[] {
  const { colors } = terminal;
  const where =
    difference.line > 0 ? `line ${difference.line}, pid ${difference.pid}` : `pid ${difference.pid}`;
  const lines = [
    colors.bold(colors.red("First difference")),
    `  ${where}: ${safe(difference.call) || "no call of the trace touched the place"}`,
  ];
  if (difference.snapshot !== null) lines.push(`  seen in snapshot ${safe(difference.snapshot)}`);
  if (difference.expectedResult !== null) {
    lines.push(
      `    the kernel returned ${safe(difference.expectedResult)}, the model ${safe(difference.predictedResult ?? "nothing")}`,
    );
  }
  if (difference.expected.length + difference.predicted.length > 0) {
    lines.push(...sideBySide(difference.expected, difference.predicted, terminal));
  }
  if (difference.rule.length > 0) {
    lines.push("    what the rules did there:");
    for (const step of difference.rule) lines.push(`      ${safe(step)}`);
  }
  return lines;
}

/** The verdict in one sentence. */
export function verdictText(report: ReplayReport, terminal: Terminal): string {
  const { colors } = terminal;
  if (report.verdict === "exact") {
    const areas =
      report.vmas.total > 0
        ? `all ${count(report.vmas.total)} areas of ${counted(report.snapshots.usable, "snapshot")}`
        : "";
    const calls = report.checks.total > 0 ? `all ${counted(report.checks.total, "checked call")}` : "";
    const what = [areas, calls].filter((text) => text !== "").join(" and ");
    return `${colors.bold(colors.green("EXACT"))}: the predicted memory map is the kernel's, ${what}.`;
  }
  if (report.verdict === "differs") {
    return `${colors.bold(colors.red("DIFFERS"))}: ${counted(report.differences, "place")} where the kernel did something else; after each the model was set right again.`;
  }
  return `${colors.bold(colors.yellow("INCOMPLETE"))}: nothing differs, but ${report.incomplete.map(safe).join("; ")}.`;
}

function unparsedText(report: ReplayReport, terminal: Terminal): string[] {
  if (report.unparsed === 0) return [];
  const lines = [terminal.colors.bold(`${counted(report.unparsed, "line")} could not be read`)];
  for (const { line, reason, text } of report.trace.firstUnparsed.slice(0, 5)) {
    lines.push(`  line ${line}: ${safe(reason)}: ${safe(text).slice(0, 100)}`);
  }
  return lines;
}

/** The whole report. */
export function replayText(report: ReplayReport, recording: Recording, terminal: Terminal): string {
  const parts = [
    recorded(report, recording, terminal),
    predicted(report, terminal),
    compared(report, terminal),
    bracketText(report, terminal),
    unparsedText(report, terminal),
    report.firstDifference === null ? [] : differenceText(report.firstDifference, terminal),
    [verdictText(report, terminal)],
  ];
  return `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join("\n"))
    .join("\n\n")}\n`;
}

/** `--quiet`: the verdict, and the first difference when there is one. */
export function quietText(report: ReplayReport, terminal: Terminal): string {
  const first = report.firstDifference === null ? [] : differenceText(report.firstDifference, terminal);
  return `${[...first, verdictText(report, terminal)].join("\n")}\n`;
}
