/** Page faults and mappings as the kernel's own tracing tells them. */

/** One page fault. Readers reuse one record; copy what you keep. */
export class FaultRecord {
  seconds = 0;
  nanoseconds = 0;
  /** Process (thread group), or 0 when the trace does not tell. */
  pid = 0;
  tid = 0;
  /** The byte that was touched. */
  address = 0;
  /** x86 error code: bit 0 protection, bit 1 write, bit 2 user, bit 4 fetch; -1 when the trace does not tell. */
  errorCode = 0;
  /** The kernel touched the page on the program's behalf. */
  fromKernel = false;

  /** Whether it was a write; null when the trace does not tell. */
  get write(): boolean | null {
    return this.errorCode < 0 ? null : (this.errorCode & 2) !== 0;
  }
}

/**
 * One PERF_RECORD_MMAP2: the area that holds a new mapping right after mmap, mprotect, brk or exec, merges done.
 * Readers reuse one record; copy what you keep.
 */
export class MapRecord {
  seconds = 0;
  nanoseconds = 0;
  pid = 0;
  tid = 0;
  /** First byte of the area. */
  start = 0;
  /** Bytes. */
  length = 0;
  /** Offset in bytes: pgoff times the page size, also for memory without a file. */
  offset = 0;
  /** "rwxp"; the last letter is `s` for a shared mapping. */
  permissions = "";
  /** Path, "//anon", "[heap]", "[stack]", "[vdso]". */
  file = "";
}

/** What takes the records of a fault trace. */
export interface FaultHandler {
  fault(record: FaultRecord): void;
  map?(record: MapRecord): void;
}

/** Account of a fault trace: `lines` = faults + maps + ignored. */
export interface FaultTotals {
  lines: number;
  faults: number;
  maps: number;
  /** Other events, comments, blank lines. */
  ignored: number;
  /** Events the tracer says it lost. */
  lost: number;
}

const SECOND = 1_000_000_000;

function timeText(seconds: number, nanoseconds: number): string {
  return `${seconds}.${String(nanoseconds).padStart(9, "0")}`;
}

function hexText(value: number): string {
  return value === 0 ? "0" : `0x${value.toString(16)}`;
}

/** The line of a bundle's fault file for `record`, without newline. An unknown error code is written as `?`. */
export function formatFault(record: Readonly<FaultRecord>): string {
  const code = record.errorCode < 0 ? "?" : record.errorCode.toString(16);
  const { seconds, nanoseconds, pid, tid, address, fromKernel } = record;
  return `F ${timeText(seconds, nanoseconds)} ${pid} ${tid} 0x${address.toString(16)} ${code} ${fromKernel ? "k" : "u"}`;
}

/** The line of a bundle's fault file for `record`, without newline. Encode with encodeText. */
export function formatMap(record: Readonly<MapRecord>): string {
  const { seconds, nanoseconds, pid, tid, start, length, offset, permissions, file } = record;
  const range = `0x${start.toString(16)} 0x${length.toString(16)} ${hexText(offset)}`;
  return `M ${timeText(seconds, nanoseconds)} ${pid} ${tid} ${range} ${permissions} ${file.replaceAll("\n", "\\012")}`;
}

/** Adds an offset (seconds and nanoseconds, both may be negative) to a record's time. */
export function shiftTime(
  record: { seconds: number; nanoseconds: number },
  offset: { readonly seconds: number; readonly nanoseconds: number },
): void {
  const sum = record.nanoseconds + offset.nanoseconds;
  const carry = Math.floor(sum / SECOND);
  record.seconds += offset.seconds + carry;
  record.nanoseconds = sum - carry * SECOND;
}
