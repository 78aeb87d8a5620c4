// The scenarios of the kernel's user-space harness, and our own, on every driver. Each driver says how many it cannot
// run and why; what it is known to get wrong must fail.
import { profile } from "@vma/core/engine";
import { type Driver, EngineDriver, isGood, LegacyDriver, ModelDriver, runAll } from "@vma/testkit";
import { describe, expect, it } from "vitest";
import { EVERY_SCENARIO as scenarios, USERLAND } from "./scenarios/every.js";

const marksNextFirst = "6.18 marks the area above before the one below";
const newer = new EngineDriver(profile("6.18"), [
  { scenario: "no memory: a merge of three undoes the clone it made", why: marksNextFirst },
  { scenario: "no memory: the chain itself cannot be cloned", why: marksNextFirst },
]);
const keptNext = "before the series the area above never grew when it had a close hook";
const legacy = new LegacyDriver("fixed", [
  {
    scenario: "new with close: alone beside the range, the area above with the hook grows down",
    why: keptNext,
  },
  {
    scenario: "with close: the area above has it and the one below does not fit, so it grows down",
    why: keptNext,
  },
  {
    scenario: "with close: the area that would go has it and stays",
    why: "case 6 deleted the changed area without calling its hook",
  },
  {
    scenario: "with close: only the area below fits one that has it",
    why: "case 7 was refused after both areas were marked",
  },
  {
    scenario: "with close: only the area above fits one that has it",
    why: "case 8 deleted the changed area without calling its hook",
  },
]);

/** Every driver, with why it cannot run how many of the scenarios. */
const drivers: [driver: Driver, cannot: Record<string, number>][] = [
  [new EngineDriver(), {}],
  [newer, {}],
  [
    legacy,
    {
      "it had no copy of its own": 6,
      "it had no expand of its own": 4,
      "it had no expand-only mode": 3,
      "it had no give-up mode": 1,
      "its order of events is its own": 2,
    },
  ],
  [
    new ModelDriver(),
    {
      "it cannot fail": 4,
      "it does not follow areas": 1,
      "it knows no copy": 5,
      "it knows no expand": 3,
      "it knows no merge": 17,
      "it knows no new": 20,
      "it knows no refusals": 34,
    },
  ],
];

it("there are fifteen groups, as in the harness, and no two scenarios share a name", () => {
  expect(Object.keys(USERLAND)).toHaveLength(15);
  expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
});

describe.each(drivers.map(([driver, cannot]) => ({ name: driver.name, driver, cannot })))(
  "on $name",
  ({ driver, cannot }) => {
    const results = runAll(scenarios, [driver]);
    const ran = results.filter(({ verdict }) => verdict !== "cannot");

    it.each(ran)("$scenario", (result) => {
      expect(isGood(result) ? [] : [result.verdict, ...result.findings]).toEqual([]);
    });

    it("every known gap was seen to be one", () => {
      expect(ran.filter(({ verdict }) => verdict === "known-gap")).toHaveLength(driver.knownGaps.length);
    });

    it("what it cannot run is known, with its reason", () => {
      const reasons: Record<string, number> = {};
      for (const { verdict, findings } of results) {
        const why = findings.join();
        if (verdict === "cannot") reasons[why] = (reasons[why] ?? 0) + 1;
      }
      expect(reasons).toEqual(cannot);
    });
  },
);
