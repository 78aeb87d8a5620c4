/** What a recording says of itself: meta.json, which a replay and whoever looks at the folder later read. */

import { readFileSync } from "node:fs";
import { release } from "node:os";
import { basename } from "node:path";
import { maxMapCount, readSetting } from "../input/process.js";
import type { FaultCounts } from "./perf.js";
import type { TiedSnapshot } from "./tie.js";
import type { MappedDescriptor } from "./watcher.js";

export interface RecordingFacts {
  /** The folder. */
  readonly output: string;
  /** Program and arguments; empty for a process that was attached to. */
  readonly command: readonly string[];
  readonly pid: number | null;
  readonly straceVersion: string;
  readonly straceArguments: readonly string[];
  readonly limits: ReadonlyMap<string, number>;
  /** Null where page faults were not recorded. */
  readonly faults: FaultCounts | null;
  readonly lines: number;
  readonly processes: ReadonlySet<number>;
  readonly descriptors: ReadonlyMap<number, readonly MappedDescriptor[]>;
  readonly snapshots: readonly TiedSnapshot["info"][];
  readonly isInterrupted: boolean;
}

/** The content of meta.json, the settings of this machine included. */
export function recordingMeta(facts: RecordingFacts): Record<string, unknown> {
  const mode = /\[(\w+)\]/.exec(firstLine("/sys/kernel/mm/transparent_hugepage/enabled"))?.[1];
  const { faults } = facts;
  return {
    name: basename(facts.output),
    command: facts.command.length > 0 ? facts.command.join(" ") : `process ${facts.pid}`,
    kernel_release: release(),
    arch: "x86_64",
    page_size: 4096,
    max_map_count: maxMapCount(),
    overcommit_memory: readSetting("/proc/sys/vm/overcommit_memory"),
    transparent_hugepage: mode ?? null,
    uname: firstLine("/proc/version"),
    limits: Object.fromEntries(
      [...facts.limits].map(([name, value]) => [name, Number.isFinite(value) ? value : "unlimited"]),
    ),
    strace_version: facts.straceVersion,
    strace_options: facts.straceArguments.join(" "),
    faults: faults === null ? null : "perf record -k CLOCK_MONOTONIC -c 1 -d, times moved to CLOCK_REALTIME",
    trace_lines: facts.lines,
    fault_records: faults?.faults ?? 0,
    mmap2_records: faults?.maps ?? 0,
    lost_records: faults?.lost ?? 0,
    processes: [...facts.processes].sort((a, b) => a - b),
    descriptors: Object.fromEntries(facts.descriptors),
    snapshots: facts.snapshots.length,
    snapshots_usable: facts.snapshots.filter(({ usable }) => usable).length,
    interrupted: facts.isInterrupted,
  };
}

function firstLine(path: string): string {
  try {
    return readFileSync(path, "utf8").split("\n", 1)[0] ?? "";
  } catch {
    return "";
  }
}
