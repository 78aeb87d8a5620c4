/** `vma ratchets` as text and JSON. */

import type { NamedCall } from "../../analysis/line-text.js";
import type { Ratchet, RatchetReport } from "../../analysis/ratchet.js";
import type { Terminal } from "../../terminal.js";
import { count, counted, hex } from "../amount.js";
import { safe } from "../escape.js";

/** What is known about undoing flags that nothing undoes. */
function noUndo(ratchet: Ratchet): string {
  const tried = ratchet.tried.length === 0 ? "" : ` (tried by the engine: ${ratchet.tried.join(", ")})`;
  const flags = ratchet.flags.split(" ");
  if (flags.includes("sl")) return "none exists: a seal stays";
  if (flags.includes("nh") || flags.includes("hg")) {
    return `none exists: no call returns to neither MADV_HUGEPAGE nor MADV_NOHUGEPAGE${tried}`;
  }
  if (flags.join(" ") === "ac")
    return `none exists: VM_ACCOUNT stays once the memory has been writable${tried}`;
  return `none that was tried brings them together${tried}`;
}

function ratchetLinesText(
  ratchet: Ratchet,
  calls: ReadonlyMap<number, NamedCall>,
  terminal: Terminal,
): string {
  const { colors } = terminal;
  const { totals, undo } = ratchet;
  const where =
    ratchet.firstLine === ratchet.lastLine
      ? `line ${count(ratchet.firstLine)}`
      : `lines ${count(ratchet.firstLine)} to ${count(ratchet.lastLine)}`;
  const lines = [
    `${colors.bold(`+${counted(ratchet.kept, "area")}`)}  ${colors.cyan(ratchet.kind)}  pid ${ratchet.pid}, ${where}; flags ${ratchet.flags || "none"}`,
  ];
  if (totals !== null) {
    lines.push(
      `    all ${counted(totals.calls, "such call")}: ${count(totals.raised)} areas added, ${count(totals.lowered)} taken away again`,
    );
  }
  const text = calls.get(ratchet.lastLine)?.text;
  if (text !== undefined)
    lines.push(`    the last one: ${safe(text)}, still a boundary, e.g. at ${hex(ratchet.example.at)}`);
  lines.push(
    undo === null
      ? `    undo: ${noUndo(ratchet)}`
      : `    undo: ${undo.call} on the changed part: ${counted(undo.saved, "area")} fewer, proven on the final map`,
  );
  return lines.join("\n");
}

/** All ratchets, those that keep the most areas first. */
export function ratchetText(
  given: string,
  report: RatchetReport,
  calls: ReadonlyMap<number, NamedCall>,
  terminal: Terminal,
): string {
  const { ratchets, stories } = report;
  const story = stories[0];
  const head =
    story === undefined
      ? "no memory calls"
      : `${counted(story.areas, "area")} at the end, at most ${count(story.peak)} (line ${count(story.peakLine)})`;
  const kept = ratchets.reduce((sum, ratchet) => sum + ratchet.kept, 0);
  const lines = [
    terminal.colors.bold(`${safe(given)}: ${head}`),
    `${counted(kept, "boundary", "boundaries")} between parts of what was one mapping, made by a call and never undone`,
    "",
    ...ratchets.map((ratchet) => ratchetLinesText(ratchet, calls, terminal)),
  ];
  return `${lines.join("\n")}\n`;
}

/** The same for programs. */
export function ratchetJson(
  report: RatchetReport,
  calls: ReadonlyMap<number, NamedCall>,
): Record<string, unknown> {
  return {
    schema: "vma.ratchets/1",
    addressSpaces: report.stories.map(({ pid, areas, peak, peakLine }) => ({ pid, areas, peak, peakLine })),
    ratchets: report.ratchets.map((ratchet) => ({
      pid: ratchet.pid,
      kind: ratchet.kind,
      flags: ratchet.flags === "" ? [] : ratchet.flags.split(" "),
      kept: ratchet.kept,
      firstLine: ratchet.firstLine,
      lastLine: ratchet.lastLine,
      lastCall: calls.get(ratchet.lastLine)?.text ?? null,
      totals: ratchet.totals,
      undo: ratchet.undo,
      tried: ratchet.tried,
      example: { lower: hex(ratchet.example.lower), at: hex(ratchet.example.at) },
    })),
  };
}
