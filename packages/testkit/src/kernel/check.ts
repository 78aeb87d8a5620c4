/** Random scripts on the running kernel and on the engine, compared after every call (Node only). */

import type { CorpusCase } from "../corpus/format.js";
import { type CorpusMismatch, replayCase } from "../corpus/run.js";
import { buildHelper } from "./build.js";
import { SCRIPT_FAMILIES, type ScriptFamily } from "./family.js";
import { emptyCase, generateScript, type ScriptStart } from "./generate.js";
import { SeededRandom } from "./random.js";
import { KernelHelper } from "./record.js";
import { shrinkScript } from "./shrink-script.js";
import { type RunningKernel, runningKernel } from "./system.js";

/** What a check is told. */
export interface KernelCheckOptions {
  /** Operations to run in all; 2000 by default. */
  readonly ops?: number;
  /** Decides every script; 1 by default. */
  readonly seed?: number;
  /** One family, or null for all that the system can run. */
  readonly family?: string | null;
  /** Failing scripts to shrink and keep; 3 by default. The check ends when it has found that many. */
  readonly keep?: number;
  /** Folder for the compiled helper. */
  readonly cache?: string;
  /** Called after every script with the operations run so far. */
  readonly onProgress?: (done: number, ops: number) => void;
}

/** A script on which kernel and engine part. */
export interface KernelMismatch {
  /** The shortest failing script found, with what the kernel did: one line of a corpus file. */
  readonly script: CorpusCase;
  readonly mismatch: CorpusMismatch;
  /** Steps of the script as it was made. */
  readonly originalSteps: number;
}

/** What a check found. */
export interface KernelReport {
  readonly release: string;
  /** Name of the profile the engine ran with. */
  readonly profile: string;
  /** False when no profile has been proven on this release and the nearest one was used. */
  readonly exact: boolean;
  readonly seed: number;
  readonly cases: number;
  /** Operations run and compared. */
  readonly operations: number;
  readonly byFamily: Readonly<Record<string, { cases: number; operations: number; mismatches: number }>>;
  /** Families left out, with what the system lacks. */
  readonly skipped: Readonly<Record<string, string>>;
  readonly mismatches: readonly KernelMismatch[];
}

/** Operations of one script. */
const SCRIPT_LENGTH = 60;
const SHRINK_TRIALS = 600;

/**
 * Runs random scripts until `ops` operations are done or `keep` failing scripts are found.
 *
 * Throws KernelUnavailable where there is no kernel to ask (no Linux, no compiler, no permission), RangeError for an
 * unknown family.
 */
export async function checkKernel(options: KernelCheckOptions = {}): Promise<KernelReport> {
  const { ops = 2000, seed = 1, family = null, keep = 3 } = options;
  if (family !== null && !Object.hasOwn(SCRIPT_FAMILIES, family)) {
    throw new RangeError(`family "${family}" is not one of ${Object.keys(SCRIPT_FAMILIES).join(", ")}`);
  }
  const helper = new KernelHelper(await buildHelper(options.cache));
  try {
    const kernel = await runningKernel(helper);
    const check = new Check(helper, kernel, seed);
    const chosen = Object.entries(SCRIPT_FAMILIES).filter(([name]) => family === null || name === family);
    const able = chosen.filter(([name, { needs = [] }]) => check.canRun(name, needs));
    while (able.length > 0 && check.operations < ops && check.mismatches.length < keep) {
      for (const [name, script] of able) {
        if (check.operations >= ops || check.mismatches.length >= keep) break;
        await check.runScript(name, script);
        options.onProgress?.(check.operations, ops);
      }
    }
    return {
      release: kernel.release,
      profile: kernel.profile.name,
      exact: kernel.exact,
      seed,
      cases: check.cases,
      operations: check.operations,
      byFamily: check.byFamily,
      skipped: check.skipped,
      mismatches: check.mismatches,
    };
  } finally {
    helper.close();
  }
}

class Check {
  readonly #helper: KernelHelper;
  readonly #kernel: RunningKernel;
  readonly #seed: number;
  readonly #starts: Map<string, CorpusCase["steps"]> = new Map();
  readonly byFamily: Record<string, { cases: number; operations: number; mismatches: number }> = {};
  readonly skipped: Record<string, string> = {};
  readonly mismatches: KernelMismatch[] = [];
  cases = 0;
  operations = 0;

  constructor(helper: KernelHelper, kernel: RunningKernel, seed: number) {
    this.#helper = helper;
    this.#kernel = kernel;
    this.#seed = seed;
  }

  /** Whether the system has what a family needs; notes what it lacks. */
  canRun(name: string, needs: readonly string[]): boolean {
    const missing = needs.filter((need) => !this.#kernel.offers.has(need));
    if (missing.length > 0) this.skipped[name] = `the system has no ${missing.join(", ")}`;
    return missing.length === 0;
  }

  async runScript(name: string, family: ScriptFamily): Promise<void> {
    this.cases += 1;
    const random = new SeededRandom(Math.imul(this.#seed, 0x9e3779b1) ^ Math.imul(this.cases, 0x85ebca6b));
    const id = `${name}-seed${this.#seed}-${this.cases}`;
    const start = await this.#start(name, family, random);
    const length = random.between(SCRIPT_LENGTH / 2, SCRIPT_LENGTH * 2);
    const script = generateScript(id, family, start, this.#kernel, random, length);
    const recorded = await this.#helper.record(script, family.policies === true);
    const { mismatch } = replayCase(recorded, this.#kernel);
    let counts = this.byFamily[name];
    if (counts === undefined) {
      counts = { cases: 0, operations: 0, mismatches: 0 };
      this.byFamily[name] = counts;
    }
    counts.cases += 1;
    counts.operations += recorded.steps.length;
    this.operations += recorded.steps.length;
    if (mismatch === null) return;
    counts.mismatches += 1;
    this.mismatches.push(await this.#shorten(script, mismatch, family));
  }

  /** What scripts of the family start from; asked of the kernel once. */
  async #start(name: string, family: ScriptFamily, random: SeededRandom): Promise<ScriptStart> {
    const pages = family.large === true ? 2048 : random.oneIn(5) ? random.pick([256, 512, 1024]) : 64;
    const start = { family: name, release: this.#kernel.release, initial: [], pages };
    if (family.kind === "arena") return start;
    let steps = this.#starts.get(family.kind);
    if (steps === undefined) {
      steps = (await this.#helper.record(emptyCase("start", family.kind, start), false)).steps;
      this.#starts.set(family.kind, steps);
    }
    return { ...start, initial: steps[0]?.vmas ?? [] };
  }

  async #shorten(script: CorpusCase, first: CorpusMismatch, family: ScriptFamily): Promise<KernelMismatch> {
    const withPolicies = family.policies === true;
    let best = { script, mismatch: first };
    const fails = async (shorter: CorpusCase): Promise<boolean> => {
      const recorded = await this.#helper.record(shorter, withPolicies);
      const { mismatch } = replayCase(recorded, this.#kernel);
      if (mismatch === null) return false;
      best = { script: { ...recorded, steps: recorded.steps.slice(0, mismatch.step + 1) }, mismatch };
      return true;
    };
    const cut = { ...script, steps: script.steps.slice(0, first.step + 1) };
    if (await fails(cut)) await shrinkScript(cut, fails, SHRINK_TRIALS);
    return { ...best, originalSteps: script.steps.length };
  }
}
