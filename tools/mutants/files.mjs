// The files whose mutations are tested: every decision of the merge engine and what carries it out.

/** Where they are, from the workspace root. */
export const FOLDER = "packages/core/src/merge";

/** From the workspace root. */
export const FILES = [
  "mergeable.ts",
  "new-range.ts",
  "existing-range.ts",
  "complete-reasons.ts",
  "modify.ts",
  "extend.ts",
  "expand.ts",
  "shrink.ts",
  "split.ts",
  "plan.ts",
  "anon-dup.ts",
  "commit.ts",
  "request.ts",
].map((name) => `${FOLDER}/${name}`);
