/** Page faults and the kernel's own records of areas, through perf where that is permitted. */

import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { encodeText, FaultReader, formatFault, formatMap } from "@vma/trace";

const EVENTS = "exceptions:page_fault_user,exceptions:page_fault_kernel";

/** Why perf cannot be used here, with what to do; null when it can. */
export function perfObstacle(): string | null {
  const version = spawnSync("perf", ["--version"], { encoding: "utf8" });
  if (version.error !== undefined || version.status !== 0) {
    return "perf is not installed (apt-get install linux-perf, dnf install perf)";
  }
  const tracefs = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"].some((folder) =>
    existsSync(`${folder}/events`),
  );
  if (!tracefs) return "tracefs is not mounted (mount -t tracefs none /sys/kernel/tracing)";
  const isRoot = process.getuid?.() === 0;
  let paranoid = 2;
  try {
    paranoid = Number(readFileSync("/proc/sys/kernel/perf_event_paranoid", "utf8"));
  } catch {
    return "this kernel has no perf events";
  }
  if (!isRoot && paranoid > -1) {
    return `kernel.perf_event_paranoid is ${paranoid}: run as root, or sysctl kernel.perf_event_paranoid=-1`;
  }
  const trial = spawnSync("perf", ["record", "-q", "-e", EVENTS, "-o", "/dev/null", "true"], {
    encoding: "utf8",
  });
  return trial.status === 0 ? null : (trial.stderr.trim().split("\n")[0] ?? "perf record does not work here");
}

/** What runs strace under perf, or beside a process it attaches to; data goes to `output`. */
export function perfPrefix(output: string, attach: number | null): string[] {
  return [
    "perf",
    "record",
    "-q",
    "-k",
    "CLOCK_MONOTONIC",
    "-m",
    "8M",
    "-c",
    "1",
    "-d",
    "-e",
    EVENTS,
    "-o",
    output,
    ...(attach === null ? [] : ["-p", String(attach)]),
    "--",
  ];
}

/** What was read of perf's data so far. */
export interface FaultCounts {
  faults: number;
  maps: number;
  lost: number;
}

/**
 * Turns perf's data into the lines of a bundle's fault file: those of `pids`, on the clock of the trace, in chunks.
 *
 * @param offset nanoseconds from CLOCK_MONOTONIC to CLOCK_REALTIME
 * @param counts is kept up to date; final once the chunks have come to their end
 */
export async function* faultLines(
  data: string,
  pids: ReadonlySet<number>,
  offset: bigint,
  counts: FaultCounts,
): AsyncGenerator<Uint8Array> {
  let lines: string[] = [];
  const seconds = Number(offset / 1_000_000_000n);
  const reader = new FaultReader(
    {
      fault: (record) => {
        if (!pids.has(record.pid)) return;
        counts.faults += 1;
        lines.push(`${formatFault(record)}\n`);
      },
      map: (record) => {
        if (!pids.has(record.pid)) return;
        counts.maps += 1;
        lines.push(`${formatMap(record)}\n`);
      },
    },
    {
      file: "perf script",
      format: "perf",
      timeOffset: { seconds, nanoseconds: Number(offset % 1_000_000_000n) },
    },
  );
  const script = spawn(
    "perf",
    [
      "script",
      "-i",
      data,
      "--ns",
      "--show-mmap-events",
      "--show-lost-events",
      "-F",
      "pid,tid,time,event,trace",
    ],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  for await (const chunk of script.stdout) {
    reader.push(chunk as Uint8Array);
    if (lines.length === 0) continue;
    yield encodeText(lines.join(""));
    lines = [];
  }
  counts.lost = reader.end().lost;
  if (lines.length > 0) yield encodeText(lines.join(""));
}
