// Mutations that no test can notice, each with the reason. Told apart by their text, so that moving a line is no matter.

/** @type {readonly { file: string, before: string, after: string, why: string }[]} */
export const SURVIVORS = [
  {
    file: "compact.ts",
    before: "(mine ^ theirs) & CELL_KIND",
    after: "(mine ^ theirs) | CELL_KIND",
    why: "only a shortcut: equal kinds join by what is compared then, too",
  },
  {
    file: "mergeable.ts",
    before: "reasons |= REASON_FLAGS",
    after: "reasons = REASON_FLAGS",
    why: "the first reason looked for: there is none yet",
  },
  {
    file: "mergeable.ts",
    before: "reasons |= REASON_POLICY",
    after: "reasons = REASON_POLICY",
    why: "the first reason looked for: there is none yet",
  },
  {
    file: "mergeable.ts",
    before: "isPlain && area.isPlain",
    after: "false",
    why: "only a shortcut: what plain areas have not is compared, and is alike",
  },
  {
    file: "modify.ts",
    before: "error !== 0 && cutBelow",
    after: "true",
    why: "guards a mark alone, which tells tests that a branch was taken",
  },
  {
    file: "modify.ts",
    before: "error !== 0 && cutBelow",
    after: "error !== 0 || cutBelow",
    why: "guards a mark alone, which tells tests that a branch was taken",
  },
  {
    file: "plan.ts",
    before: "adjustFirst = false;",
    after: "adjustFirst = true;",
    why: "the value before the first plan: each begins with grow, which sets it",
  },
  {
    file: "complete-reasons.ts",
    before: "rightReasons(request, false)",
    after: "rightReasons(request, true)",
    why: "asks whether the neighbours fit each other; a barred one is the source, never written to, which fits any",
  },
  {
    file: "commit.ts",
    before: "sticky !== 0",
    after: "true",
    why: "only a shortcut: nothing is added then",
  },
  {
    file: "commit.ts",
    before: "mm.journal !== null",
    after: "true",
    why: "only a shortcut: what it leads to asks the same",
  },
  {
    file: "request.ts",
    before: "vma.isPlain",
    after: "false",
    why: "only a shortcut: what a plain area has not is copied as nothing",
  },
];
