/** What /proc tells of a running process and its system, with races and permissions put into words. */

import { readdirSync, readFileSync } from "node:fs";
import { notPossible } from "../failure.js";

/** Lines of /proc/PID/status and stat that matter to its memory map. Bytes. */
export interface ProcessInfo {
  readonly pid: number;
  /** The thread's name, at most 15 bytes. */
  readonly command: string;
  readonly threads: number | null;
  readonly uid: number | null;
  /** VmSize, VmPeak, VmData, VmLck, VmRSS, VmPTE in bytes, where printed. */
  readonly sizes: Readonly<Record<string, number>>;
  /** Seconds since the process began. */
  readonly age: number | null;
}

/** Whether this machine has a /proc with memory maps. */
export function hasProc(): boolean {
  try {
    readFileSync("/proc/self/maps");
    return true;
  } catch {
    return false;
  }
}

/** The reason why a file of /proc/PID cannot be read, as a failure that says what to do. */
export function procFailure(error: unknown, pid: number): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ESRCH") {
    return notPossible(
      `process ${pid} does not exist, or ended while it was read`,
      "vma top --all lists those that run.",
    );
  }
  if (code === "EACCES" || code === "EPERM") {
    return notPossible(
      `not permitted to read the memory map of process ${pid}`,
      "Run as the same user or as root (the kernel asks for ptrace access).",
    );
  }
  return error as Error;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

/** What status and stat say. Throws a Failure when the process is gone. */
export function processInfo(pid: number): ProcessInfo {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, "utf8");
  } catch (error) {
    throw procFailure(error, pid);
  }
  const field = (name: string): string | null =>
    new RegExp(`^${name}:\\s*(.*)$`, "m").exec(status)?.[1] ?? null;
  const sizes: Record<string, number> = {};
  for (const match of status.matchAll(/^(Vm[A-Za-z]+):\s*(\d+) kB$/gm)) {
    sizes[match[1] as string] = Number(match[2]) * 1024;
  }
  const threads = field("Threads");
  const uid = field("Uid")?.split(/\s+/)[0];
  return {
    pid,
    command: field("Name") ?? "?",
    threads: threads === null ? null : Number(threads),
    uid: uid === undefined ? null : Number(uid),
    sizes,
    age: ageOf(pid),
  };
}

const TICKS_PER_SECOND = 100;

function ageOf(pid: number): number | null {
  const stat = readText(`/proc/${pid}/stat`);
  const uptime = readText("/proc/uptime");
  if (stat === null || uptime === null) return null;
  // The name in brackets may hold anything, brackets too.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const started = Number(fields[19]) / TICKS_PER_SECOND;
  const age = Number(uptime.split(" ")[0]) - started;
  return Number.isFinite(age) && age >= 0 ? age : null;
}

/** Every process id in /proc, ascending. */
export function processIds(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/** A number from a file of one line, or null. */
export function readSetting(path: string): number | null {
  const text = readText(path)?.trim();
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : null;
}

/** vm.max_map_count of the running system, or null. */
export function maxMapCount(): number | null {
  return readSetting("/proc/sys/vm/max_map_count");
}

/** Soft limits of /proc/PID/limits by name, in the units printed; Infinity for unlimited. */
export function resourceLimits(pid: number): ReadonlyMap<string, number> {
  const limits = new Map<string, number>();
  for (const line of (readText(`/proc/${pid}/limits`) ?? "").split("\n")) {
    const match = /^(Max .+?) {2,}(\S+) +(\S+)/.exec(line);
    if (match !== null)
      limits.set(match[1] as string, match[2] === "unlimited" ? Number.POSITIVE_INFINITY : Number(match[2]));
  }
  return limits;
}
