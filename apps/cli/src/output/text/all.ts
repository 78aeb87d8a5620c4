/** `vma top --all` as text: every process, the fullest first. */

import { CAUSES, type Cause } from "../../analysis/cause.js";
import type { Terminal } from "../../terminal.js";
import { count, counted, percent } from "../amount.js";
import { safe } from "../escape.js";
import { table } from "../table.js";

/** One process of a survey. */
export interface ProcessLine {
  readonly pid: number;
  readonly command: string;
  readonly threads: number | null;
  readonly areas: number;
  /** The cause with the most areas. */
  readonly largest: Cause | null;
  readonly largestAreas: number;
}

export interface AllReport {
  readonly limit: number;
  /** The fullest first. */
  readonly processes: readonly ProcessLine[];
  /** Processes this user may not look into. */
  readonly notPermitted: number;
}

/** The survey; at most `most` processes are listed. */
export function allText(report: AllReport, most: number, terminal: Terminal): string {
  const { colors } = terminal;
  const { limit, processes, notPermitted } = report;
  const listed = processes.slice(0, most);
  const areas = processes.reduce((sum, line) => sum + line.areas, 0);
  const rows = listed.map((line) => {
    const share = percent(line.areas, limit);
    const paint = line.areas >= limit * 0.9 ? colors.red : line.areas >= limit * 0.5 ? colors.yellow : String;
    return [
      String(line.pid),
      paint(count(line.areas)),
      paint(share),
      line.threads === null ? "?" : count(line.threads),
      safe(line.command),
      line.largest === null ? "" : `${CAUSES[line.largest][0]} ${count(line.largestAreas)}`,
    ];
  });
  const body = table(
    [
      { title: "pid", align: "right" },
      { title: "areas", align: "right" },
      { title: "of limit", align: "right" },
      { title: "threads", align: "right" },
      { title: "command", shrinkTo: 8 },
      { title: "most of them", shrinkTo: 16 },
    ],
    rows,
    terminal,
  );
  const head = `${counted(processes.length, "process", "processes")}, ${counted(areas, "area")}; limit ${count(limit)} for each (vm.max_map_count)`;
  const foot: string[] = [];
  if (listed.length < processes.length)
    foot.push(`${count(processes.length - listed.length)} more; --limit N lists them`);
  if (notPermitted > 0)
    foot.push(`${counted(notPermitted, "process", "processes")} may not be read by this user; root sees all`);
  return `${colors.bold(head)}\n\n${body}${foot.map((line) => `${line}\n`).join("")}`;
}
