// The rows of the table of figures in docs/how-it-is-tested.md: what is held against what, the command that prints
// the figures, and how they are read from what it prints.

/** @param {number} value */
const amount = (value) => value.toLocaleString("en-US");

/** Tests whose full name begins so. @param {{ name: string }[]} tests @param {string} begin */
const beginning = (tests, begin) => tests.filter(({ name }) => name.startsWith(begin)).length;

/**
 * One row. A command that starts with `vma` or `mutants` prints JSON when `--json` is added; one that starts with
 * `vitest list` lists tests. `figures` throws when what was printed is not good.
 *
 * @typedef {object} FigureRow
 * @property {string} what
 * @property {string} command run from the root of a built workspace
 * @property {(printed: any) => string} figures
 */

/** Throws unless what a command counted as wrong is nothing. @param {number} wrong @param {string} what */
function none(wrong, what) {
  if (wrong !== 0) throw new Error(`${wrong} ${what}`);
  return `0 ${what}`;
}

/** @param {string} name of a folder in examples/ @returns {FigureRow} */
const replayRow = (name) => ({
  what: `a real program, replayed: ${name}`,
  command: `vma replay examples/${name}`,
  figures({ verdict, applied, snapshots, vmas, checks }) {
    if (verdict !== "exact") throw new Error(`verdict ${verdict}`);
    return [
      `${amount(applied)} calls, ${amount(checks.total)} of them held against the kernel's own record of the area`,
      `${amount(snapshots.usable)} snapshots with ${amount(vmas.total)} areas, all exact`,
    ].join("; ");
  },
});

/** @type {(examples: readonly string[]) => readonly FigureRow[]} */
export const figureRows = (examples) => [
  {
    what: "decisions recorded from the kernel's engine and the one before the series",
    command: "vma check truth tests/data/truth/*.jsonl.gz",
    figures: ({ files, scenarios, mismatches }) =>
      `${files} files, ${amount(scenarios)} scenarios, ${none(mismatches, "mismatches")}`,
  },
  {
    what: "the engine before the series against the one after it, over the enumerated space",
    command: "vma check before-after",
    figures: ({ scenarios, classes, unlisted }) =>
      `${amount(scenarios)} scenarios, ${classes.length} classes of difference, ${none(unlisted, "unlisted")}`,
  },
  {
    what: "scripted processes on four recorded kernels",
    command: "vma check corpus tests/data/corpus",
    figures: ({ cases, steps, mismatches, byFamily }) =>
      `${Object.keys(byFamily).length} families, ${amount(cases)} cases, ${amount(steps)} steps, ` +
      none(mismatches, "mismatches"),
  },
  ...examples.map(replayRow),
  {
    what: "the series' own scenarios and ours, in one language, on several drivers",
    command: "vitest list tests/conformance.test.ts",
    figures(tests) {
      const runs = tests.flatMap(({ name }) => /^on '(.+?)' > .+: /.exec(name)?.[1] ?? []);
      const engine = runs.filter((driver) => driver === "engine 6.12").length;
      return `${engine} scenarios, ${runs.length} runs on ${new Set(runs).size} drivers`;
    },
  },
  {
    what: "each rule that differs between kernels, right and wrong, on recordings",
    command: "vitest list tests/profile-witness.test.ts",
    figures: (tests) => {
      const wrong = tests.filter(({ name }) => / would be wrong for /.test(name)).length;
      return `${tests.filter(({ name }) => / does what the kernel did$/.test(name)).length} recorded cases, ${wrong} wrong values`;
    },
  },
  {
    what: "every fallible step of every entry point of the engine, and of every call, failing in turn",
    command: "vitest list tests/fault.test.ts tests/fault-calls.test.ts",
    figures: (tests) =>
      `${beginning(tests, "the engine's entry points > ") - 1} entry points, ` +
      `${tests.filter(({ name }) => name.startsWith("the calls, on ")).length} calls on 3 kernels`,
  },
  {
    what: "small wrong changes to the merge engine, one at a time: each must be noticed or explained",
    command: "mutants --list",
    figures({ mutants, files, explained, gone }) {
      for (const { file, before, after } of gone)
        throw new Error(
          `tools/mutants/survivors.mjs explains what is no mutation: ${file} ${before} -> ${after}`,
        );
      return `${mutants} mutations of ${files} files, ${explained} of them explained`;
    },
  },
];
