/**
 * Checking files of recorded decisions: every line is run on the engine it was recorded from and everything the
 * recording tells is compared.
 *
 * The work can be split: shard i of n takes every n-th scenario, counted over all files, and the reports of the n
 * shards add up to the report of the whole.
 */

import { InvariantError, type KernelProfile, profile } from "@vma/core/engine";
import { Cast } from "../host/cast.js";
import { checkedShard, isInShard, type Shard } from "../shard.js";
import {
  compareOutput,
  compareResult,
  type Difference,
  markedAreas,
  notDescribed,
  type TruthEngine,
} from "./compare.js";
import {
  type TruthBeforeAfter,
  type TruthDecision,
  TruthFormatError,
  type TruthInput,
  type TruthLine,
  type TruthOperation,
  type TruthOutput,
} from "./format.js";
import { parseTruthLine } from "./parse.js";
import { runDecision } from "./run.js";
import { runLegacyDecision } from "./run-legacy.js";

/** A file to check: its name, for messages, and its lines without line ends. */
export interface TruthSource {
  readonly name: string;
  readonly lines: AsyncIterable<string> | Iterable<string>;
}

/** Where the check stands. */
export interface TruthProgress {
  readonly file: string;
  /** Lines of this file read so far, other shards' included. */
  readonly lines: number;
  readonly scenarios: number;
  readonly mismatches: number;
}

export interface CheckOptions {
  readonly shard?: Shard | null;
  /** How many mismatches to keep whole (5); all are counted. */
  readonly keep?: number;
  /** Called every 2,000 lines and at the end of each file. */
  readonly onProgress?: (progress: TruthProgress) => void;
}

/** One scenario in which the engine did not do what was recorded. */
export interface Mismatch {
  readonly file: string;
  readonly line: number;
  readonly id: string;
  readonly op: string;
  /** Which of the runs of a joined line differed: "6.12", "legacy", ... */
  readonly engine: TruthEngine;
  readonly input: TruthInput;
  readonly expected: TruthOutput;
  readonly got: TruthOutput;
  readonly differences: readonly Difference[];
}

/** Counts of one file. */
export interface FileCount {
  readonly file: string;
  scenarios: number;
  mismatches: number;
  notCompared: number;
}

export interface TruthReport {
  /** Files whose turn it was in this shard; over all shards, every file once. */
  files: number;
  scenarios: number;
  mismatches: number;
  /** Fields left out because no rule describes them. */
  notCompared: number;
  /** The same by name of the field. */
  notComparedFields: Record<string, number>;
  perFile: FileCount[];
  /** The first mismatches, whole. */
  first: Mismatch[];
}

const PROGRESS_EVERY = 2000;
const KEEP = 5;

/** The engine whose decision a line records: by the prefix of its id, else by the name of its file. */
export function engineOf(line: Pick<TruthDecision, "id" | "out">, file: string): TruthEngine {
  const prefix = /^([a-z]+)-/.exec(line.id)?.[1] ?? "";
  if (prefix === "lmm") return "legacy-mmap";
  if (/^l(new|ex|mod|ext)$/.test(prefix)) return "legacy";
  if (/^k(new|ex)$/.test(prefix)) return "6.18-early";
  if (/^(new|ex|mod|ext|ops|cp|um)$/.test(prefix)) return "6.12";
  if (/legacy-mmap/.test(file)) return "legacy-mmap";
  if (/legacy/.test(file) || line.out.case !== undefined) return "legacy";
  return /rules618/.test(file) ? "6.18-early" : "6.12";
}

/** The operation of a joined line, which does not name it: a request with a range of an area, or a new range. */
function operationOf(input: TruthInput, entry: string): TruthOperation {
  if (entry === "legacy-modify") return "modify";
  if (entry === "legacy-extend") return "merge_extend";
  return input.vmg?.vma === null || input.vmg === undefined ? "new" : "existing";
}

/** Runs lines on the engines. Objects that lines name are shared between lines, address spaces are not. */
export class TruthChecker {
  readonly #cast: Cast = new Cast();
  readonly #current: KernelProfile = profile("6.12");
  readonly #early: KernelProfile = profile("6.18-early");

  /**
   * Runs `op` on one engine. An engine that contradicts itself is told as an outcome with the warning `threw`, which
   * no recording has.
   */
  run(engine: TruthEngine, op: TruthOperation, input: TruthInput): TruthOutput {
    try {
      return this.#run(engine, op, input);
    } catch (error) {
      if (!(error instanceof InvariantError)) throw error;
      return { ret: null, vmas: input.vmas, cnt: input.cnt, warn: [`threw ${error.message}`] };
    }
  }

  #run(engine: TruthEngine, op: TruthOperation, input: TruthInput): TruthOutput {
    if (engine === "6.12") return runDecision(this.#cast, this.#current, op, input);
    if (engine === "6.18-early") return runDecision(this.#cast, this.#early, op, input);
    return runLegacyDecision(this.#cast, this.#current, engine, op, input);
  }

  /** Checks one line; `left` is told the name of every field that was left out. */
  check(line: TruthLine, file: string, left: (field: string) => void): Omit<Mismatch, "file" | "line">[] {
    if (line.kind === "decision") return this.#decision(line, file, left);
    if (line.kind === "before-after") return this.#beforeAfter(line);
    const op = operationOf(line.in, "");
    return [
      ...this.#result(line.id, "6.12", op, line.in, line.out612),
      ...this.#result(line.id, "6.18-early", op, line.in, line.out618),
    ];
  }

  #decision(
    line: TruthDecision,
    file: string,
    left: (field: string) => void,
  ): Omit<Mismatch, "file" | "line">[] {
    const engine = engineOf(line, file);
    const got = this.run(engine, line.op, line.in);
    const skipped = notDescribed(engine, line.op, line.out);
    if (skipped !== null) left(skipped);
    const differences = compareOutput(line.out, got, skipped === null);
    if (differences.length === 0) return [];
    return [{ id: line.id, op: line.op, engine, input: line.in, expected: line.out, got, differences }];
  }

  #result(
    id: string,
    engine: TruthEngine,
    op: TruthOperation,
    input: TruthInput,
    expected: TruthOutput,
  ): Omit<Mismatch, "file" | "line">[] {
    const got = this.run(engine, op, input);
    const differences = compareResult(expected, got);
    return differences.length === 0 ? [] : [{ id, op, engine, input, expected, got, differences }];
  }

  #beforeAfter(line: TruthBeforeAfter): Omit<Mismatch, "file" | "line">[] {
    const op = operationOf(line.in, line.entry);
    const engine = line.entry === "legacy-mmap" ? "legacy-mmap" : "legacy";
    const found = this.#result(line.id, "6.12", op, line.in, line.outAfter);
    const after = this.run("6.12", op, line.in);
    const before = this.run(engine, op, line.in);
    const differences = compareResult(line.outBefore, before);
    if (before.case !== line.case) differences.push({ field: "case", expected: line.case, got: before.case });
    const sameMarks = markedAreas(after) === markedAreas(before);
    if (line.difference === "marks" && sameMarks) {
      differences.push({ field: "marks", expected: "other areas marked", got: markedAreas(before) });
    }
    if (differences.length > 0) {
      const { id, in: input, outBefore: expected } = line;
      found.push({ id, op, engine, input, expected, got: before, differences });
    }
    return found;
  }
}

/** Checks the lines of all sources (or of one shard) and counts. Throws TruthFormatError naming file and line. */
export async function checkTruth(
  sources: Iterable<TruthSource> | AsyncIterable<TruthSource>,
  options: CheckOptions = {},
): Promise<TruthReport> {
  const shard = checkedShard(options.shard);
  const keep = options.keep ?? KEEP;
  const report = emptyReport();
  const checker = new TruthChecker();
  let turn = 0;
  let fileTurn = 0;
  for await (const source of sources) {
    const file: FileCount = { file: source.name, scenarios: 0, mismatches: 0, notCompared: 0 };
    let number = 0;
    const tell = (): void =>
      options.onProgress?.({
        file: source.name,
        lines: number,
        scenarios: report.scenarios + file.scenarios,
        mismatches: report.mismatches + file.mismatches,
      });
    const left = (field: string): void => {
      file.notCompared += 1;
      report.notComparedFields[field] = (report.notComparedFields[field] ?? 0) + 1;
    };
    for await (const text of source.lines) {
      number += 1;
      if (text === "") continue;
      const isMine = isInShard(shard, turn);
      turn += 1;
      if (!isMine) continue;
      const found = checked(checker, text, source.name, number, left);
      file.scenarios += 1;
      if (found.length > 0) file.mismatches += 1;
      for (const mismatch of found) {
        if (report.first.length < keep) report.first.push({ file: source.name, line: number, ...mismatch });
      }
      if (number % PROGRESS_EVERY === 0) tell();
    }
    tell();
    if (isInShard(shard, fileTurn)) report.files += 1;
    fileTurn += 1;
    report.scenarios += file.scenarios;
    report.mismatches += file.mismatches;
    report.notCompared += file.notCompared;
    report.perFile.push(file);
  }
  return report;
}

function checked(
  checker: TruthChecker,
  text: string,
  file: string,
  number: number,
  left: (field: string) => void,
): Omit<Mismatch, "file" | "line">[] {
  try {
    return checker.check(parseTruthLine(text), file, left);
  } catch (error) {
    if (error instanceof TruthFormatError) throw new TruthFormatError(error.reason, file, number);
    // A tree or list that cannot even be built is no scenario; what the engine throws is its own contradiction.
    if (error instanceof RangeError) throw new TruthFormatError(error.message, file, number);
    throw error;
  }
}

function emptyReport(): TruthReport {
  return {
    files: 0,
    scenarios: 0,
    mismatches: 0,
    notCompared: 0,
    notComparedFields: {},
    perFile: [],
    first: [],
  };
}

/** Adds reports of shards up to the report of the whole. */
export function addReports(reports: Iterable<TruthReport>): TruthReport {
  const sum = emptyReport();
  const files = new Map<string, FileCount>();
  for (const report of reports) {
    sum.files += report.files;
    sum.scenarios += report.scenarios;
    sum.mismatches += report.mismatches;
    sum.notCompared += report.notCompared;
    for (const [field, times] of Object.entries(report.notComparedFields)) {
      sum.notComparedFields[field] = (sum.notComparedFields[field] ?? 0) + times;
    }
    for (const part of report.perFile) {
      const whole = files.get(part.file) ?? { file: part.file, scenarios: 0, mismatches: 0, notCompared: 0 };
      whole.scenarios += part.scenarios;
      whole.mismatches += part.mismatches;
      whole.notCompared += part.notCompared;
      files.set(part.file, whole);
    }
    sum.first.push(...report.first);
  }
  sum.perFile = [...files.values()];
  return sum;
}
