/**
 * The recording bundle: a folder with meta.json, trace.strace[.gz], faults[.gz] (optional), snaps.jsonl (optional) and
 * the snapshots it names, smaps.{start,pre,mid,end}.<pid>[.<line>|.<n>][.gz].
 */

import { InputError, quoteForMessage } from "../input-error.js";

/** When a snapshot was taken. */
export type SnapshotKind =
  /** execve on the line has returned 0; no instruction of the new program has run. */
  | "start"
  /** execve is being entered on the line; the state before it. */
  | "pre"
  /** The call on the line is being entered; the state before it. */
  | "mid"
  /** exit_group is being entered on the line; the state before it. */
  | "end";

/** One line of snaps.jsonl. */
export interface SnapshotInfo {
  /** File name inside the bundle. */
  readonly file: string;
  readonly kind: SnapshotKind;
  /** Process whose memory it shows; 0 where nothing ties it to a line. */
  readonly pid: number;
  /** Thread whose call it is tied to, or 0. */
  readonly tid: number;
  /** 1-based line of the trace; 0 where nothing ties it to one: of a bare trace, or a start that was attached to. */
  readonly line: number;
  /**
   * Time at which reading it began and ended, on the trace's clock; null when the recorder did not note it.
   * Microseconds at best.
   */
  readonly from: TimePoint | null;
  readonly to: TimePoint | null;
  /** False: the memory changed while it was read, or the reader came late. A model that differs is not wrong then. */
  readonly usable: boolean;
}

/** A time as two integers, so that nanoseconds are exact. */
export interface TimePoint {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** What meta.json tells. Everything else in it is kept in `raw`. */
export interface RecordingMeta {
  readonly name: string;
  /** The program and its arguments as typed, or "". */
  readonly command: string;
  /** As `uname -r`, or "" when unknown. */
  readonly kernelRelease: string;
  /** As `uname -m`. */
  readonly arch: string;
  /** Bytes. */
  readonly pageSize: number;
  /** vm.max_map_count, or null. */
  readonly maxMapCount: number | null;
  /** vm.overcommit_memory, or null. */
  readonly overcommit: number | null;
  /** "always", "madvise", "never", or null. */
  readonly hugePages: string | null;
  readonly raw: Readonly<Record<string, unknown>>;
}

const SNAPSHOT_KINDS: ReadonlySet<string> = new Set(["start", "pre", "mid", "end"]);
/** Names of snapshot files: no folders, nothing hidden. */
const PLAIN_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}$/;
const MAX_SNAPSHOTS = 1_000_000;

function parseJson(text: string, file: string, line: number): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError(file, line, `not JSON: "${quoteForMessage(text.trim(), 60)}"`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InputError(file, line, "not a JSON object");
  }
  return value as Record<string, unknown>;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function countOf(value: unknown): number | null {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : null;
}

/**
 * Reads meta.json. Throws InputError when it is no JSON object, and when the recording is of another architecture or
 * page size than x86-64's: the rules of this library are x86-64's.
 */
export function parseMeta(text: string, file: string): RecordingMeta {
  const raw = parseJson(text, file, 0);
  const arch = textOf(raw.arch) || "x86_64";
  if (arch !== "x86_64") {
    throw new InputError(file, 0, `recorded on ${quoteForMessage(arch)}; only x86_64 is modelled`);
  }
  const pageSize = raw.page_size === undefined ? 4096 : countOf(raw.page_size);
  if (pageSize !== 4096) throw new InputError(file, 0, "page_size is not 4096 bytes");
  const notes = textOf(raw.kernel_notes);
  return {
    name: textOf(raw.name),
    command: textOf(raw.command),
    kernelRelease: textOf(raw.kernel_release),
    arch,
    pageSize,
    maxMapCount: countOf(raw.max_map_count),
    overcommit: countOf(raw.overcommit_memory),
    hugePages:
      textOf(raw.transparent_hugepage) ||
      /TRANSPARENT_HUGEPAGE \((always|madvise|never)\)/.exec(notes)?.[1] ||
      null,
    raw,
  };
}

/** A number of seconds with a fraction, as JSON has it, to the microsecond. */
function timeOf(value: unknown): TimePoint | null {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) return null;
  const seconds = Math.floor(value);
  const microseconds = Math.round((value - seconds) * 1e6);
  return microseconds === 1e6
    ? { seconds: seconds + 1, nanoseconds: 0 }
    : { seconds, nanoseconds: microseconds * 1000 };
}

/** Reads snaps.jsonl: one JSON object a line. Throws InputError (file, line, reason). */
export function parseSnapshots(text: string, file: string): SnapshotInfo[] {
  const snapshots: SnapshotInfo[] = [];
  const lines = text.split("\n");
  lines.forEach((content, index) => {
    if (content.trim() === "") return;
    const number = index + 1;
    const raw = parseJson(content, file, number);
    const name = textOf(raw.file);
    const kind = textOf(raw.kind);
    const pid = countOf(raw.pid);
    const line = countOf(raw.line);
    if (!PLAIN_NAME.test(name)) throw new InputError(file, number, `"file" is not a plain file name`);
    if (!SNAPSHOT_KINDS.has(kind)) throw new InputError(file, number, `"kind" is not start, pre, mid or end`);
    if (pid === null) throw new InputError(file, number, `"pid" is not a number`);
    if (line === null) throw new InputError(file, number, `"line" is not a number`);
    if (snapshots.length >= MAX_SNAPSHOTS) throw new InputError(file, number, "too many snapshots");
    const to = timeOf(raw.time);
    snapshots.push({
      file: name,
      kind: kind as SnapshotKind,
      pid,
      tid: countOf(raw.tid) ?? pid,
      line,
      from: timeOf(raw.t0) ?? to,
      to,
      usable: raw.usable !== false,
    });
  });
  return snapshots;
}

/** One line of snaps.jsonl, without newline. */
export function formatSnapshot(info: SnapshotInfo): string {
  const seconds = (time: TimePoint | null): number | null =>
    time === null ? null : Number(`${time.seconds}.${String(time.nanoseconds).padStart(9, "0")}`);
  const { file, kind, pid, tid, line, usable } = info;
  return JSON.stringify({
    file,
    kind,
    pid,
    tid,
    line,
    t0: seconds(info.from),
    time: seconds(info.to),
    usable,
  });
}
