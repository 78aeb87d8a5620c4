import { defineProject } from "vitest/config";

export default defineProject({
  ssr: { resolve: { conditions: ["@vma/source"] } },
  // No test is about time: the limit only ends a run that hangs, on a loaded machine too.
  test: { name: "cli", include: ["test/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
});
