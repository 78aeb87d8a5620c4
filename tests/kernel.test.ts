// The kernel this runs on: random scripts on it and on the engine, compared after every call. Where there is no Linux,
// no compiler or no permission, or the release is one no profile has been proven on, the tests say so and are skipped.
import { replayCase } from "@vma/testkit/corpus";
import {
  buildHelper,
  checkKernel,
  describeKernelMismatch,
  KernelHelper,
  KernelUnavailable,
  type RunningKernel,
  runningKernel,
} from "@vma/testkit/kernel";
import { describe, expect, it, type TestContext } from "vitest";

/** The helper's path, or why there is none. */
const helper = await buildHelper().catch((error: unknown) => {
  if (error instanceof KernelUnavailable) return error;
  throw error;
});

function pathOrSkip(context: TestContext): string {
  if (helper instanceof KernelUnavailable) context.skip(`no kernel to ask: ${helper.message}`);
  return helper as string;
}

async function withKernel(
  path: string,
  use: (running: KernelHelper, kernel: RunningKernel) => Promise<void>,
): Promise<void> {
  const running = new KernelHelper(path);
  try {
    await use(running, await runningKernel(running));
  } finally {
    running.close();
  }
}

describe("the running kernel", () => {
  it("does what the engine does, in random scripts of every family", async (context) => {
    pathOrSkip(context);
    const report = await checkKernel({ ops: 4000, seed: 1 });
    const told = report.mismatches.map(describeKernelMismatch);
    if (!report.exact) {
      context.skip(
        `no profile is proven on ${report.release}; with ${report.profile}: ${told.length} differ`,
      );
    }
    expect(told).toEqual([]);
    expect(report.operations).toBeGreaterThanOrEqual(4000);
  });

  it("differs from an engine with another kernel's rules, and the shortest script shows it", async (context) => {
    const path = pathOrSkip(context);
    await withKernel(path, async (running, kernel) => {
      if (!kernel.exact) context.skip(`no profile is proven on ${kernel.release}`);
      const flipped =
        kernel.profile.anonRule === "source-singular" ? "neighbour-singular" : "source-singular";
      const wrong = { ...kernel, profile: { ...kernel.profile, anonRule: flipped } as typeof kernel.profile };
      const map = {
        name: "mmap",
        start: 8,
        pages: 12,
        prot: "rw",
        flags: ["private", "anonymous", "fixed"],
      } as const;
      const protect = { name: "mprotect", start: 12, pages: 4 } as const;
      const operations = [
        { ...map, file: null },
        { ...protect, prot: "rwx" },
        { name: "write", at: 13 } as const,
        { ...protect, prot: "rw" },
      ];
      const recorded = await running.record(
        {
          case: "one-side-written",
          family: "directed",
          kernel: kernel.release,
          kind: "arena",
          arena: { base: "0x100000000000", pages: 64 },
          steps: operations.map((op) => ({ op, ret: "ok" })),
        },
        false,
      );
      expect(recorded.steps).toHaveLength(4);
      expect(replayCase(recorded, kernel).mismatch).toBeNull();
      expect(replayCase(recorded, wrong).mismatch).toMatchObject({ step: 3, kind: "areas" });
    });
  });

  it("is asked by an unknown family in vain", async () => {
    await expect(checkKernel({ family: "nonsense" })).rejects.toThrow(RangeError);
  });
});
