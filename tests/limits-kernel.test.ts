// At vm.max_map_count for real: the running kernel's limit is filled up, and every call then ends as on the engine.
import type { CorpusCase, CorpusOperation } from "@vma/testkit/corpus";
import { describeMismatch, replayCase } from "@vma/testkit/corpus";
import { buildHelper, KernelHelper, KernelUnavailable, runningKernel } from "@vma/testkit/kernel";
import { describe, expect, it } from "vitest";

const map = (start: number, pages: number): CorpusOperation => ({
  name: "mmap",
  start,
  pages,
  prot: "rw",
  flags: ["private", "anonymous", "fixed"],
  file: null,
});
const fill = (keep: number): CorpusOperation => ({ name: "fill", keep });
const protect: CorpusOperation = { name: "mprotect", start: 2, pages: 1, prot: "r" };
const unmapMiddle: CorpusOperation = { name: "munmap", start: 2, pages: 1 };
const advise: CorpusOperation = { name: "madvise", start: 2, pages: 1, advice: "dontdump" };
const lock: CorpusOperation = { name: "mlock", start: 2, pages: 1 };
const move: CorpusOperation = {
  name: "mremap",
  start: 0,
  pages: 1,
  newPages: 1,
  flags: ["maymove", "fixed"],
  to: 60,
};

/** What is done, and what each call after the filling must answer. */
const rehearsals: readonly (readonly [string, number, readonly (readonly [CorpusOperation, string])[]])[] = [
  [
    "at the limit a mapping is made, and the next refused",
    0,
    [
      [map(20, 1), "ok"],
      [map(30, 1), "ENOMEM"],
    ],
  ],
  [
    "at the limit nothing is cut",
    0,
    [
      [protect, "ENOMEM"],
      [unmapMiddle, "ENOMEM"],
      [advise, "EAGAIN"],
      [lock, "ENOMEM"],
      [move, "ENOMEM"],
      [{ name: "madvise", start: 2, pages: 1, advice: "dontneed" }, "ok"],
      [{ name: "munmap", start: 5, pages: 1 }, "ok"],
    ],
  ],
  [
    "one below the limit mprotect of a middle leaves its first split behind",
    1,
    [
      [protect, "ENOMEM"],
      [unmapMiddle, "ok"],
    ],
  ],
  ["one below the limit munmap of a middle works", 1, [[unmapMiddle, "ok"]]],
  ["a few below the limit a move is still refused", 3, [[move, "ENOMEM"]]],
];

const helper = await buildHelper().catch((error: unknown) => {
  if (error instanceof KernelUnavailable) return error;
  throw error;
});

describe("at the running kernel's limit", () => {
  it.for(rehearsals)("%s", async ([name, keep, calls], context) => {
    if (helper instanceof KernelUnavailable) return context.skip(`no kernel to ask: ${helper.message}`);
    const running = new KernelHelper(helper);
    try {
      const kernel = await runningKernel(running);
      if (!kernel.exact) return context.skip(`no profile is proven on ${kernel.release}`);
      if ((kernel.limits.maxMapCount ?? 0) > 200_000) return context.skip("the limit is too high to fill up");
      const operations = [map(0, 6), fill(keep), ...calls.map(([op]) => op)];
      const script: CorpusCase = {
        case: name,
        family: "limits",
        kernel: kernel.release,
        kind: "arena",
        arena: { base: "0x100000000000", pages: 64 },
        steps: operations.map((op) => ({ op, ret: "ok" })),
      };
      const recorded = await running.record(script, false);
      expect(recorded.steps.slice(2).map(({ ret }) => ret)).toEqual(calls.map(([, result]) => result));
      const { mismatch } = replayCase(recorded, kernel);
      expect(mismatch === null ? "" : describeMismatch(mismatch)).toBe("");
    } finally {
      running.close();
    }
  });
});
