// merge/modify.ts: merge, or split on both sides, and what stays of a half-done split.
import { ENOMEM } from "@vma/core";
import { onMark } from "@vma/core/debug";
import {
  modifyArea,
  modifyFlags,
  modifyFlagsName,
  modifyFlagsUffd,
  modifyPolicy,
  PAGE_SIZE,
  profile,
  type Vma,
} from "@vma/core/engine";
import { type AreaSpec, type FaultPlan, failStep, hits, NO_FAULTS, PLAIN, Stage } from "@vma/testkit";
import { describe, expect, it } from "vitest";
import { onEngine } from "./on-engine.js";

it("merges when a neighbour is what the range will be", () => {
  onEngine(`
    given
      0123456789
      PPVVVV
      V r--
    when
      modify V 2-4 rw-
    then
      0123456789
      PPPPVV
      returns P
      state success
  `);
});

it("all of an area that no neighbour takes is changed in place", () => {
  onEngine(`
    given
      0123456789
      VVVV
    when
      modify V 0-4 r--
    then
      0123456789
      VVVV
      V r--
      returns V
      events nothing
  `);
});

it("a merge without memory is an error, nothing is split", () => {
  onEngine(`
    given
      0123456789
      PPVVVV
      V r--
    when
      modify V 2-4 rw-
      fail 1
    then
      0123456789
      PPVVVV
      returns ENOMEM
      state nomem
  `);
});

it("a merge without memory for a caller that gives up is no merge", () => {
  onEngine(`
    given
      0123456789
      PPVVVV
      V r--
    when
      modify V 2-6 rw- give-up
      fail 1
    then
      0123456789
      PPVVVV
      V rw-
      returns V
      state nomerge
      warned nothing
  `);
});

it("giving up over part of an area is warned of and goes on to the split", () => {
  onEngine(`
    given
      0123456789
      VVVV
    when
      modify V 0-2 r-- give-up
    then
      0123456789
      VVaa
      V r--
      returns V
      warned giveup-with-partial-span
  `);
});

it("one slot left under the limit: merge.modify-keeps-first-split", () => {
  hits(onMark, "merge.modify-keeps-first-split", () => {
    onEngine(`
      given
        0123456789
        VVVV
        maxmaps 2
      when
        modify V 1-2 r--
      then
        0123456789
        aVVV
        a rw- @0
        V rw- @1
        returns ENOMEM
    `);
  });
});

it("names no area when it fails", () => {
  const stage = new Stage({ profile: profile("6.12") });
  stage.place({ ...PLAIN, name: "V", start: 0, end: 4, pgoff: 0 });
  const { request, mm } = stage;
  mm.limits.maxMapCount = mm.mapCount;
  const area = stage.area("V");
  request.proposeArea(null, area, 0, PAGE_SIZE);
  request.flags = 0;
  expect(modifyArea(request)).toBe(-ENOMEM);
  expect(request.result).toBeNull();
});

describe("what is about to change decides whether the area below takes the range", () => {
  const name = "heap of x";
  const P = { ...PLAIN, name: "P", start: 0, end: 2, pgoff: 0 };
  const V = { ...PLAIN, name: "V", start: 2, end: 4, pgoff: 2 };
  const [start, end] = [2 * PAGE_SIZE, 4 * PAGE_SIZE];
  const { flags } = PLAIN;

  /** P has what V is to have; both differ in nothing else. */
  function staged(attributes: Partial<AreaSpec>, plan: FaultPlan = NO_FAULTS): [Stage, Vma, Vma] {
    const stage = new Stage({ profile: profile("6.12"), plan });
    return [stage, stage.place({ ...P, ...attributes }), stage.place(V)];
  }

  function expectTaken(stage: Stage, below: Vma, error: number): void {
    expect(error).toBe(0);
    expect(stage.request.result).toBe(below);
    expect([below.start, below.end, stage.mm.mapCount]).toEqual([0, end, 1]);
  }

  it.each([
    ["low flags", 0x1, 0],
    ["high flags", flags, 0x1],
  ])("%s", (_, low, high) => {
    const attributes = { flags: low, flagsHigh: high };
    const callers = [
      ({ request }: Stage, prev: Vma, vma: Vma) => modifyFlags(request, prev, vma, start, end, low, high),
      ({ request }: Stage, prev: Vma, vma: Vma) =>
        modifyFlagsName(request, prev, vma, start, end, low, high, null),
      ({ request }: Stage, prev: Vma, vma: Vma) =>
        modifyFlagsUffd(request, prev, vma, start, end, low, high, null, false),
    ];
    for (const modify of callers) {
      const [stage, below, area] = staged(attributes);
      stage.iterator.moveTo(area);
      expectTaken(stage, below, modify(stage, below, area));
    }
  });

  it("an anonymous name", () => {
    const [stage, below, area] = staged({ anonName: name });
    stage.iterator.moveTo(area);
    const { request } = stage;
    expectTaken(stage, below, modifyFlagsName(request, below, area, start, end, flags, 0, name));
  });

  it("a policy", () => {
    const [stage, below, area] = staged({ policy: "bind:0" });
    stage.iterator.moveTo(area);
    const { request } = stage;
    expectTaken(stage, below, modifyPolicy(request, below, area, start, end, below.policy));
  });

  it("a userfaultfd context", () => {
    const [stage, below, area] = staged({ uffd: 1 });
    stage.iterator.moveTo(area);
    const { request } = stage;
    const context = below.uffdContext;
    expectTaken(stage, below, modifyFlagsUffd(request, below, area, start, end, flags, 0, context, false));
  });

  it.each([
    [false, -ENOMEM, "nomem"],
    [true, 0, "nomerge"],
  ] as const)("userfaultfd without memory, where giving up is %s: %i and %s", (givesUp, error, state) => {
    const [stage, below, area] = staged({ uffd: 1 }, failStep(1));
    stage.iterator.moveTo(area);
    const { request } = stage;
    const context = below.uffdContext;
    expect(modifyFlagsUffd(request, below, area, start, end, flags, 0, context, givesUp)).toBe(error);
    expect([request.state, request.result]).toEqual([state, givesUp ? area : null]);
    expect([below.end, area.start]).toEqual([start, start]);
  });
});
