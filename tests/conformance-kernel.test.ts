// The scenarios on the kernel this runs on, through its system calls. Which of them a program can bring about is known
// without a kernel; where none can be asked, or its release is one no profile has been proven on, the tests say so and
// are skipped.
import { profileForRelease } from "@vma/core";
import { isGood, readScenario, runScenario, type Scenario } from "@vma/testkit";
import {
  buildHelper,
  KernelDriver,
  KernelHelper,
  KernelUnavailable,
  runningKernel,
} from "@vma/testkit/kernel";
import { afterAll, describe, expect, it, type TestContext } from "vitest";
import { scenarios as attributes } from "./scenarios/own/attributes.js";
import { scenarios as sequences } from "./scenarios/own/sequences.js";
import { scenarios as mergeExisting } from "./scenarios/userland/merge-existing.js";
import { scenarios as mergeExtend } from "./scenarios/userland/merge-extend.js";
import { scenarios as mergeNew } from "./scenarios/userland/merge-new.js";
import { scenarios as simpleMerge } from "./scenarios/userland/simple-merge.js";
import { scenarios as simpleModify } from "./scenarios/userland/simple-modify.js";
import { scenarios as simpleShrink } from "./scenarios/userland/simple-shrink.js";

const all: Scenario[] = [
  ...sequences,
  ...simpleMerge,
  ...simpleModify,
  ...simpleShrink,
  ...mergeNew,
  ...mergeExisting,
  ...mergeExtend,
  ...attributes,
];
const possible = all.filter((scenario) => KernelDriver.reasonAgainst(scenario, "6.18") === null);

async function asked<T>(ask: () => Promise<T>): Promise<T | KernelUnavailable> {
  return ask().catch((error: unknown) => {
    if (error instanceof KernelUnavailable) return error;
    throw error;
  });
}

const path = await asked(() => buildHelper());
const helper = path instanceof KernelUnavailable ? path : new KernelHelper(path);
const kernel = helper instanceof KernelUnavailable ? helper : await asked(() => runningKernel(helper));
afterAll(() => {
  if (helper instanceof KernelHelper) helper.close();
});

async function driverOrSkip(context: TestContext, scenario: Scenario): Promise<KernelDriver> {
  if (helper instanceof KernelUnavailable) return context.skip(`no kernel to ask: ${helper.message}`);
  if (kernel instanceof KernelUnavailable) return context.skip(`no kernel to ask: ${kernel.message}`);
  if (!profileForRelease(kernel.release).exact)
    return context.skip(`no profile is proven on ${kernel.release}`);
  return KernelDriver.record(helper, kernel.release, scenario);
}

describe("on the running kernel", () => {
  it.for(possible)("$name", async (scenario, context) => {
    const result = runScenario(scenario, await driverOrSkip(context, scenario));
    expect(isGood(result) ? [] : [result.verdict, ...result.findings]).toEqual([]);
  });

  it("what a program cannot bring about is known, with its reason", () => {
    const reasons: Record<string, number> = {};
    for (const scenario of all) {
      const why = KernelDriver.reasonAgainst(scenario, "6.18");
      if (why !== null) reasons[why] = (reasons[why] ?? 0) + 1;
    }
    expect(reasons).toEqual({
      'no call gives memory "ac"': 1,
      'no call gives memory "anon=A"': 4,
      'no call gives memory "dp"': 1,
      'no call gives memory "gd"': 1,
      'no call gives memory "ht"': 1,
      'no call gives memory "mg"': 1,
      'no call gives memory "sd"': 3,
      'no call gives memory "sh"': 1,
      'no call gives memory "sl"': 1,
      'no call gives memory "uffd=1"': 1,
      "areas that fit one another do not stay apart": 1,
      "no call is just a split": 1,
      "no call moves the lower end of an area": 1,
      "the offset of anonymous memory is not a program's to choose": 2,
      "what no neighbour takes becomes an area of its own": 10,
    });
  });

  it("a wrong picture is seen", async (context) => {
    const wrong = readScenario(`
      scenario a hole that is filled and leaves three areas
      given
        0123456789
        PP.NN
      when
        map 2-3 rw-
      then
        0123456789
        PPaNN
    `);
    const result = runScenario(wrong, await driverOrSkip(context, wrong));
    expect(result.verdict).toBe("fail");
    expect(result.findings.join()).toContain("the areas differ");
  });
});
