// merge/existing-range.ts: one test a geometry for events and iterator, and its refusals.
import { onMark } from "@vma/core/debug";
import { mergeExistingRange, PAGE_SIZE, profile } from "@vma/core/engine";
import { failStep, hits, NO_FAULTS, PLAIN, Stage } from "@vma/testkit";
import { describe, expect, it } from "vitest";
import { onEngine } from "./on-engine.js";

/** P 0-2, V 2-6 read-only, N 6-9 with these words, and a request to make pages [start, end) of V writable. */
function staged(start: number, end: number, given: { close?: string; anon?: string } = {}): Stage {
  const stage = new Stage({ profile: profile("6.12") });
  const place = (name: string, from: number, to: number, flags: number): void => {
    const anon = given.anon === name ? "A" : null;
    const close = given.close === name;
    stage.place({ ...PLAIN, name, start: from, end: to, pgoff: from, flags, close, anon, chain: anon ?? "" });
  };
  place("P", 0, 2, PLAIN.flags);
  place("V", 2, 6, PLAIN.flags & ~2);
  place("N", 6, 9, PLAIN.flags);
  const vma = stage.area("V");
  const prev = start === 2 ? stage.area("P") : vma;
  stage.request.proposeArea(prev, vma, start * PAGE_SIZE, end * PAGE_SIZE);
  stage.request.flags = PLAIN.flags;
  stage.iterator.moveTo(vma);
  return stage;
}

const geometries = [
  { name: "both", start: 2, end: 6, events: "W:V W:P W:N A X:V X:N H:P", at: [0, 9], main: "P", takes: "P" },
  { name: "left part", start: 2, end: 4, events: "W:V W:P A H:P", at: [0, 4], main: "P", takes: "P" },
  { name: "right part", start: 4, end: 6, events: "W:V W:N A H:N", at: [4, 9], main: "V", takes: "N" },
];

describe.each(geometries)("$name", ({ start, end, events, at, main, takes }) => {
  it("marks, reserves, writes, tells, and leaves the iterator on what grew", () => {
    const stage = staged(start, end);
    expect(stage.nameOf(mergeExistingRange(stage.request))).toBe(takes);
    expect(stage.host.events.join(" ")).toBe(events);
    const { index, end: behind, status } = stage.iterator;
    expect([index / PAGE_SIZE, behind / PAGE_SIZE, status]).toEqual([...at, "active"]);
    expect([stage.request.state, stage.nameOf(stage.request.vma)]).toEqual(["success", main]);
  });

  it("without memory changes nothing and puts the iterator back on V", () => {
    const stage = staged(start, end);
    const before = stage.areas();
    stage.host.plan = failStep(1);
    expect(mergeExistingRange(stage.request)).toBeNull();
    expect(stage.areas()).toEqual(before);
    expect([stage.iterator.index, stage.iterator.end]).toEqual([2 * PAGE_SIZE, 6 * PAGE_SIZE]);
    expect(stage.request.state).toBe("nomem");
  });
});

it("all of V to the area below, and to the area above", () => {
  onEngine(`
    given
      0123456789
      PPVVVV
      V r-- file=F
      P file=F
    when
      merge V 2-6 rw-
    then
      0123456789
      PPPPPP
      events W:V W:P A u-:P u+:P u-:V -F X:V H:P
  `);
  onEngine(`
    given
      0123456789
      ..VVVVNN
      V r--
    when
      merge V 2-6 rw-
    then
      0123456789
      ..NNNNNN
      N @2
      events W:V W:N A X:V H:N
  `);
});

it("the right part of a file area: uprobes leave V first, as V is the one first committed", () => {
  onEngine(`
    given
      0123456789
      VVVVNN
      V r-- file=F
      N file=F
    when
      merge V 2-4 rw-
    then
      0123456789
      VVNNNN
      events W:V W:N A u-:V u-:N u+:V u+:N H:N
  `);
});

describe("close hooks", () => {
  it("V would be deleted: merge.existing-range-keeps-closable-area", () => {
    hits(onMark, "merge.existing-range-keeps-closable-area", () => {
      const stage = staged(2, 6, { close: "V" });
      expect(mergeExistingRange(stage.request)).toBeNull();
      expect(stage.host.events).toEqual([]);
      // The iterator was moved to the area below before the hook was seen.
      expect(stage.iterator.index).toBe(0);
    });
  });

  it("N would be deleted: merge.existing-range-keeps-closable-next", () => {
    hits(onMark, "merge.existing-range-keeps-closable-next", () => {
      const stage = staged(2, 6, { close: "N" });
      expect(stage.nameOf(mergeExistingRange(stage.request))).toBe("P");
      expect(stage.host.events.join(" ")).toBe("W:V W:P A X:V H:P");
      expect(stage.areas().map(({ name, start, end }) => [name, start, end])).toEqual([
        ["P", 0, 6],
        ["N", 6, 9],
      ]);
    });
  });
});

it("no memory after a clone: merge.existing-range-undoes-clone", () => {
  hits(onMark, "merge.existing-range-undoes-clone", () => {
    const stage = staged(2, 6, { anon: "N" });
    stage.host.plan = failStep(2);
    expect(mergeExistingRange(stage.request)).toBeNull();
    expect(stage.host.events.at(-1)).toBe("U:P");
    expect([stage.area("P").anonVma, stage.area("P").anonChain]).toEqual([null, []]);
  });
});

it("6.18 marks the area above before the one below", () => {
  onEngine(
    `
    given
      0123456789
      PPVVVVNNN
      V r--
    when
      merge V 2-6 rw-
    then
      0123456789
      PPPPPPPPP
      events W:V W:N W:P A X:V X:N H:P
  `,
    profile("6.18"),
  );
});

it("a range outside its area is refused as our own mistake", () => {
  const stage = staged(2, 6);
  stage.request.end = 7 * PAGE_SIZE;
  expect(() => mergeExistingRange(stage.request)).toThrow("outside its area");
});

describe("a request used again does what a new one would", () => {
  const file = { ...PLAIN, file: "F" };
  /** Makes [start, end) pages of an area what its neighbours are, and tells what the host saw of it. */
  function merge(stage: Stage, name: string, start: number, end: number, prev: string | null): string[] {
    const { request, iterator, host } = stage;
    const vma = stage.area(name);
    host.restart(NO_FAULTS);
    request.proposeArea(prev === null ? null : stage.area(prev), vma, start * PAGE_SIZE, end * PAGE_SIZE);
    request.flags = PLAIN.flags;
    iterator.moveTo(vma);
    expect(mergeExistingRange(request)).not.toBeNull();
    return [...host.events];
  }

  it("after two areas went at once, the next merge drops one", () => {
    const stage = new Stage({ profile: profile("6.12") });
    stage.place({ ...PLAIN, name: "P", start: 0, end: 2, pgoff: 0 });
    stage.place({ ...PLAIN, name: "V", start: 2, end: 4, pgoff: 2, flags: 1 });
    stage.place({ ...PLAIN, name: "N", start: 4, end: 6, pgoff: 4 });
    stage.place({ ...PLAIN, name: "W", start: 6, end: 8, pgoff: 6, flags: 1 });
    expect(merge(stage, "V", 2, 4, "P").filter((event) => event.startsWith("X"))).toEqual(["X:V", "X:N"]);
    expect(merge(stage, "W", 6, 8, "P").filter((event) => event.startsWith("X"))).toEqual(["X:W"]);
    expect(stage.mm.mapCount).toBe(1);
  });

  it("after an area gave its right part, uprobes of the area that grows leave and come back once", () => {
    const stage = new Stage({ profile: profile("6.12") });
    stage.place({ ...file, name: "V", start: 0, end: 4, pgoff: 0, flags: 1 });
    stage.place({ ...file, name: "N", start: 4, end: 6, pgoff: 4 });
    const probed = (events: string[]): string[] => events.filter((event) => event.startsWith("u"));
    expect(probed(merge(stage, "V", 2, 4, "V"))).toEqual(["u-:V", "u-:N", "u+:V", "u+:N"]);
    expect(probed(merge(stage, "V", 0, 2, null))).toEqual(["u-:N", "u+:N", "u-:V"]);
  });
});
