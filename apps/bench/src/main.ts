// The command: arguments in, tables out. Every command and its exit codes are listed by --help.
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { Command, InvalidArgumentError, Option } from "commander";
import { CASES } from "./cases.js";
import { comparisonTable } from "./report/compare.js";
import { markdownOf } from "./report/markdown.js";
import { tableOf } from "./report/table.js";
import type { Case } from "./run/case.js";
import { pinnedProcessor } from "./run/child.js";
import { Disagreement, runContest } from "./run/contest.js";
import { KEYS, type KeysName } from "./run/keys.js";
import { BadRun, type Outcome, type Run, readRun, thisMachine } from "./run/outcome.js";

/** Exit codes besides 0. */
const FAILED = 1;
const BAD_INPUT = 2;
const UNAVAILABLE = 3;

interface Options {
  readonly n?: readonly number[];
  readonly rounds: number;
  readonly warmUp: number;
  readonly millis: number;
  readonly only: readonly string[];
  readonly contenders: readonly string[];
  readonly keys: KeysName;
  readonly json: boolean;
  readonly svg?: string;
  readonly markdown?: string;
  readonly out?: string;
}

/** Sizes measured when none are named. */
const SIZES: Readonly<Record<Case["suite"], readonly number[]>> = {
  maple: [100, 1000, 65_000],
  core: [1000, 65_000],
  kernel: [1000, 60_000],
  trace: [100_000],
};

function counts(text: string): number[] {
  return text.split(",").map((part) => count(part));
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1e7) {
    throw new InvalidArgumentError(`"${text}" is no whole number from 1 to 10000000`);
  }
  return value;
}

function names(text: string): string[] {
  return text.split(",");
}

async function runSuite(suite: Case["suite"], options: Options): Promise<void> {
  const known = CASES.filter((candidate) => candidate.suite === suite);
  const unknown = options.only.find((name) => !known.some((candidate) => candidate.name === name));
  if (unknown !== undefined) {
    fail(BAD_INPUT, `suite ${suite} has no case "${unknown}": ${known.map(({ name }) => name).join(", ")}`);
    return;
  }
  const wanted = known.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
  const processor = pinnedProcessor(cpus().length);
  const outcomes: Outcome[] = [];
  for (const n of options.n ?? SIZES[suite]) {
    for (const subject of wanted) {
      if (subject.sizes !== undefined && !subject.sizes.includes(n)) continue;
      process.stderr.write(`${suite} ${subject.name} n=${n}\n`);
      outcomes.push(await runContest(subject, n, { ...options, processor }));
    }
  }
  const run: Run = {
    format: "vma-bench/1",
    date: new Date().toISOString(),
    command: `bench ${process.argv.slice(2).join(" ")}`,
    machine: thisMachine(),
    pinned: processor !== null,
    rounds: options.rounds,
    ...(suite === "maple" ? { keys: options.keys } : {}),
    outcomes,
  };
  const json = `${JSON.stringify(run, null, 1)}\n`;
  process.stdout.write(options.json ? json : tableOf(run));
  if (options.out !== undefined) writeFileSync(options.out, json);
  if (options.markdown !== undefined) writeFileSync(options.markdown, markdownOf(run));
  if (options.svg !== undefined) {
    // Loaded on demand: drawing is rare and its library large.
    const { chartOf } = await import("./report/chart.js");
    writeFileSync(options.svg, chartOf(run));
  }
  const why = outcomes.flatMap(({ missing }) => missing)[0]?.why;
  if (suite === "kernel" && why !== undefined && outcomes.every(({ entries }) => entries.length < 2)) {
    fail(UNAVAILABLE, `the running kernel took no part: ${why}`);
  }
}

function fail(code: number, message: string): void {
  process.stderr.write(`bench: ${message}\n`);
  process.exitCode = code;
}

const program = new Command("bench")
  .description(
    "Benchmarks of the workspace: ratios against other structures and the running kernel, side by side.",
  )
  .showHelpAfterError();

const SUITES: readonly (readonly [Case["suite"], string])[] = [
  ["maple", "@vma/maple against other range structures"],
  ["core", "the engine against itself: events, snapshots, the old merge engine, a bare tree"],
  ["kernel", "the engine against the running Linux, call for call; exit code 3 where that is impossible"],
  ["trace", "the strace reader and the replay against simpler readers"],
];

for (const [suite, description] of SUITES) {
  program
    .command(suite)
    .description(description)
    .option("--n <sizes>", "sizes, separated by commas", counts)
    .option("--rounds <count>", "rounds that count", count, 7)
    .option("--warm-up <count>", "rounds before them", count, 2)
    .option("--millis <time>", "CPU time of a round: its work is repeated until then", count, 60)
    .option(
      "--only <cases>",
      `cases: ${CASES.filter((c) => c.suite === suite)
        .map((c) => c.name)
        .join(", ")}`,
      names,
      [],
    )
    .option("--contenders <names>", "contenders, separated by commas", names, [])
    .addOption(
      new Option(
        "--keys <kind>",
        "what ranges are made of: page-aligned addresses in a 47-bit space, or small integers",
      )
        .choices(KEYS)
        .default("addresses")
        .hideHelp(suite !== "maple"),
    )
    .option("--json", "print the samples as JSON instead of a table", false)
    .option("--out <file>", "also write the samples as JSON to a file")
    .option("--markdown <file>", "also write the tables as Markdown to a file")
    .option("--svg <file>", "also draw the largest size to a file")
    .action((options: Options) => runSuite(suite, options));
}

program
  .command("compare")
  .description("ratios between two runs written with --json or --out")
  .argument("<before>")
  .argument("<after>")
  .action((before: string, after: string) => {
    process.stdout.write(comparisonTable(readRun(before), readRun(after)));
  });

program.addHelpText(
  "after",
  "\nExit codes: 0 done; 1 contenders disagree or one broke; 2 bad input; 3 nothing can be measured here.",
);

try {
  await program.parseAsync();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof BadRun) fail(BAD_INPUT, message);
  else if (error instanceof Disagreement) fail(FAILED, message);
  else fail(FAILED, message);
}
