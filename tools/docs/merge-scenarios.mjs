// The scenarios of tests/scenarios, carried out on the engine, for docs/merge-cases.md: which geometry comes about in
// which of them, which marks are passed on the way, and what the engine before the series called it.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { root } from "../build.mjs";

/**
 * Every scenario of a folder, in the order of files and texts. Plain Node cannot load the files, so their types are
 * taken off in a folder beside them, from where their imports find the built packages.
 *
 * @returns {Promise<any[]>}
 */
async function scenariosIn(folder) {
  const scratch = join(root, `tests/.scenarios-${process.pid}`);
  mkdirSync(scratch, { recursive: true });
  try {
    const found = [];
    for (const group of ["userland", "own"]) {
      for (const file of readdirSync(join(root, folder, group)).sort()) {
        const text = readFileSync(join(root, folder, group, file), "utf8");
        const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
        const path = join(scratch, `${group}-${file.replace(/\.ts$/, ".mjs")}`);
        writeFileSync(path, ts.transpileModule(text, { compilerOptions: options }).outputText);
        const { scenarios } = await import(pathToFileURL(path).href);
        found.push(...scenarios.map((scenario) => ({ ...scenario, file: `${group}/${file}` })));
      }
    }
    return found;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * One merge in one scenario.
 *
 * @typedef {object} SeenMerge
 * @property {string} geometry
 * @property {string} scenario
 * @property {string} picture before and after
 * @property {readonly string[]} marks passed by the operation
 * @property {number | null} number of the case in the engine before the series; null when it had none
 */

/** Before and after one operation, over one ruler, with the pages it is about marked. */
function drawing(testkit, before, after, operation) {
  const { start, end } = operation;
  const rows = [
    { label: "before", areas: before, ...(start === undefined ? {} : { mark: { start, end } }) },
    { label: "after", areas: after },
  ];
  return `${testkit.operationLine(operation)}\n${testkit.picture(rows)}`;
}

/** What the engine before the series called this operation; null when it cannot carry the scenario out. */
function caseNumber(testkit, scenario, at) {
  const driver = new testkit.LegacyDriver("fixed");
  if (driver.cannot(scenario) !== null) return null;
  const session = driver.start(scenario.given);
  let number = null;
  let index = 0;
  for (const { operations, fail } of scenario.steps) {
    for (const [i, operation] of operations.entries()) {
      const plan = fail !== null && i === operations.length - 1 ? testkit.failStep(fail) : testkit.NO_FAULTS;
      const outcome = session.apply(operation, plan);
      if (index === at) number = outcome.case;
      index += 1;
    }
  }
  return number === 0 ? null : number;
}

/**
 * Every merge in every scenario.
 *
 * @param {{ core: any, debug: any, testkit: any }} built
 * @returns {Promise<SeenMerge[]>}
 */
export async function seenMerges({ core, debug, testkit }) {
  /** @type {SeenMerge[]} */
  const seen = [];
  for (const scenario of await scenariosIn("tests/scenarios")) {
    const driver = new testkit.EngineDriver();
    if (driver.cannot(scenario) !== null) continue;
    const session = driver.start(scenario.given);
    const tally = new core.Tally();
    session.stage.mm.events = tally;
    let index = 0;
    for (const { operations, fail } of scenario.steps) {
      for (const [i, operation] of operations.entries()) {
        const plan =
          fail !== null && i === operations.length - 1 ? testkit.failStep(fail) : testkit.NO_FAULTS;
        const before = session.areas();
        tally.begin();
        const marks = testkit.collectMarks(debug.onMark, () => session.apply(operation, plan));
        const merge = tally.moves().findLast(({ outcome }) => outcome !== null && outcome !== "created");
        if (merge !== undefined) {
          seen.push({
            geometry: merge.outcome,
            scenario: scenario.name,
            picture: drawing(testkit, before, session.areas(), operation),
            marks: [...marks.keys()],
            number: caseNumber(testkit, scenario, index),
          });
        }
        index += 1;
      }
    }
  }
  return seen;
}
