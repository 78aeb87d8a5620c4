/** ftrace's text (`/sys/kernel/tracing/trace`, `trace_pipe`) of the events page_fault_user and page_fault_kernel. */

import type { FaultRecord } from "./record.js";

/** `comm-tid [(tgid)] [cpu] flags seconds.fraction: event`; comm may hold anything. Repetitions are bounded. */
const LINE =
  /-(\d{1,10})\s{1,16}(?:\(\s{0,8}(\d{1,10}|-{1,10})\)\s{1,8})?\[\d{1,6}\]\s{1,8}(?:\S{1,16}\s{1,8})?(\d{1,12})\.(\d{1,12}): /;
const FAULT = /^page_fault_(user|kernel): address=(0x[0-9a-f]+|\S+) .{0,512}error_code=(0x[0-9a-f]+)/;
const LOST = /^CPU:\d+ \[LOST (\d+) EVENTS\]/;

/** As parsePerfLine. `pid` is 0 unless the option record-tgid was on. */
export function parseFtraceLine(
  line: string,
  fault: FaultRecord,
): "fault" | "other" | { readonly lost: number } | null {
  const match = LINE.exec(line);
  if (match === null) {
    const lost = LOST.exec(line);
    if (lost !== null) return { lost: Number(lost[1]) };
    return line.trim() === "" || line.startsWith("#") ? "other" : null;
  }
  const event = FAULT.exec(line.slice(match.index + match[0].length));
  if (event === null) return "other";
  fault.seconds = Number(match[3]);
  fault.nanoseconds = Number(match[4]!.slice(0, 9).padEnd(9, "0"));
  fault.tid = Number(match[1]);
  fault.pid = match[2] === undefined || match[2].startsWith("-") ? 0 : Number(match[2]);
  fault.address = Number(event[2]);
  if (Number.isNaN(fault.address)) return "other";
  fault.errorCode = Number(event[3]);
  fault.fromKernel = event[1] === "kernel";
  return "fault";
}
