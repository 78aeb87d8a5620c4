/** Opening a recording: a bundle folder, or a bare strace file with its snapshots. Needs Node. */

import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../input-error.js";
import { type SmapsArea, SmapsReader } from "../proc/smaps.js";
import { inputErrorOf, openSource, readSource } from "../source.js";
import { parseMeta, parseSnapshots, type RecordingMeta, type SnapshotInfo } from "./format.js";

/** A recording, opened. Nothing big has been read yet. */
export interface Recording {
  /** What the user named: a folder or a file. */
  readonly path: string;
  readonly meta: RecordingMeta;
  /** In the order of snaps.jsonl. */
  readonly snapshots: readonly SnapshotInfo[];
  /** Name of the trace for messages. */
  readonly traceFile: string;
  /** Size of the trace file in bytes (compressed if it is), for progress. */
  readonly traceBytes: number;
  readonly hasFaults: boolean;
  readonly faultsFile: string | null;
  /** The trace's bytes. */
  trace(): AsyncIterable<Uint8Array>;
  /** The fault file's bytes; empty without one. */
  faults(): AsyncIterable<Uint8Array>;
  /** The areas of one snapshot. */
  snapshot(info: SnapshotInfo): Promise<readonly SmapsArea[]>;
}

const META_FILE = "meta.json";
const SNAPSHOTS_FILE = "snaps.jsonl";
const TRACE_NAMES = ["trace.strace.gz", "trace.strace"];
const FAULT_NAMES = ["faults.gz", "faults"];
/** Limit of the small JSON files. */
const MAX_JSON_BYTES = 256 * 1024 * 1024;

async function sizeOf(path: string): Promise<number | null> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? null : found.size;
  } catch {
    return null;
  }
}

async function firstOf(folder: string, names: readonly string[]): Promise<string | null> {
  for (const name of names) if ((await sizeOf(join(folder, name))) !== null) return join(folder, name);
  return null;
}

async function readSmall(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MAX_JSON_BYTES) throw new InputError(path, 0, "is too large");
    return await readFile(path, "utf8");
  } catch (error) {
    throw inputErrorOf(error, path);
  }
}

/** The areas of a smaps file, gzip'd or not. Throws InputError (file, line, reason). */
export async function readSmapsFile(path: string): Promise<readonly SmapsArea[]> {
  const areas: SmapsArea[] = [];
  await readSource(path, new SmapsReader((area) => areas.push(area), { file: path }));
  if (areas.length === 0) throw new InputError(path, 0, "holds no areas");
  return areas;
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** Opens a bundle folder. Throws InputError naming what is missing or wrong. */
export async function openBundle(folder: string): Promise<Recording> {
  const metaFile = join(folder, META_FILE);
  const traceFile = await firstOf(folder, TRACE_NAMES);
  if ((await sizeOf(metaFile)) === null) {
    const what =
      traceFile === null ? "is no recording: it has neither meta.json nor trace.strace" : "has no meta.json";
    throw new InputError(folder, 0, what);
  }
  const meta = parseMeta(await readSmall(metaFile), metaFile);
  if (traceFile === null) throw new InputError(folder, 0, "has no trace.strace or trace.strace.gz");
  const snapshotsFile = join(folder, SNAPSHOTS_FILE);
  const snapshots =
    (await sizeOf(snapshotsFile)) === null
      ? []
      : parseSnapshots(await readSmall(snapshotsFile), snapshotsFile);
  for (const { file } of snapshots) {
    if ((await sizeOf(join(folder, file))) === null) {
      throw new InputError(join(folder, file), 0, "no such file, although snaps.jsonl names it");
    }
  }
  const faultsFile = await firstOf(folder, FAULT_NAMES);
  return {
    path: folder,
    meta,
    snapshots,
    traceFile,
    traceBytes: (await sizeOf(traceFile)) ?? 0,
    hasFaults: faultsFile !== null,
    faultsFile,
    trace: () => openSource(traceFile),
    faults: () => (faultsFile === null ? nothing() : openSource(faultsFile)),
    snapshot: (info) => readSmapsFile(join(folder, info.file)),
  };
}

/** What goes with a bare strace file. */
export interface BareTraceOptions {
  /** smaps of the program right after its exec, or at the moment strace was attached. */
  readonly start: string;
  /** smaps of the program when it was about to exit. */
  readonly end?: string;
  /** Release of the kernel that made it, as `uname -r`. */
  readonly kernelRelease?: string;
  /** A fault trace in any format FaultReader takes, on the clock of the trace. */
  readonly faults?: string;
}

/**
 * A bare strace file with the smaps of its first program, as a recording. The snapshots are tied to the trace by what
 * they are: `start` to the first exec that works (or the first line), `end` to the exit of that program. Their lines
 * and pids are 0.
 */
export async function openBareTrace(traceFile: string, options: BareTraceOptions): Promise<Recording> {
  const size = await sizeOf(traceFile);
  if (size === null && traceFile !== "-") throw new InputError(traceFile, 0, "no such file");
  const files = new Map<SnapshotInfo, string>();
  const tie = (kind: "start" | "end", file: string): SnapshotInfo => {
    const info = { file, kind, pid: 0, tid: 0, line: 0, from: null, to: null, usable: true };
    files.set(info, file);
    return info;
  };
  const snapshots = [tie("start", options.start)];
  if (options.end !== undefined) snapshots.push(tie("end", options.end));
  const { faults } = options;
  return {
    path: traceFile,
    meta: parseMeta(JSON.stringify({ kernel_release: options.kernelRelease ?? "" }), traceFile),
    snapshots,
    traceFile,
    traceBytes: size ?? 0,
    hasFaults: faults !== undefined,
    faultsFile: faults ?? null,
    trace: () => openSource(traceFile),
    faults: () => (faults === undefined ? nothing() : openSource(faults)),
    snapshot: (info) => readSmapsFile(files.get(info) ?? info.file),
  };
}
