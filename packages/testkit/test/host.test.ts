// The stub host: what it records, counts, fails and holds.
import { mergeNewRange, PAGE_SIZE, profile, shrinkArea, splitArea, unmapRange } from "@vma/core/engine";
import { describe, expect, it } from "vitest";
import { Cast } from "../src/host/cast.js";
import {
  type FaultPlan,
  failEachStep,
  failFrom,
  failKind,
  failStep,
  NO_FAULTS,
} from "../src/host/fault-plan.js";
import { Stage } from "../src/host/stage.js";
import { type AreaSpec, PLAIN, ScenarioError } from "../src/scenario/area.js";

function staged(plan: FaultPlan = NO_FAULTS, attributes: Partial<AreaSpec> = {}): Stage {
  const stage = new Stage({ profile: profile("6.12"), plan });
  stage.place({ ...PLAIN, name: "V", start: 2, end: 6, pgoff: 2, ...attributes });
  return stage;
}

const split = (stage: Stage): number =>
  splitArea(stage.iterator, stage.area("V"), 4 * PAGE_SIZE, "new-above");
const rich = { file: "F", policy: "bind:0", anon: "A", chain: "A", open: true, close: true } as const;

describe("recording", () => {
  it("events in order, steps by kind, calls by method", () => {
    const { host } = (() => {
      const stage = staged(NO_FAULTS, rich);
      expect(split(stage)).toBe(0);
      return stage;
    })();
    expect(host.events.join(" ")).toBe("D:n1<V A +bind:0 C:n1<V +F O:n1 W:V W:n1 u-:V u+:V u+:n1");
    expect(host.steps).toEqual(["dup", "prealloc", "policy", "clone"]);
    expect([host.calls.writeLocked, host.calls.cloneChain, host.calls.freeArea]).toEqual([2, 1, 0]);
  });

  it("what is taken and given back", () => {
    const stage = staged(NO_FAULTS, rich);
    const { host, cast } = stage;
    const held = (): number[] => [
      host.areasHeld,
      host.filesHeld.get(cast.file("F")),
      host.policiesHeld.get(cast.policy("bind:0")),
      host.opensHeld.get(cast.file("F")),
    ];
    split(stage);
    expect(held()).toEqual([1, 1, 1, 1]);
    unmapRange(stage.iterator, 4 * PAGE_SIZE, 2 * PAGE_SIZE);
    expect(held()).toEqual([0, 0, 0, 0]);
    expect(host.filesHeld.entries()).toEqual([]);
  });

  it("warnings, and whose they are", () => {
    const stage = staged();
    shrinkArea(stage.iterator, stage.area("V"), 3 * PAGE_SIZE, 5 * PAGE_SIZE, 3);
    expect(stage.host.warnings).toEqual(["shrink-both-ends"]);
    expect(stage.host.current).toEqual({ mm: stage.mm, pid: 1, comm: "testkit" });
  });

  it("starts over on restart, but keeps names and what is held", () => {
    const stage = staged();
    split(stage);
    stage.host.restart(failStep(1));
    expect([stage.host.events, stage.host.steps, stage.host.areasHeld]).toEqual([[], [], 1]);
    expect(stage.nameOf(stage.area("n1"))).toBe("n1");
    expect(split(stage)).toBe(-12);
    expect(stage.host.hit).toBe("dup");
  });
});

describe("failing", () => {
  it.each([
    [failStep(2), "prealloc"],
    [failKind("clone"), "clone"],
    [failFrom(3), "policy"],
  ] as const)("%#", (plan, hit) => {
    const stage = staged(plan, rich);
    expect(split(stage)).toBe(-12);
    expect(stage.host.hit).toBe(hit);
    expect(stage.mm.mapCount).toBe(1);
  });

  it("each step in turn, until none is reached", () => {
    const hits: (string | null)[] = [];
    const steps = failEachStep((plan) => {
      const stage = staged(plan, rich);
      split(stage);
      hits.push(stage.host.hit);
      return stage.host.hit !== null;
    });
    expect([steps, hits]).toEqual([4, ["dup", "prealloc", "policy", "clone", null]]);
  });

  it("a plan without a step to fail is refused", () => {
    expect(() => failStep(0)).toThrow(RangeError);
    expect(() => failFrom(1.5)).toThrow(RangeError);
    expect(() => failKind("dup", 0)).toThrow(RangeError);
  });
});

describe("the stage", () => {
  it("tells areas as they were described", () => {
    const area = { ...PLAIN, ...rich, name: "V", start: 2, end: 6, pgoff: 9, uffd: 2, anonName: "x" };
    const stage = new Stage({ profile: profile("6.12") });
    stage.place(area);
    expect(stage.areas()).toEqual([area]);
  });

  it("shares the objects of its cast, so that areas of two stages can be of one file", () => {
    const cast = new Cast();
    const one = new Stage({ profile: profile("6.12"), cast });
    const other = new Stage({ profile: profile("6.12"), cast });
    const area = { ...PLAIN, name: "V", start: 0, end: 1, pgoff: 0, file: "F" };
    expect(one.place(area).file).toBe(other.place(area).file);
  });

  it("an object the engine made gets a letter from the end of the alphabet", () => {
    const stage = staged();
    const made = stage.mm.family.anonVmas.create();
    expect([stage.cast.letterOf(made), stage.cast.letterOf(made)]).toEqual(["Z", "Z"]);
    expect(stage.cast.letterOf(stage.mm.family.anonVmas.create())).toBe("Y");
  });

  it("an area that is not there is a mistake of the scenario", () => {
    expect(() => staged().area("Q")).toThrow(ScenarioError);
  });

  it("counts like the callers of the engine", () => {
    const stage = staged();
    stage.recount();
    expect([stage.mm.totalVm, stage.mm.dataVm, stage.mm.mapCount]).toEqual([4, 4, 1]);
    stage.request.proposeNewRange(6 * PAGE_SIZE, 7 * PAGE_SIZE, PLAIN.flags, 0, 6);
    stage.request.prev = stage.area("V");
    mergeNewRange(stage.request);
    stage.recount();
    expect(stage.mm.totalVm).toBe(5);
  });
});
