/** `vma record`: runs a program under strace, copies its map at the moments that matter, and saves a bundle. */

import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { release, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { BundleWriter } from "@vma/trace";
import { EXIT, type ExitCode } from "../exit-code.js";
import { notPossible, wrongUse } from "../failure.js";
import { hasProc, maxMapCount, readSetting, resourceLimits } from "../input/process.js";
import { bytes, count, counted } from "../output/amount.js";
import { safe } from "../output/escape.js";
import { measureOffset } from "../recorder/clock.js";
import { perfObstacle, perfPrefix, type RecordedFaults, readFaults } from "../recorder/perf.js";
import {
  findProgram,
  startTracer,
  straceArguments,
  straceVersion,
  tracingFailure,
} from "../recorder/strace.js";
import { SnapshotTier, type TiedSnapshot } from "../recorder/tie.js";
import { concatenated, linesFrom, traceLines } from "../recorder/trace-file.js";
import { Watcher } from "../recorder/watcher.js";
import type { Terminal } from "../terminal.js";

export interface RecordOptions {
  readonly output: string;
  readonly pid?: number;
  readonly faults: boolean;
  /** Hold every n-th call of each kind for a snapshot. */
  readonly every?: number;
}

/** Snapshots of an attached process before one is quiet. */
const START_TRIES = 6;

function checkPlace(folder: string): void {
  let entries: string[];
  try {
    entries = readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw wrongUse(`${safe(folder)}: is no folder that can be used`, "Choose another place with -o.");
  }
  if (entries.length > 0)
    throw wrongUse(`${safe(folder)}: the folder is not empty`, "Choose another place with -o.");
}

/** Runs the command. */
export async function record(
  command: readonly string[],
  options: RecordOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const attach = options.pid ?? null;
  if (command.length > 0 === (attach !== null)) {
    throw wrongUse(
      "give a program, or a process with -p",
      "vma record -o DIR -- PROGRAM ARGS   or   vma record -o DIR -p PID",
    );
  }
  if (process.platform !== "linux" || process.arch !== "x64" || !hasProc()) {
    throw notPossible("recording needs Linux on x86-64", "Record there; the folder replays anywhere.");
  }
  checkPlace(options.output);
  const [name, ...rest] = command;
  const program = name === undefined ? [] : [findProgram(name), ...rest];
  const version = straceVersion();
  const obstacle = options.faults ? perfObstacle() : null;
  if (obstacle !== null) terminal.note(`vma: no page faults will be recorded: ${obstacle}`);
  const withFaults = options.faults && obstacle === null;
  const work = mkdtempSync(join(tmpdir(), "vma-record-"));
  try {
    return await new Recorder(program, options, version, withFaults, work, terminal).run();
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

class Recorder {
  readonly #command: readonly string[];
  readonly #options: RecordOptions;
  readonly #version: ReturnType<typeof straceVersion>;
  readonly #withFaults: boolean;
  readonly #trace: string;
  readonly #perfData: string;
  readonly #terminal: Terminal;
  readonly #offset: bigint = measureOffset();
  #said = "";
  #interrupted = false;

  constructor(
    command: readonly string[],
    options: RecordOptions,
    version: ReturnType<typeof straceVersion>,
    withFaults: boolean,
    work: string,
    terminal: Terminal,
  ) {
    this.#command = command;
    this.#options = options;
    this.#version = version;
    this.#withFaults = withFaults;
    this.#trace = join(work, "trace");
    this.#perfData = join(work, "perf.data");
    this.#terminal = terminal;
  }

  async run(): Promise<ExitCode> {
    const attach = this.#options.pid ?? null;
    const every = this.#options.every ?? 0;
    const args = straceArguments(
      { command: attach === null ? this.#command : null, pid: attach, output: this.#trace, every },
      this.#version,
    );
    const limits = attach === null ? resourceLimits(process.pid) : resourceLimits(attach);
    const tracer = startTracer(
      this.#withFaults ? perfPrefix(this.#perfData, attach) : [],
      args,
      attach === null,
    );
    const watcher = new Watcher(tracer.pid ?? 0, attach === null ? [] : [attach], this.#offset, every > 0);
    const status = await this.#watch(tracer, watcher, attach);
    return this.#save(watcher, args, limits, status);
  }

  /** Waits for the tracer; Ctrl-C goes to the program, and what was recorded is kept. */
  async #watch(tracer: ChildProcess, watcher: Watcher, attach: number | null): Promise<string> {
    tracer.stderr?.on("data", (chunk: Buffer) => {
      this.#said = (this.#said + chunk.toString("utf8")).slice(-20_000);
    });
    const interrupt = (): void => {
      if (this.#interrupted) tracer.kill("SIGKILL");
      else if (attach !== null) tracer.kill("SIGINT");
      this.#interrupted = true;
    };
    process.on("SIGINT", interrupt);
    process.on("SIGTERM", interrupt);
    const ended = new Promise<string>((resolve, reject) => {
      tracer.on("error", reject);
      tracer.on("close", (code, signal) => resolve(signal === null ? `exit ${code}` : `signal ${signal}`));
    });
    watcher.start();
    if (attach !== null) await this.#copyAttached(watcher, attach, ended);
    try {
      return await ended;
    } finally {
      watcher.stop();
      process.off("SIGINT", interrupt);
      process.off("SIGTERM", interrupt);
    }
  }

  /** Copies the map a few times once strace has attached; a quiet copy is chosen later. */
  async #copyAttached(watcher: Watcher, pid: number, ended: Promise<string>): Promise<void> {
    let over = false;
    void ended.then(() => {
      over = true;
    });
    const pause = (milliseconds: number): Promise<void> =>
      new Promise((resolve) => setTimeout(resolve, milliseconds));
    const attached = (): boolean => {
      try {
        return !/^TracerPid:\t0$/m.test(readFileSync(`/proc/${pid}/status`, "latin1"));
      } catch {
        return false;
      }
    };
    for (let tries = 0; tries < 500 && !over && !attached(); tries += 1) await pause(10);
    for (let tries = 0; tries < START_TRIES && !over; tries += 1) {
      watcher.copyNow(pid);
      await pause(40);
    }
  }

  async #save(
    watcher: Watcher,
    args: readonly string[],
    limits: ReadonlyMap<string, number>,
    status: string,
  ): Promise<ExitCode> {
    const attach = this.#options.pid ?? null;
    const { chunks, tied, lines } = await this.#tie(watcher, attach);
    if (lines === 0) {
      const why = tracingFailure(this.#said);
      throw why ?? notPossible("strace recorded nothing", safe(this.#said.trim().split("\n")[0] ?? ""));
    }
    const writer = new BundleWriter(this.#options.output);
    await writer.begin();
    for (const { info, smaps } of tied) await writer.addSnapshot(info, smaps);
    const faults = this.#withFaults ? await readFaults(this.#perfData, watcher.pids, this.#offset) : null;
    const trace = concatenated(chunks);
    await writer.finish({
      meta: this.#meta(watcher, args, limits, tied, lines, faults),
      trace,
      ...(faults === null ? {} : { faults: faults.content }),
    });
    this.#tell(watcher, tied, lines, trace.length, faults, status);
    return EXIT.fine;
  }

  /** The trace that is kept, and the snapshots with their lines in it. */
  async #tie(
    watcher: Watcher,
    attach: number | null,
  ): Promise<{ chunks: Uint8Array[]; tied: TiedSnapshot[]; lines: number }> {
    let source = traceLines(this.#trace, attach === null);
    let taken = watcher.snapshots;
    let start: TiedSnapshot | null = null;
    if (attach !== null) {
      const copies = taken.filter((one) => one.kind === "start" && one.pid === attach);
      const quiet = await this.#firstQuiet(copies);
      const chosen = quiet ?? copies.at(-1);
      if (chosen !== undefined) {
        source = linesFrom(source, chosen.from);
        const info = { kind: "start" as const, pid: 0, tid: 0, line: 0, from: null, to: null, usable: true };
        start = { info, smaps: chosen.smaps };
      }
      taken = taken.filter((one) => !copies.includes(one));
    }
    const tier = new SnapshotTier(taken);
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of source) {
        chunks.push(chunk);
        tier.push(chunk);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
    const tied = tier.end();
    return { chunks, tied: start === null ? tied : [start, ...tied], lines: tier.lines };
  }

  /** The first copy during which no memory call of the process was under way. */
  async #firstQuiet(copies: Watcher["snapshots"]): Promise<Watcher["snapshots"][number] | undefined> {
    for (const copy of copies) {
      // No thread is the one that was held: a memory call of any of them spoils the copy.
      const tier = new SnapshotTier([{ ...copy, tid: -1 }]);
      for await (const chunk of traceLines(this.#trace, false)) tier.push(chunk);
      tier.end();
      if (!tier.touched) return copy;
    }
    return undefined;
  }

  #meta(
    watcher: Watcher,
    args: readonly string[],
    limits: ReadonlyMap<string, number>,
    tied: readonly TiedSnapshot[],
    lines: number,
    faults: RecordedFaults | null,
  ): Record<string, unknown> {
    const mode = /\[(\w+)\]/.exec(firstLine("/sys/kernel/mm/transparent_hugepage/enabled"))?.[1];
    return {
      name: basename(this.#options.output),
      command: this.#command.length > 0 ? this.#command.join(" ") : `process ${this.#options.pid}`,
      kernel_release: release(),
      arch: "x86_64",
      page_size: 4096,
      max_map_count: maxMapCount(),
      overcommit_memory: readSetting("/proc/sys/vm/overcommit_memory"),
      transparent_hugepage: mode ?? null,
      uname: firstLine("/proc/version"),
      limits: Object.fromEntries(
        [...limits].map(([name, value]) => [name, Number.isFinite(value) ? value : "unlimited"]),
      ),
      strace_version: this.#version.text,
      strace_options: args.join(" "),
      faults:
        faults === null ? null : "perf record -k CLOCK_MONOTONIC -c 1 -d, times moved to CLOCK_REALTIME",
      trace_lines: lines,
      fault_records: faults?.faults ?? 0,
      mmap2_records: faults?.maps ?? 0,
      lost_records: faults?.lost ?? 0,
      processes: [...watcher.pids].sort((a, b) => a - b),
      descriptors: Object.fromEntries(watcher.descriptors),
      snapshots: tied.length,
      snapshots_usable: tied.filter(({ info }) => info.usable).length,
      interrupted: this.#interrupted,
    };
  }

  #tell(
    watcher: Watcher,
    tied: readonly TiedSnapshot[],
    lines: number,
    size: number,
    faults: RecordedFaults | null,
    status: string,
  ): void {
    const usable = tied.filter(({ info }) => info.usable).length;
    const parts = [
      `${counted(lines, "line")} (${bytes(size)})`,
      counted(watcher.pids.size, "process", "processes"),
      `${counted(tied.length, "snapshot")}, ${count(usable)} usable`,
      faults === null
        ? "no page faults"
        : `${counted(faults.faults, "page fault")}, ${counted(faults.maps, "record")} of areas`,
    ];
    const place = safe(this.#options.output);
    const how = this.#interrupted
      ? "interrupted; kept what was recorded"
      : `the program ended with ${status}`;
    this.#terminal.note(`vma: ${how}: ${parts.join(", ")}`);
    this.#terminal.note(
      `vma: vma replay ${place}   vma why ${place}   vma ratchets ${place}   vma report ${place} -o report.html`,
    );
  }
}

function firstLine(path: string): string {
  try {
    return readFileSync(path, "utf8").split("\n", 1)[0] ?? "";
  } catch {
    return "";
  }
}
