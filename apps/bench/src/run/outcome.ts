// What a run leaves: samples of every contender, the machine, the command. Written and read as JSON.
import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import type { Case, Unit } from "./case.js";
import type { KeysName } from "./keys.js";

export interface Entry {
  readonly contender: string;
  /** One per round, in the unit of the case; times are CPU time. */
  readonly samples: number[];
  /** Wall time of the same rounds, ns per operation. */
  readonly wall: number[];
  checksum: number;
  /** Operations in one round. */
  operations: number;
}

/** One case at one size. */
export interface Outcome {
  readonly suite: Case["suite"];
  readonly name: string;
  readonly title: string;
  readonly unit: Unit;
  readonly n: number;
  readonly entries: Entry[];
  /** Who took no part, and why. */
  readonly missing: readonly { readonly contender: string; readonly why: string }[];
}

export interface Machine {
  readonly processor: string;
  readonly processors: number;
  readonly memoryMiB: number;
  readonly kernel: string;
  readonly node: string;
}

export interface Run {
  readonly format: "vma-bench/1";
  readonly date: string;
  readonly command: string;
  readonly machine: Machine;
  readonly pinned: boolean;
  readonly rounds: number;
  /** What the ranges' keys were; only where ranges were measured. */
  readonly keys?: KeysName;
  readonly outcomes: Outcome[];
}

export function thisMachine(): Machine {
  const all = cpus();
  return {
    processor: all[0]?.model.trim() ?? "unknown",
    processors: all.length,
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    kernel: `${process.platform} ${release()}`,
    node: process.version,
  };
}

/** A file that is no run. */
export class BadRun extends Error {
  override readonly name: string = "BadRun";
}

/** Reads a run. Throws BadRun naming the file and what is wrong with it. */
export function readRun(file: string): Run {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new BadRun(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const wrong = faultOf(value);
  if (wrong !== null) throw new BadRun(`${file}: ${wrong}`);
  return value as Run;
}

function faultOf(value: unknown): string | null {
  if (!isRecord(value) || value.format !== "vma-bench/1")
    return "not a run of this benchmark (format vma-bench/1)";
  if (!Array.isArray(value.outcomes)) return "has no list of outcomes";
  for (const [index, outcome] of value.outcomes.entries()) {
    const where = `outcome ${index + 1}`;
    if (!isRecord(outcome)) return `${where} is no record`;
    for (const field of ["suite", "name", "title", "unit"]) {
      if (typeof outcome[field] !== "string") return `${where} has no ${field}`;
    }
    if (typeof outcome.n !== "number") return `${where} has no size`;
    if (!Array.isArray(outcome.entries)) return `${where} has no entries`;
    for (const entry of outcome.entries) {
      if (!isRecord(entry) || typeof entry.contender !== "string")
        return `${where} has an entry without a contender`;
      const { samples } = entry;
      if (!Array.isArray(samples) || !samples.every((sample) => Number.isFinite(sample))) {
        return `${where}: the samples of ${entry.contender} are no numbers`;
      }
    }
  }
  return null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
