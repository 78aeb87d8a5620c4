// Asks the tests that know the merge functions about one mutation after another. What kernels are recorded to do comes
// first, in this process, with all mutations loaded behind switches: most are noticed there within a second. What is
// not goes to the tests of the engine's files, in a vitest. Nothing is written: the changes are made while the files are
// loaded. Started by tools/mutants.mjs, which sends mutations and ends a run that hangs.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createViteServer, createVitest } from "vitest/node";
import { root } from "../build.mjs";
import { FILES } from "./files.mjs";
import { mutated, mutationsOf, switched } from "./mutations.mjs";

/** @typedef {import("./mutations.mjs").Mutation} Mutation */

const conditions = ["@vma/source"];
const sources = { resolve: { conditions }, ssr: { resolve: { conditions }, noExternal: [/^@vma\//] } };

/** Mutations of all files behind switches, in one loaded copy of the engine. */
async function loadSwitched() {
  /** @type {Map<string, number>} */
  const numbers = new Map();
  const plugin = {
    name: "vma-mutants",
    enforce: /** @type {const} */ ("pre"),
    load(/** @type {string} */ id) {
      const file = FILES.find((name) => id.split("?")[0] === join(root, name));
      if (file === undefined) return null;
      const text = readFileSync(join(root, file), "utf8");
      const numbered = mutationsOf(file, text).map((mutation) => ({ ...mutation, id: numbers.size + 1 }));
      for (const [index, mutation] of numbered.entries()) {
        mutation.id += index;
        numbers.set(keyOf(mutation), mutation.id);
      }
      return switched(text, numbered);
    },
  };
  const server = await createViteServer({
    ...sources,
    root,
    configFile: false,
    appType: "custom",
    logLevel: "error",
    server: { middlewareMode: true, watch: null, ws: false },
    optimizeDeps: { noDiscovery: true },
    plugins: [plugin],
  });
  const { firstWrong } = await server.ssrLoadModule(join(root, "tests/mutants/recorded.ts"));
  return async (/** @type {Mutation | null} */ mutation) => {
    Object.assign(globalThis, { vmaMutation: mutation === null ? 0 : numbers.get(keyOf(mutation)) });
    return firstWrong();
  };
}

const keyOf = (/** @type {Mutation} */ { file, start, end, written }) => `${file} ${start} ${end} ${written}`;

const engine = readdirSync(join(root, "tests/engine")).filter((name) => name.endsWith(".test.ts"));
/** Test files in the order in which they are asked, but that the first are those of areas without records. */
const STAGES = [
  [
    "packages/core/test/compact.test.ts",
    "packages/core/test/area-records.test.ts",
    "packages/core/test/joined-areas.test.ts",
    "packages/core/test/rooms.test.ts",
  ],
  [
    "packages/core/test/mergeable.test.ts",
    "packages/core/test/request.test.ts",
    "packages/core/test/why.test.ts",
    ...engine.map((name) => `tests/engine/${name}`),
  ],
  ["tests/reasons.test.ts"],
  [
    "tests/fault.test.ts",
    "tests/fault-calls.test.ts",
    "tests/close.test.ts",
    "tests/snapshot.test.ts",
    "tests/profile-witness.test.ts",
  ],
];

/** A vitest with one mutation at a time. */
async function startVitest() {
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
  /** @type {Mutation | null} */
  let current = null;
  const plugin = {
    name: "vma-mutant",
    enforce: /** @type {const} */ ("pre"),
    load(/** @type {string} */ id) {
      if (current === null || id.split("?")[0] !== join(root, current.file)) return null;
      return mutated(readFileSync(join(root, current.file), "utf8"), current);
    },
  };
  const vitest = await createVitest(
    "test",
    { config: false, root, watch: false, reporters: [{}], include: [`${folder}/*.test.ts`] },
    {
      ...sources,
      plugins: [plugin],
      test: { isolate: true, maxWorkers: 1, bail: 1, testTimeout: 120_000, hookTimeout: 120_000 },
    },
  );
  const specifications = await vitest.globTestSpecifications();
  specifications.sort((a, b) => (a.moduleId < b.moduleId ? -1 : 1));
  return async (/** @type {Mutation | null} */ mutation) => {
    for (const file of [current?.file, mutation?.file]) if (file) vitest.invalidateFile(join(root, file));
    current = mutation;
    const [compact, ...others] = specifications;
    const isCompact = /\bcompact(-reasons)?\.ts$/.test(mutation?.file ?? "");
    for (const specification of isCompact ? [compact, ...others] : [...others, compact]) {
      const { testModules, unhandledErrors } = await vitest.runTestSpecifications([specification], true);
      // The modules of earlier runs are told, too, with what they said then.
      const failed = testModules.find(
        (module) => module.moduleId === specification.moduleId && module.state() === "failed",
      );
      if (failed !== undefined) return told(failed);
      if (unhandledErrors.length > 0) return "an error outside of any test";
    }
    return null;
  };
}

/** The first failed test of a file. */
function told(/** @type {import("vitest/node").TestModule} */ module) {
  for (const test of module.children.allTests("failed")) return `the test "${test.fullName}"`;
  return "a test file that could not be loaded";
}

const askRecorded = await loadSwitched();
/** @type {Awaited<ReturnType<typeof startVitest>> | null} */
let askTests = null;

/** What notices a mutation, or null. The code as it is, null, is asked about everywhere. @param {Mutation | null} mutation */
async function noticedBy(mutation) {
  // What is recorded is replayed with nobody listening, and complete reasons are for those who listen.
  const isHeardOnly = mutation?.file.endsWith("/complete-reasons.ts") === true;
  const wrong = isHeardOnly ? null : await askRecorded(mutation);
  if (wrong !== null) return wrong;
  askTests ??= await startVitest();
  return askTests(mutation);
}

process.on("message", async (/** @type {{ mutation: Mutation | null }} */ { mutation }) => {
  process.send?.({ who: await noticedBy(mutation) });
});
process.on("disconnect", () => process.exit());
process.send?.({ ready: true });
