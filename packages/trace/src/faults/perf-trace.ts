/**
 * `perf script` text of exceptions:page_fault_user and page_fault_kernel, of the software event page-faults, and of
 * PERF_RECORD_MMAP2. Both `-F pid,tid,time,event,trace` and the default columns (with comm and CPU) are taken.
 */

import type { FaultRecord, MapRecord } from "./record.js";

// Repetitions are bounded everywhere, so that no hostile line makes a search quadratic.

/** `seconds.fraction: ` between the columns of the thread and the event. */
const TIME = /\s(\d{1,12})\.(\d{1,12}):\s{1,64}/;
/** The end of the columns before the time: `pid[/tid] [[cpu]]`. */
const THREAD = /(-?\d{1,10})(?:\/(-?\d{1,10}))?(?:\s{1,64}\[\d{1,6}\])?$/;
const FAULT =
  /^(?:exceptions:)?page_fault_(user|kernel): address=(0x[0-9a-f]+|\S+) .{0,512}error_code=(0x[0-9a-f]+)/;
const SOFTWARE_FAULT = /^page-faults(?::\w+)?:\s+(?:0x)?([0-9a-f]+)(?:\s|$)/;
const MMAP2 =
  /^PERF_RECORD_MMAP2 (-?\d+)\/(-?\d+): \[(0x[0-9a-f]+)\((0x[0-9a-f]+)\) @ (0|0x[0-9a-f]+) [^\]]*\]: ([r-][w-][x-][ps]) (.*)$/;
const LOST = /PERF_RECORD_LOST(?:_SAMPLES)? lost (\d+)/;

/** What one line of perf script is. */
export type PerfLine = "fault" | "map" | "other" | { readonly lost: number } | null;

/**
 * Reads one line of perf script into one of the records. Returns which, "other" for another event, the number of
 * lost events, or null when the line is not of perf script.
 */
export function parsePerfLine(line: string, fault: FaultRecord, map: MapRecord): PerfLine {
  const time = TIME.exec(line);
  const thread = time === null ? null : THREAD.exec(line.slice(0, time.index).trimEnd());
  if (time === null || thread === null) return line.trim() === "" || line.startsWith("#") ? "other" : null;
  const event = line.slice(time.index + time[0].length);
  const mmap2 = MMAP2.exec(event);
  if (mmap2 !== null) {
    setTime(map, time);
    map.pid = Number(mmap2[1]);
    map.tid = Number(mmap2[2]);
    map.start = Number(mmap2[3]);
    map.length = Number(mmap2[4]);
    map.offset = Number(mmap2[5]);
    map.permissions = mmap2[6]!;
    map.file = mmap2[7]!;
    return "map";
  }
  const lost = LOST.exec(event);
  if (lost !== null) return { lost: Number(lost[1]) };
  const match = FAULT.exec(event) ?? SOFTWARE_FAULT.exec(event);
  if (match === null) return "other";
  setTime(fault, time);
  const first = Number(thread[1]);
  fault.pid = thread[2] === undefined ? 0 : first;
  fault.tid = thread[2] === undefined ? first : Number(thread[2]);
  if (match[3] === undefined) {
    fault.address = Number.parseInt(match[1]!, 16);
    fault.errorCode = -1;
    fault.fromKernel = false;
    return "fault";
  }
  // A name instead of a number is an address of the kernel, which no area of the program holds.
  fault.address = Number(match[2]);
  if (Number.isNaN(fault.address)) return "other";
  fault.errorCode = Number(match[3]);
  fault.fromKernel = match[1] === "kernel";
  return "fault";
}

function setTime(record: { seconds: number; nanoseconds: number }, time: RegExpExecArray): void {
  record.seconds = Number(time[1]);
  record.nanoseconds = Number(time[2]!.slice(0, 9).padEnd(9, "0"));
}
