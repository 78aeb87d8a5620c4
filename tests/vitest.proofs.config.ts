// The suites of this folder that take minutes.
import { defineProject } from "vitest/config";
import { PROOFS } from "./proofs.js";

export default defineProject({
  ssr: { resolve: { conditions: ["@vma/source"] } },
  // No test is about time: the limit only ends a run that hangs, on a loaded machine too.
  test: { name: "proofs", include: [...PROOFS], testTimeout: 60_000, hookTimeout: 60_000 },
});
