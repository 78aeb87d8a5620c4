/** How near a process is to each limit of its memory, which call fails first, and what limit would do. */

import { readFileSync } from "node:fs";
import type { MapTarget } from "../input/map-target.js";
import { readSetting, resourceLimits } from "../input/process.js";
import { type RehearsedCall, rehearse } from "./rehearsal.js";
import { ANONYMOUS_BYTES, AREA_BYTES } from "./top.js";

export type LimitName =
  | "max_map_count"
  | "RLIMIT_AS"
  | "RLIMIT_DATA"
  | "RLIMIT_MEMLOCK"
  | "RLIMIT_STACK"
  | "CommitLimit";

export interface LimitRow {
  readonly name: LimitName;
  readonly unit: "areas" | "bytes";
  readonly used: number;
  /** Infinity for none. */
  readonly limit: number;
  /** The call that meets it first, and what it answers. */
  readonly call: string;
  readonly errno: string;
}

/** A value for vm.max_map_count. */
export interface LimitAdvice {
  readonly value: number;
  /** Kernel memory in bytes if every area is used: least and most. */
  readonly cost: { readonly least: number; readonly most: number };
  /** False when the limit in force is enough. */
  readonly raise: boolean;
}

export interface LimitsReport {
  readonly target: MapTarget;
  /** The nearest first. */
  readonly rows: readonly LimitRow[];
  readonly rehearsal: readonly RehearsedCall[];
  readonly advice: LimitAdvice;
  /** Areas a second over the life of the process; null when its age is unknown. */
  readonly averageGrowth: number | null;
}

/** Share of a limit from which it counts as near. */
export const NEAR = 0.9;

/** Used share of a limit. */
export function shareOf(row: LimitRow): number {
  return row.limit === 0 ? 1 : row.used / row.limit;
}

function meminfo(name: string): number | null {
  try {
    const text = readFileSync("/proc/meminfo", "utf8");
    const match = new RegExp(`^${name}:\\s*(\\d+) kB$`, "m").exec(text);
    return match === null ? null : Number(match[1]) * 1024;
  } catch {
    return null;
  }
}

function processRows(target: MapTarget): LimitRow[] {
  const { process } = target;
  if (process === null) return [];
  const limits = resourceLimits(process.pid);
  const { sizes } = process;
  const row = (
    name: LimitName,
    used: number | undefined,
    limit: number | undefined,
    call: string,
    errno: string,
  ): LimitRow[] =>
    used === undefined || limit === undefined ? [] : [{ name, unit: "bytes", used, limit, call, errno }];
  const stack = target.areas.find((area) => area.name === "[stack]");
  const rows = [
    ...row(
      "RLIMIT_AS",
      sizes.VmSize,
      limits.get("Max address space"),
      "mmap, brk, mremap that grow",
      "ENOMEM",
    ),
    ...row(
      "RLIMIT_DATA",
      sizes.VmData,
      limits.get("Max data size"),
      "brk, mmap of private writable memory",
      "ENOMEM",
    ),
    ...row(
      "RLIMIT_MEMLOCK",
      sizes.VmLck,
      limits.get("Max locked memory"),
      "mlock (mmap of locked memory: EAGAIN)",
      "ENOMEM",
    ),
    ...row(
      "RLIMIT_STACK",
      stack === undefined ? undefined : stack.end - stack.start,
      limits.get("Max stack size"),
      "the stack growing",
      "SIGSEGV",
    ),
  ];
  if (readSetting("/proc/sys/vm/overcommit_memory") === 2) {
    const used = meminfo("Committed_AS") ?? undefined;
    rows.push(
      ...row(
        "CommitLimit",
        used,
        meminfo("CommitLimit") ?? undefined,
        "mmap, brk, mprotect to writable",
        "ENOMEM",
      ),
    );
  }
  return rows;
}

/** The next power of two of at least `value`. */
function powerOfTwo(value: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, value)));
}

/** A limit with as much room again as is used, never below what a stock kernel has. */
function adviceFor(areas: number, limit: number): LimitAdvice {
  const enough = areas * 2 <= limit;
  const value = enough ? limit : Math.max(65536, powerOfTwo(areas * 2));
  return {
    value,
    cost: { least: value * AREA_BYTES, most: value * (AREA_BYTES + ANONYMOUS_BYTES) },
    raise: !enough,
  };
}

/** Looks at every limit that bounds the map. */
export function analyseLimits(target: MapTarget): LimitsReport {
  const { areas, limit, process } = target;
  const rows: LimitRow[] = [
    {
      name: "max_map_count",
      unit: "areas",
      used: areas.length,
      limit,
      call: "a split: mprotect, munmap, mlock of a part (madvise: EAGAIN)",
      errno: "ENOMEM",
    },
    ...processRows(target),
  ];
  rows.sort((a, b) => shareOf(b) - shareOf(a));
  const age = process?.age ?? null;
  return {
    target,
    rows,
    rehearsal: rehearse(areas, target.release ?? "6.18"),
    advice: adviceFor(areas.length, limit),
    averageGrowth: age === null || age < 1 ? null : areas.length / age,
  };
}
