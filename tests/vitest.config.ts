// The quick suites of this folder. Those that take minutes are a project of their own, vitest.proofs.config.ts.
import { configDefaults, defineProject } from "vitest/config";
import { PROOFS } from "./proofs.js";

export default defineProject({
  ssr: { resolve: { conditions: ["@vma/source"] } },
  // No test is about time: the limit only ends a run that hangs, on a loaded machine too.
  test: {
    name: "tests",
    include: ["**/*.test.ts"],
    exclude: [...configDefaults.exclude, ...PROOFS],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
