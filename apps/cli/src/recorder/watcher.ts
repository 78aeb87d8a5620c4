/** Watching traced threads through /proc: when strace holds one at a call of interest, its smaps is copied. */

import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SnapshotKind } from "@vma/trace";
import { realTime } from "./clock.js";

const SYS_EXECVE = 59;
const SYS_EXECVEAT = 322;
const SYS_EXIT_GROUP = 231;
/** mmap, mprotect, munmap, brk, mremap, madvise. */
const MIDDLE_CALLS: ReadonlySet<number> = new Set([9, 10, 11, 12, 25, 28]);
const POLL_MILLISECONDS = 2;
/** A stop that lasts this long is one that strace was asked to hold; on a busy machine an ordinary one takes a few. */
const HELD_MILLISECONDS = 10;
/** Who is without a tracer for so long will not get one. */
const UNTRACED_MILLISECONDS = 100;

/** A copy of smaps, not yet tied to a line of the trace. */
export interface TakenSnapshot {
  readonly kind: SnapshotKind;
  readonly pid: number;
  readonly tid: number;
  /** Nanoseconds since the epoch when reading began and ended. */
  readonly from: bigint;
  readonly to: bigint;
  /** The thread was still held when the copy was done. */
  readonly stillHeld: boolean;
  readonly threads: readonly number[];
  /** File that holds the copy until it is saved: there may be more copies than memory. */
  readonly file: string;
}

/** An open descriptor of a file that is mapped. */
export interface MappedDescriptor {
  readonly fd: number;
  readonly path: string;
  /** Open flags, octal, as fdinfo prints them. */
  readonly flags: string;
}

function text(path: string): string | null {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return null;
  }
}

function numbers(path: string): number[] {
  return (text(path) ?? "")
    .split(/\s+/)
    .filter((word) => word !== "")
    .map(Number);
}

function threadsOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [];
  }
}

/**
 * How often the thread has left the processor. Every stop adds one, so the same number twice means the same stop, even
 * where a loop makes one call with the same arguments again and again.
 */
function stopsOf(pid: number, tid: number): string {
  const status = text(`/proc/${pid}/task/${tid}/status`) ?? "";
  return [...status.matchAll(/^(?:non)?voluntary_ctxt_switches:\t(\d+)$/gm)]
    .map(([, times]) => times)
    .join("+");
}

/** What a held thread is doing, or null when it is not held by a tracer. */
function heldCall(pid: number, tid: number): { call: number; key: string; hasArguments: boolean } | null {
  const stat = text(`/proc/${pid}/task/${tid}/stat`);
  if (stat === null || stat[stat.lastIndexOf(")") + 2] !== "t") return null;
  const words = (text(`/proc/${pid}/task/${tid}/syscall`) ?? "").trim().split(" ");
  const call = Number(words[0]);
  if (words.length < 9 || !Number.isInteger(call)) return null;
  // Only there: an exec stops twice, and both stops are one event.
  const stop = MIDDLE_CALLS.has(call) ? stopsOf(pid, tid) : "";
  return {
    call,
    key: `${call} ${words[7]} ${words[8]} ${words[1]} ${stop}`,
    hasArguments: words[1] !== "0x0",
  };
}

/** System call filters of a process, and whether somebody traces it; null where the kernel does not say. */
function filtersOf(pid: number | "self"): { readonly filters: number; readonly isTraced: boolean } | null {
  const status = text(`/proc/${pid}/status`) ?? "";
  const filters = /^Seccomp_filters:\t(\d+)$/m.exec(status)?.[1];
  const tracer = /^TracerPid:\t(\d+)$/m.exec(status)?.[1];
  if (filters === undefined || tracer === undefined) return null;
  return { filters: Number(filters), isTraced: tracer !== "0" };
}

/** Descriptors of a process whose files it has mapped. */
function mappedDescriptors(pid: number, smaps: Uint8Array): MappedDescriptor[] {
  const mapped = new Set<string>();
  for (const match of Buffer.from(smaps)
    .toString("utf8")
    .matchAll(/^[0-9a-f]+-\S+ \S+ \S+ \S+ \d+ +(\/.*)$/gm)) {
    mapped.add(match[1] as string);
  }
  const found: MappedDescriptor[] = [];
  let names: string[];
  try {
    names = readdirSync(`/proc/${pid}/fd`);
  } catch {
    return [];
  }
  for (const name of names) {
    try {
      const path = readlinkSync(`/proc/${pid}/fd/${name}`);
      if (!mapped.has(path)) continue;
      const flags = /^flags:\s*(\d+)$/m.exec(text(`/proc/${pid}/fdinfo/${name}`) ?? "")?.[1] ?? "";
      found.push({ fd: Number(name), path, flags });
    } catch {
      // Closed in the meantime.
    }
  }
  return found;
}

/** The process and its descendants, each with its threads, as far as they can be seen now. */
function* family(roots: readonly number[]): Generator<{ readonly pid: number; readonly tids: number[] }> {
  const waiting = [...roots];
  const seen = new Set<number>();
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    if (seen.has(pid)) continue;
    seen.add(pid);
    const tids = threadsOf(pid);
    for (const tid of tids) waiting.push(...numbers(`/proc/${pid}/task/${tid}/children`));
    yield { pid, tids };
  }
}

/** Polls the descendants of one process until stopped. */
export class Watcher {
  readonly snapshots: TakenSnapshot[] = [];
  /** Processes seen under the tracer. */
  readonly pids: Set<number> = new Set();
  readonly descriptors: Map<number, MappedDescriptor[]> = new Map();
  readonly #folder: string;
  readonly #root: number;
  readonly #extra: readonly number[];
  readonly #offset: bigint;
  readonly #middle: boolean;
  /** What each thread was last found held at, and whether that has been seen to. */
  readonly #last: Map<number, { readonly key: string; readonly since: number; done: boolean }> = new Map();
  readonly #tellUntraced: ((pid: number) => void) | null;
  readonly #ownFilters: number = filtersOf("self")?.filters ?? Infinity;
  /** When a process was first seen; infinite once it has been asked for its tracer. */
  readonly #met: Map<number, number> = new Map();
  #timer: NodeJS.Timeout | null = null;

  /**
   * @param folder where copies are kept
   * @param root process whose descendants are watched (strace, or perf above it)
   * @param extra processes that were attached to
   * @param tellUntraced is called with each process that has strace's filter and no tracer; null where strace has none
   */
  constructor(
    folder: string,
    root: number,
    extra: readonly number[],
    offset: bigint,
    middle: boolean,
    tellUntraced: ((pid: number) => void) | null,
  ) {
    this.#folder = folder;
    this.#root = root;
    this.#extra = extra;
    this.#offset = offset;
    this.#middle = middle;
    this.#tellUntraced = tellUntraced;
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), POLL_MILLISECONDS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Sends a signal to the traced processes, not to what traces them. */
  signal(name: NodeJS.Signals): void {
    for (const { pid } of family([this.#root])) {
      if (pid === this.#root || text(`/proc/${pid}/comm`) === "strace\n") continue;
      try {
        process.kill(pid, name);
      } catch {
        // It has ended.
      }
    }
  }

  /** Copies the map of an attached process as it is now. */
  copyNow(pid: number): void {
    this.pids.add(pid);
    this.#copy("start", pid, pid, () => true);
  }

  #look(): void {
    for (const { pid, tids } of family([this.#root, ...this.#extra])) {
      if (pid === this.#root) continue;
      for (const tid of tids) this.#lookAt(pid, tid);
      if (this.#tellUntraced !== null) this.#lookForTracer(pid, this.#tellUntraced);
    }
  }

  #lookForTracer(pid: number, tell: (pid: number) => void): void {
    const now = performance.now();
    const since = this.#met.get(pid) ?? now;
    const isDue = now - since > UNTRACED_MILLISECONDS;
    this.#met.set(pid, isDue ? Infinity : since);
    if (!isDue) return;
    const found = filtersOf(pid);
    if (found !== null && !found.isTraced && found.filters > this.#ownFilters) tell(pid);
  }

  #lookAt(pid: number, tid: number): void {
    const held = heldCall(pid, tid);
    if (held === null) {
      this.#last.delete(tid);
      return;
    }
    const before = this.#last.get(tid);
    const seen = before?.key === held.key ? before : { key: held.key, since: performance.now(), done: false };
    if (seen.done) return;
    this.#last.set(tid, seen);
    this.pids.add(pid);
    const kind = this.#kindOf(held.call, held.hasArguments);
    // strace stops a thread for a moment at every call. One that it holds is still there some looks later.
    if (kind === "mid" && performance.now() - seen.since < HELD_MILLISECONDS) return;
    seen.done = true;
    if (kind !== null) this.#copy(kind, pid, tid, () => heldCall(pid, tid)?.key === held.key);
  }

  #kindOf(call: number, hasArguments: boolean): SnapshotKind | null {
    if (call === SYS_EXIT_GROUP) return "end";
    // An exec that has worked has wiped its arguments' registers.
    if (call === SYS_EXECVE || call === SYS_EXECVEAT) return hasArguments ? null : "start";
    return this.#middle && MIDDLE_CALLS.has(call) ? "mid" : null;
  }

  #copy(kind: SnapshotKind, pid: number, tid: number, isHeld: () => boolean): void {
    const threads = threadsOf(pid);
    const from = realTime(this.#offset);
    let smaps: Uint8Array;
    try {
      smaps = readFileSync(`/proc/${pid}/smaps`);
    } catch {
      return;
    }
    const to = realTime(this.#offset);
    if (smaps.length === 0) return;
    if (kind === "start") this.descriptors.set(pid, mappedDescriptors(pid, smaps));
    const stillHeld = isHeld();
    const file = join(this.#folder, `smaps.${this.snapshots.length}`);
    writeFileSync(file, smaps);
    this.snapshots.push({ kind, pid, tid, from, to, stillHeld, threads, file });
  }
}
