/** `vma record`: runs a program under strace, copies its map at the moments that matter, and saves a bundle. */

import type { ChildProcess } from "node:child_process";
import { createReadStream, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { BundleWriter } from "@vma/trace";
import { EXIT, type ExitCode } from "../exit-code.js";
import { notPossible, wrongUse } from "../failure.js";
import { hasProc, resourceLimits } from "../input/process.js";
import { bytes, count, counted } from "../output/amount.js";
import { safe } from "../output/escape.js";
import { progressBar } from "../output/progress.js";
import { measureOffset } from "../recorder/clock.js";
import { isForeground } from "../recorder/foreground.js";
import { recordingMeta } from "../recorder/meta.js";
import { type FaultCounts, faultLines, perfObstacle, perfPrefix } from "../recorder/perf.js";
import { checkPlace, placeFailure } from "../recorder/place.js";
import {
  FILTER,
  findProgram,
  looksForLeaks,
  startTracer,
  straceArguments,
  straceVersion,
  tracingFailure,
} from "../recorder/strace.js";
import { SnapshotTier, type TiedSnapshot } from "../recorder/tie.js";
import { linesFrom, traceLines } from "../recorder/trace-file.js";
import { Watcher } from "../recorder/watcher.js";
import type { Terminal } from "../terminal.js";

export interface RecordOptions {
  readonly output: string;
  readonly pid?: number;
  readonly faults: boolean;
  /** Hold every n-th call of each kind for a snapshot. */
  readonly every?: number;
  /** False makes strace stop at every system call. */
  readonly filter: boolean;
}

/** Snapshots of an attached process before one is quiet. */
const START_TRIES = 6;

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
  const hasLeakCheck = program[0] !== undefined && looksForLeaks(program[0]);
  if (options.filter && hasLeakCheck)
    terminal.note("vma: the program brings LeakSanitizer: strace stops at every call, which is slower");
  const obstacle = options.faults ? perfObstacle() : null;
  if (obstacle !== null) terminal.note(`vma: no page faults will be recorded: ${obstacle}`);
  const withFaults = options.faults && obstacle === null;
  const writer = new BundleWriter(options.output);
  let work = "";
  try {
    await writer.begin();
    // Beside the result: a temporary folder may be memory, and a trace may be larger than that.
    work = mkdtempSync(join(options.output, ".recording-"));
    return await new Recorder(
      program,
      { ...options, filter: options.filter && !hasLeakCheck },
      version,
      withFaults,
      work,
      writer,
      terminal,
    ).run();
  } catch (error) {
    if (work !== "") rmSync(work, { recursive: true, force: true });
    await writer.abandon();
    throw placeFailure(error, options.output);
  } finally {
    if (work !== "") rmSync(work, { recursive: true, force: true });
  }
}

class Recorder {
  readonly #command: readonly string[];
  readonly #options: RecordOptions;
  readonly #version: ReturnType<typeof straceVersion>;
  readonly #withFaults: boolean;
  readonly #work: string;
  readonly #writer: BundleWriter;
  readonly #trace: string;
  readonly #perfData: string;
  readonly #terminal: Terminal;
  readonly #offset: bigint = measureOffset();
  #said = "";
  /** Signals so far that ask for the end. */
  #interrupts = 0;

  constructor(
    command: readonly string[],
    options: RecordOptions,
    version: ReturnType<typeof straceVersion>,
    withFaults: boolean,
    work: string,
    writer: BundleWriter,
    terminal: Terminal,
  ) {
    this.#command = command;
    this.#options = options;
    this.#version = version;
    this.#withFaults = withFaults;
    this.#work = work;
    this.#writer = writer;
    this.#trace = join(work, "trace");
    this.#perfData = join(work, "perf.data");
    this.#terminal = terminal;
  }

  async run(): Promise<ExitCode> {
    const attach = this.#options.pid ?? null;
    const every = this.#options.every ?? 0;
    const args = straceArguments(
      {
        command: attach === null ? this.#command : null,
        pid: attach,
        output: this.#trace,
        every,
        filter: this.#options.filter,
      },
      this.#version,
    );
    const limits = attach === null ? resourceLimits(process.pid) : resourceLimits(attach);
    const tracer = startTracer(
      this.#withFaults ? perfPrefix(this.#perfData, attach) : [],
      args,
      attach === null,
    );
    const extra = attach === null ? [] : [attach];
    // Processes that were there before, or that strace lets be, may well have filters of their own.
    const tellUntraced = args.includes(FILTER) ? (pid: number) => this.#tellUntraced(pid) : null;
    const watcher = new Watcher(this.#work, tracer.pid ?? 0, extra, this.#offset, every > 0, tellUntraced);
    const status = await this.#watch(tracer, watcher, attach);
    return this.#save(watcher, args, limits, status);
  }

  /**
   * Waits for the tracer. Ctrl-C goes to the program, or ends the attachment, and what was recorded is kept; a second
   * one kills the program, so that strace still writes what it has; a third one kills strace.
   */
  async #watch(tracer: ChildProcess, watcher: Watcher, attach: number | null): Promise<string> {
    tracer.stderr?.on("data", (chunk: Buffer) => {
      this.#said = (this.#said + chunk.toString("utf8")).slice(-20_000);
    });
    const interrupt = (signal: NodeJS.Signals): void => {
      this.#interrupts += 1;
      if (this.#interrupts > 2) tracer.kill("SIGKILL");
      else if (attach !== null) tracer.kill("SIGINT");
      else if (this.#interrupts === 2) watcher.signal("SIGKILL");
      else if (signal !== "SIGINT" || !isForeground()) watcher.signal(signal);
      if (this.#interrupts === 1 && attach === null)
        this.#terminal.note("vma: waiting for the program to end; interrupt again to kill it");
    };
    const signals: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
    for (const signal of signals) process.on(signal, interrupt);
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
      for (const signal of signals) process.off(signal, interrupt);
    }
  }

  #tellUntraced(pid: number): void {
    this.#terminal.note(
      `vma: process ${pid} does not let itself be traced, and its memory calls fail because of strace's filter`,
    );
    this.#terminal.note(
      "     LeakSanitizer starts such a process at exit. If the program hangs, interrupt it and record with --no-filter.",
    );
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
    const writer = this.#writer;
    const { tied, tier } = await this.#saveTrace(watcher, this.#options.pid ?? null);
    if (tier.lines === 0) {
      const why = tracingFailure(this.#said);
      const said = safe(this.#said.trim().split("\n")[0] ?? "");
      const quiet = "It made no call that matters to its memory map in that time: record for longer.";
      throw why ?? notPossible("strace recorded nothing", said === "" ? quiet : said);
    }
    for (const { info, file } of tied) await writer.addSnapshot(info, createReadStream(file));
    const faults: FaultCounts | null = this.#withFaults ? { faults: 0, maps: 0, lost: 0 } : null;
    if (faults !== null)
      await writer.addFaults(faultLines(this.#perfData, watcher.pids, this.#offset, faults));
    await writer.finish(
      recordingMeta({
        output: this.#options.output,
        command: this.#command,
        pid: this.#options.pid ?? null,
        straceVersion: this.#version.text,
        straceArguments: args,
        limits,
        faults,
        lines: tier.lines,
        processes: watcher.pids,
        descriptors: watcher.descriptors,
        snapshots: tied.map(({ info }) => info),
        isInterrupted: this.#interrupts > 0,
      }),
    );
    this.#tell(watcher, tied, tier, faults, status);
    return EXIT.fine;
  }

  /** Saves the trace as it goes by, and ties the snapshots to its lines. */
  async #saveTrace(
    watcher: Watcher,
    attach: number | null,
  ): Promise<{ tied: readonly TiedSnapshot[]; tier: SnapshotTier }> {
    let source = traceLines(this.#trace, attach === null);
    let taken = watcher.snapshots;
    let start: TiedSnapshot | null = null;
    if (attach !== null) {
      const copies = taken.filter((one) => one.kind === "start" && one.pid === attach);
      const chosen = (await this.#firstQuiet(copies)) ?? copies.at(-1);
      if (chosen !== undefined) {
        source = linesFrom(source, chosen.from);
        const info = { kind: "start" as const, pid: 0, tid: 0, line: 0, from: null, to: null, usable: true };
        start = { info, file: chosen.file };
      }
      taken = taken.filter((one) => !copies.includes(one));
    }
    const tier = new SnapshotTier(taken);
    const size = statSync(this.#trace, { throwIfNoEntry: false })?.size;
    if (size === undefined) return { tied: [], tier };
    const progress = progressBar(this.#terminal, size);
    try {
      await this.#writer.addTrace(shown(tier.through(source), progress));
    } finally {
      progress.stop();
    }
    const tied = tier.end();
    return { tied: start === null ? tied : [start, ...tied], tier };
  }

  /** The first copy during which no memory call of the process was under way. */
  async #firstQuiet(copies: Watcher["snapshots"]): Promise<Watcher["snapshots"][number] | undefined> {
    if (copies.length === 0 || statSync(this.#trace, { throwIfNoEntry: false }) === undefined) return;
    // No thread is the one that was held: a memory call of any of them spoils the copy.
    const tier = new SnapshotTier(copies.map((copy) => ({ ...copy, tid: -1 })));
    for await (const chunk of traceLines(this.#trace, false)) tier.push(chunk);
    tier.end();
    const quiet = tier.firstQuiet?.file;
    return copies.find((copy) => copy.file === quiet);
  }

  #tell(
    watcher: Watcher,
    tied: readonly TiedSnapshot[],
    { lines, bytes: size }: SnapshotTier,
    faults: FaultCounts | null,
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
    const how =
      this.#interrupts > 0 ? "interrupted; kept what was recorded" : `the program ended with ${status}`;
    this.#terminal.note(`vma: ${how}: ${parts.join(", ")}`);
    this.#terminal.note(
      `vma: vma replay ${place}   vma why ${place}   vma ratchets ${place}   vma report ${place} -o report.html`,
    );
  }
}

/** The chunks, with a bar for those who wait. */
async function* shown(
  chunks: AsyncIterable<Uint8Array>,
  progress: ReturnType<typeof progressBar>,
): AsyncGenerator<Uint8Array> {
  let done = 0;
  for await (const chunk of chunks) {
    yield chunk;
    done += chunk.length;
    progress.update(done, `saving the trace, ${bytes(done)}`);
  }
}
