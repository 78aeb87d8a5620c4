// What the compiler promises users of @vma/testkit and its entries. Checked against the sources by `npm run typecheck`,
// and against the packed packages by tools/pack-check.mjs.

import type { Host } from "@vma/core/engine";
import { profile } from "@vma/core/engine";
import {
  type Driver,
  EngineDriver,
  exhaust,
  expectScenario,
  type FaultPlan,
  failStep,
  LegacyDriver,
  ModelDriver,
  readScenario,
  type Scenario,
  type StubHost,
  type Verdict,
} from "@vma/testkit";
import { type Call, call, callSequence } from "@vma/testkit/arbitrary";
import { type CorpusCase, parseCorpusLine, type RecordedKernel, replayCase } from "@vma/testkit/corpus";
import { openTruthFile, type TruthFile } from "@vma/testkit/node";
import type * as fc from "fast-check";
import { describe, expectTypeOf, it } from "vitest";

describe("drivers", () => {
  it("share one contract", () => {
    expectTypeOf<EngineDriver>().toExtend<Driver>();
    expectTypeOf<LegacyDriver>().toExtend<Driver>();
    expectTypeOf<ModelDriver>().toExtend<Driver>();
    expectTypeOf(EngineDriver).toBeConstructibleWith(profile("6.18"));
    expectTypeOf(ModelDriver).toBeConstructibleWith();
    // @ts-expect-error there is no such set of close rules
    new LegacyDriver("broken");
    // @ts-expect-error a driver must say what it cannot run
    const silent: Driver = { name: "mine", sees: "areas", knownGaps: [], start: () => ({}) as never };
    expectTypeOf(silent).not.toBeAny();
  });

  it("run scenarios read from text", () => {
    expectTypeOf(readScenario).returns.toEqualTypeOf<Scenario>();
    expectTypeOf(expectScenario).parameters.toEqualTypeOf<[scenario: Scenario, driver: Driver]>();
    expectTypeOf<Verdict>().toBeString();
  });
});

describe("the stub host", () => {
  it("is an implementation of the engine's seam", () => {
    expectTypeOf<StubHost>().toExtend<Host>();
    expectTypeOf(failStep(1)).toEqualTypeOf<FaultPlan>();
  });
});

describe("choices", () => {
  it("keep the type of what they choose from", () => {
    exhaust((choices) => {
      expectTypeOf(choices.pick(["a", "b"] as const)).toEqualTypeOf<"a" | "b">();
      expectTypeOf(choices.flag()).toBeBoolean();
    });
  });
});

describe("arbitraries", () => {
  it("are fast-check's", () => {
    expectTypeOf(call).returns.toEqualTypeOf<fc.Arbitrary<Call>>();
    expectTypeOf(callSequence).returns.toExtend<fc.Arbitrary<unknown>>();
  });
});

describe("recorded kernels", () => {
  it("are replayed case by case", () => {
    expectTypeOf(parseCorpusLine).returns.toEqualTypeOf<CorpusCase>();
    expectTypeOf(replayCase).parameter(1).toEqualTypeOf<RecordedKernel>();
    expectTypeOf(replayCase).returns.toHaveProperty("mismatch");
    expectTypeOf(openTruthFile).returns.toEqualTypeOf<TruthFile>();
    // @ts-expect-error a case is a parsed line
    replayCase("{}");
  });
});
