// The scenarios of the kernel's user-space harness, and our own, on every driver. Each driver says how many it cannot
// run and why; what it is known to get wrong must fail.
import { profile } from "@vma/core/engine";
import {
  type Driver,
  EngineDriver,
  isGood,
  LegacyDriver,
  ModelDriver,
  runAll,
  type Scenario,
} from "@vma/testkit";
import { describe, expect, it } from "vitest";
import { scenarios as attributes } from "./scenarios/own/attributes.js";
import { scenarios as sequences } from "./scenarios/own/sequences.js";
import { scenarios as anonNotMergeable } from "./scenarios/userland/anon-not-mergeable.js";
import { scenarios as copy } from "./scenarios/userland/copy.js";
import { scenarios as dupAnon } from "./scenarios/userland/dup-anon.js";
import { scenarios as expandOnly } from "./scenarios/userland/expand-only.js";
import { scenarios as mergeExisting } from "./scenarios/userland/merge-existing.js";
import { scenarios as mergeExtend } from "./scenarios/userland/merge-extend.js";
import { scenarios as mergeNew } from "./scenarios/userland/merge-new.js";
import { scenarios as newWithClose } from "./scenarios/userland/new-with-close.js";
import { scenarios as noMemory } from "./scenarios/userland/no-memory.js";
import { scenarios as simpleExpand } from "./scenarios/userland/simple-expand.js";
import { scenarios as simpleMerge } from "./scenarios/userland/simple-merge.js";
import { scenarios as simpleModify } from "./scenarios/userland/simple-modify.js";
import { scenarios as simpleShrink } from "./scenarios/userland/simple-shrink.js";
import { scenarios as specialFlags } from "./scenarios/userland/special-flags.js";
import { scenarios as withClose } from "./scenarios/userland/with-close.js";

const userland: Record<string, Scenario[]> = {
  simpleMerge,
  simpleModify,
  simpleExpand,
  simpleShrink,
  mergeNew,
  specialFlags,
  withClose,
  newWithClose,
  mergeExisting,
  anonNotMergeable,
  dupAnon,
  noMemory,
  mergeExtend,
  copy,
  expandOnly,
};
const scenarios = [...Object.values(userland).flat(), ...sequences, ...attributes];

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
  expect(Object.keys(userland)).toHaveLength(15);
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
