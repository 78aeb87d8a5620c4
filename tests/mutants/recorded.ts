// What kernels are known to do, as one question that a process can ask again and again without loading anything anew:
// which scenario, recorded decision or recorded case is the first that the engine does not do? Quick answers first.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { profile } from "@vma/core/engine";
import { checkTruth, EngineDriver, runScenario } from "@vma/testkit";
import { type CorpusCase, parseCorpusLine, recordedKernel, replayCase } from "@vma/testkit/corpus";
import { EVERY_SCENARIO } from "../scenarios/every.js";

const data = fileURLToPath(new URL("../data/", import.meta.url));
/** Decisions checked before the next look at whether one was wrong. */
const BATCH = 500;

interface Decisions {
  readonly name: string;
  readonly lines: readonly string[];
}

const linesOf = (path: string): string[] =>
  gunzipSync(readFileSync(join(data, path)))
    .toString()
    .trimEnd()
    .split("\n");

/** The recorded decisions, short files first. */
const decisions: readonly Decisions[] = readdirSync(join(data, "truth"))
  .map((name) => ({ name, lines: linesOf(`truth/${name}`) }))
  .sort((a, b) => a.lines.length - b.lines.length);

/** The recorded cases that show the rules in which kernels differ. */
const witnesses: readonly CorpusCase[] = linesOf("corpus/witness.jsonl.gz").map((line, index) =>
  parseCorpusLine(line, "witness.jsonl.gz", index + 1),
);

function wrongScenario(): string | null {
  const driver = new EngineDriver(profile("6.12"));
  for (const scenario of EVERY_SCENARIO) {
    if (runScenario(scenario, driver).verdict !== "pass") return `the scenario "${scenario.name}"`;
  }
  return null;
}

async function wrongDecision(): Promise<string | null> {
  for (const { name, lines } of decisions) {
    for (let from = 0; from < lines.length; from += BATCH) {
      const { first } = await checkTruth([{ name, lines: lines.slice(from, from + BATCH) }], { keep: 1 });
      if (first[0] !== undefined) return `the recorded decision ${first[0].id} of ${name}`;
    }
  }
  return null;
}

function wrongCase(): string | null {
  for (const recorded of witnesses) {
    const { mismatch } = replayCase(recorded, recordedKernel(recorded.kernel, null, null));
    if (mismatch !== null) return `the case ${recorded.case} recorded on Linux ${recorded.kernel}`;
  }
  return null;
}

/** The first thing recorded that the engine does not do, or null when it does all. What is thrown counts as one. */
export async function firstWrong(): Promise<string | null> {
  for (const ask of [wrongScenario, wrongCase, wrongDecision]) {
    try {
      const wrong = await ask();
      if (wrong !== null) return wrong;
    } catch (error) {
      return `an error: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`;
    }
  }
  return null;
}
