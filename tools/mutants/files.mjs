// The files whose mutations are tested: the decisions of the merge engine and its operations.

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
  "commit.ts",
  "anon-dup.ts",
  "compact.ts",
  "compact-reasons.ts",
  "request.ts",
  "reason.ts",
].map((name) => `${FOLDER}/${name}`);
