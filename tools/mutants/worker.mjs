// Runs the tests that know the merge functions against one mutation after another, in one vitest. Nothing is written:
// the change is made while the file is loaded. Started by tools/mutants.mjs, which sends mutations and ends a run that
// hangs.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createVitest } from "vitest/node";
import { root } from "../build.mjs";
import { mutated } from "./mutations.mjs";

const engine = readdirSync(join(root, "tests/engine")).filter((name) => name.endsWith(".test.ts"));

/** Test files in the order in which they are asked: quick ones first. A mutation goes on until one notices. */
const STAGES = [
  [
    "packages/core/test/mergeable.test.ts",
    "packages/core/test/why.test.ts",
    ...engine.map((name) => `tests/engine/${name}`),
    "tests/conformance.test.ts",
  ],
  ["tests/truth.test.ts", "tests/profile-witness.test.ts"],
  ["tests/fault.test.ts", "tests/close.test.ts", "tests/reasons.test.ts"],
  ["tests/before-after.test.ts", "tests/corpus.test.ts"],
];

// One file for each stage, which imports the others: what they have in common is then loaded once, and every run
// begins with nothing loaded.
const folder = join(root, `tests/.mutants-${process.pid}`);
mkdirSync(folder, { recursive: true });
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const [index, files] of STAGES.entries()) {
  const imports = files.map((file) => `import ${JSON.stringify(`../../${file}`)};`);
  writeFileSync(
    join(folder, `stage-${index}.test.ts`),
    `// The tests of one stage.\n${imports.join("\n")}\n`,
  );
}

/** @type {import("./mutations.mjs").Mutation | null} */
let current = null;

const mutate = {
  name: "vma-mutant",
  enforce: /** @type {const} */ ("pre"),
  load(/** @type {string} */ id) {
    if (current === null || id.split("?")[0] !== join(root, current.file)) return null;
    return mutated(readFileSync(join(root, current.file), "utf8"), current);
  },
};
const conditions = ["@vma/source"];
const vitest = await createVitest(
  "test",
  { config: false, root, watch: false, reporters: [{}], include: [`${folder}/*.test.ts`] },
  {
    plugins: [mutate],
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: { isolate: true, maxWorkers: 1, bail: 1, testTimeout: 120_000, hookTimeout: 120_000 },
  },
);
const specifications = await vitest.globTestSpecifications();
specifications.sort((a, b) => (a.moduleId < b.moduleId ? -1 : 1));

/** The first failed test of a file. */
function told(/** @type {import("vitest/node").TestModule} */ module) {
  for (const test of module.children.allTests("failed")) return test.fullName;
  return "a file that could not be loaded";
}

/** The first test that notices, or null. @param {import("./mutations.mjs").Mutation | null} mutation */
async function noticedBy(mutation) {
  for (const file of [current?.file, mutation?.file]) if (file) vitest.invalidateFile(join(root, file));
  current = mutation;
  for (const specification of specifications) {
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications([specification], true);
    const failed = testModules.find((module) => module.state() === "failed");
    if (failed !== undefined) return told(failed);
    if (unhandledErrors.length > 0) return "an error outside of any test";
  }
  return null;
}

process.on("message", async (mutation) => {
  process.send?.({ who: await noticedBy(mutation) });
});
process.on("disconnect", () => process.exit());
process.send?.({ ready: true });
