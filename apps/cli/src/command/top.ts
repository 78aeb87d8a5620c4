/** `vma top`: areas against the limit, by cause; one process, a file, or all processes. */

import { hostname } from "node:os";
import { causesOf } from "../analysis/cause.js";
import { analyseTop } from "../analysis/top.js";
import { EXIT, type ExitCode } from "../exit-code.js";
import { Failure, notPossible, wrongUse } from "../failure.js";
import { type MapTarget, STOCK_MAX_MAP_COUNT, type TargetOptions } from "../input/map-target.js";
import { hasProc, maxMapCount, processIds, processInfo } from "../input/process.js";
import { openTarget, readProcessMap } from "../input/target.js";
import { counted } from "../output/amount.js";
import { type AreaRow, areaRows } from "../output/area-row.js";
import { safe, safeJson } from "../output/escape.js";
import { topAllJson, topJson } from "../output/json.js";
import { writeParquet } from "../output/parquet.js";
import { type AllReport, allText, type ProcessLine } from "../output/text/all.js";
import { topText } from "../output/text/top.js";
import { type Sample, sampleText } from "../output/text/watch.js";
import type { Terminal } from "../terminal.js";

export interface TopOptions extends TargetOptions {
  readonly json: boolean;
  readonly all: boolean;
  readonly ndjson: boolean;
  readonly parquet?: string;
  /** Seconds between samples. */
  readonly watch?: number;
  /** How many samples; without end when absent. */
  readonly samples?: number;
  /** Processes to list with --all. */
  readonly limit: number;
}

/** Runs the command. */
export async function top(
  given: string | undefined,
  options: TopOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (options.all === (given !== undefined)) {
    throw wrongUse(
      options.all ? "--all takes no target" : "nothing to look at",
      "vma top PID, vma top FILE, vma top - or vma top --all",
    );
  }
  if (options.watch !== undefined) return watch(given, options, terminal);
  if (options.ndjson || options.parquet !== undefined) return exportRows(given, options, terminal);
  if (given === undefined) return topAll(options, terminal);
  const report = analyseTop(await openTarget(given, terminal, options));
  await terminal.write(options.json ? `${safeJson(topJson(report))}\n` : topText(report, terminal));
  return EXIT.fine;
}

async function topAll(options: TopOptions, terminal: Terminal): Promise<ExitCode> {
  const report = await surveyProcesses();
  await terminal.write(
    options.json ? `${safeJson(topAllJson(report))}\n` : allText(report, options.limit, terminal),
  );
  return EXIT.fine;
}

/** Counts the areas of every process that may be read, the fullest first. */
async function surveyProcesses(): Promise<AllReport> {
  requireProc();
  const lines: ProcessLine[] = [];
  let notPermitted = 0;
  for (const pid of processIds()) {
    try {
      const { areas } = await readProcessMap(pid, "maps");
      const { command, threads } = processInfo(pid);
      const counts = new Map<string, number>();
      for (const cause of causesOf(areas, "maps")) counts.set(cause, (counts.get(cause) ?? 0) + 1);
      const largest = [...counts].sort((a, b) => b[1] - a[1])[0];
      lines.push({
        pid,
        command,
        threads,
        areas: areas.length,
        largest: (largest?.[0] ?? null) as ProcessLine["largest"],
        largestAreas: largest?.[1] ?? 0,
      });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.message.startsWith("not permitted")) notPermitted += 1;
    }
  }
  lines.sort((a, b) => b.areas - a.areas || a.pid - b.pid);
  return { limit: maxMapCount() ?? STOCK_MAX_MAP_COUNT, processes: lines, notPermitted };
}

function requireProc(): void {
  if (!hasProc())
    throw notPossible("there is no /proc with memory maps here", "Give a saved smaps file instead.");
}

/** The targets of an export one after another; processes that end or may not be read are passed over. */
async function* targetsOf(
  given: string | undefined,
  options: TopOptions,
  terminal: Terminal,
): AsyncGenerator<MapTarget> {
  if (given !== undefined) {
    yield await openTarget(given, terminal, options);
    return;
  }
  requireProc();
  let notPermitted = 0;
  for (const pid of processIds()) {
    try {
      yield await openTarget(String(pid), terminal, options);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.message.startsWith("not permitted")) notPermitted += 1;
    }
  }
  if (notPermitted > 0)
    terminal.note(`vma: ${notPermitted} processes may not be read by this user; root sees all`);
}

/** Characters of JSON lines written at once. */
const CHUNK = 64 * 1024;

/** One row an area, as lines of JSON or as a Parquet file. */
async function exportRows(
  given: string | undefined,
  options: TopOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const source = { host: hostname(), time: new Date() };
  let count = 0;
  async function* rows(): AsyncGenerator<AreaRow> {
    for await (const target of targetsOf(given, options, terminal)) {
      let lines = "";
      for (const row of areaRows(target, source)) {
        count += 1;
        if (options.ndjson) lines += `${safeJson(row)}\n`;
        if (lines.length > CHUNK) {
          await terminal.write(lines);
          lines = "";
        }
        yield row;
      }
      await terminal.write(lines);
    }
  }
  if (options.parquet === undefined) for await (const _ of rows());
  else {
    await writeParquet(options.parquet, rows());
    terminal.note(`vma: ${counted(count, "row")} written to ${safe(options.parquet)}`);
  }
  return EXIT.fine;
}

/** Samples again and again: how fast the areas grow, and when the limit is reached. */
async function watch(given: string | undefined, options: TopOptions, terminal: Terminal): Promise<ExitCode> {
  const seconds = options.watch ?? 1;
  const samples: Sample[] = [];
  let drawn = 0;
  for (let round = 0; options.samples === undefined || round < options.samples; round += 1) {
    if (round > 0) await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    let body: string;
    let sample: Sample;
    if (given === undefined) {
      const report = await surveyProcesses();
      sample = { time: Date.now(), areas: report.processes[0]?.areas ?? 0, limit: report.limit };
      body = allText(report, options.limit, terminal);
    } else {
      const report = analyseTop(await openTarget(given, terminal, options));
      sample = { time: Date.now(), areas: report.areas, limit: report.limit };
      body = topText(report, terminal);
    }
    samples.push(sample);
    // The first sample and the latest hundred tell the rate.
    if (samples.length > 101) samples.splice(1, 1);
    const line = sampleText(samples, terminal);
    if (!terminal.isInteractive) {
      await terminal.write(line);
      continue;
    }
    const text = `${line}\n${body}`;
    const up = drawn > 0 ? `\x1b[${drawn}A\x1b[J` : "";
    drawn = text.split("\n").length - 1;
    await terminal.write(up + text);
  }
  return EXIT.fine;
}
