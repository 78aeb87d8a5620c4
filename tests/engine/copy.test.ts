// region/copy.ts: a copy that merges, one that is placed, and one that is undone.
import {
  AddressSpace,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  MREMAP_DONTUNMAP,
  MREMAP_FIXED,
  MREMAP_MAYMOVE,
  PROT_READ,
  PROT_WRITE,
} from "@vma/core";
import { copyVma, type KernelProfile, MergeRequest, PAGE_SIZE, profile, reasonCodes } from "@vma/core/engine";
import { type AreaSpec, PLAIN, Stage } from "@vma/testkit";
import { describe, expect, it } from "vitest";
import { hearing } from "./hearing.js";
import { onEngine } from "./on-engine.js";

function staged(rules: KernelProfile, ...areas: Partial<AreaSpec>[]): Stage {
  const stage = new Stage({ profile: rules });
  for (const area of areas) {
    stage.place({ ...PLAIN, name: "V", start: 0, end: 2, pgoff: area.start ?? 0, ...area });
  }
  return stage;
}

it("an area of its own is built in full before it is linked", () => {
  onEngine(`
    given
      0123456789
      VV
      V file=F anon=A policy=bind:0 open
    when
      copy V 5 2
    then
      0123456789
      VV...aa
      a file=F anon=A policy=bind:0 open @0
      events D:a<V +bind:0 C:a<V +F O:a A W:a
  `);
});

it("no memory for the link: everything taken is given back", () => {
  onEngine(`
    given
      0123456789
      VV
      V file=F anon=A policy=bind:0 open close
    when
      copy V 5 2
      fail 4
    then
      0123456789
      VV
      returns none
      events D:a<V +bind:0 C:a<V +F O:a A! K:a -F U:a -bind:0 X:a
  `);
});

it("a merge without memory is followed by an area of its own", () => {
  onEngine(`
    given
      0123456789
      VV...NN
    when
      copy V 3 2
      fail 1
    then
      0123456789
      VV.aaNN
      returns a
  `);
});

describe("beside its own source", () => {
  it("joins it, and the source is what it became", () => {
    const stage = staged(profile("6.12"), { start: 2, end: 4 });
    const source = stage.area("V");
    const copied = copyVma(new MergeRequest(stage.mm), source, 4 * PAGE_SIZE, 2 * PAGE_SIZE, 2, false);
    expect([stage.nameOf(copied.copy), stage.nameOf(copied.source), copied.needRmapLocks]).toEqual([
      "V",
      "V",
      true,
    ]);
  });

  it("with the source kept, 6.12 keeps them apart", () => {
    const stage = staged(profile("6.12"), { start: 2, end: 4 });
    const source = stage.area("V");
    const copied = copyVma(new MergeRequest(stage.mm), source, 4 * PAGE_SIZE, 2 * PAGE_SIZE, 2, true);
    expect(stage.nameOf(copied.copy)).toBe("n1");
  });
});

describe("of written memory, into an unwritten neighbour", () => {
  const areas: Partial<AreaSpec>[] = [
    { name: "V", start: 0, end: 2, anon: "A", chain: "A" },
    { name: "N", start: 7, end: 9, pgoff: 2 },
  ];

  it("6.12 keeps them apart", () => {
    const stage = staged(profile("6.12"), ...areas);
    copyVma(new MergeRequest(stage.mm), stage.area("V"), 5 * PAGE_SIZE, 2 * PAGE_SIZE, 0, false);
    expect(stage.areas().map(({ name }) => name)).toEqual(["V", "n1", "N"]);
  });

  it("early 6.18 merges and leaves the chain behind; 6.18 clones it", () => {
    for (const [name, chain] of [
      ["6.18-early", ""],
      ["6.18", "A"],
    ] as const) {
      const stage = staged(profile(name), ...areas);
      copyVma(new MergeRequest(stage.mm), stage.area("V"), 5 * PAGE_SIZE, 2 * PAGE_SIZE, 0, false);
      expect(stage.areas().map((area) => [area.name, area.chain])).toEqual([
        ["V", "A"],
        ["N", chain],
      ]);
    }
  });

  it("an inherited chain does not spread in 6.18", () => {
    const stage = staged(profile("6.18"), { ...areas[0], chain: "XA" }, areas[1] as Partial<AreaSpec>);
    copyVma(new MergeRequest(stage.mm), stage.area("V"), 5 * PAGE_SIZE, 2 * PAGE_SIZE, 0, false);
    expect(stage.areas().map(({ name }) => name)).toEqual(["V", "n1", "N"]);
  });
});

it("early 6.18 forgets where a copy comes from, and merges what an inherited chain keeps apart later", () => {
  const stage = staged(
    profile("6.18-early"),
    { name: "V", start: 0, end: 2, anon: "A", chain: "XA" },
    { name: "N", start: 7, end: 9, pgoff: 2 },
  );
  copyVma(new MergeRequest(stage.mm), stage.area("V"), 5 * PAGE_SIZE, 2 * PAGE_SIZE, 0, false);
  expect(stage.areas().map(({ name }) => name)).toEqual(["V", "N"]);
});

describe("that keeps its source beside it is refused", () => {
  /** What a copy of V, 2 pages at 2, to page 4 is told: the neighbours asked, and the reasons of each side. */
  function refusal(rules: string, keep: boolean, ...areas: Partial<AreaSpec>[]): string[] {
    const stage = staged(profile(rules), ...areas);
    const told: string[] = [];
    stage.mm.events = hearing({
      merged: (geometry) => told.push(geometry),
      refused({ prev, next, leftReasons, rightReasons }) {
        told.push(`${stage.nameOf(prev) ?? "-"}: ${reasonCodes(leftReasons).join(" ")}`);
        told.push(`${stage.nameOf(next) ?? "-"}: ${reasonCodes(rightReasons).join(" ")}`);
      },
    });
    copyVma(new MergeRequest(stage.mm), stage.area("V"), 4 * PAGE_SIZE, 2 * PAGE_SIZE, 2, keep);
    return told;
  }
  const source = { name: "V", start: 2, end: 4 };
  const moved = { ...source, pgoff: 50 };
  const fitting = { name: "N", start: 6, end: 8 };
  const other = { ...fitting, start: 7, end: 9 };

  it.each([
    ["6.12", "the source alone", [source], ["V: kept-source", "-: no-neighbour"]],
    ["6.12", "its offset as well", [moved], ["V: pgoff kept-source", "-: no-neighbour"]],
    ["6.12", "another area does not touch", [source, other], ["V: kept-source", "N: no-neighbour"]],
    ["6.12", "another area fits", [source, fitting], ["new-right"]],
    ["6.1", "the source alone", [source], ["V: kept-source", "-: no-neighbour kept-source"]],
    ["6.1", "its offset as well", [moved], ["V: pgoff kept-source", "-: no-neighbour kept-source"]],
    ["6.1", "another area fits", [source, fitting], ["V: kept-source", "N: kept-source"]],
    ["6.18", "the source alone", [source], ["new-left"]],
    ["6.18", "its offset alone", [moved], ["V: pgoff", "-: no-neighbour"]],
  ] as const)("%s, %s", (rules, _what, areas, expected) => {
    expect(refusal(rules, true, ...areas)).toEqual(expected);
  });

  it("on the side of the source alone, whatever keeps the other one apart", () => {
    const stage = staged(
      profile("6.12"),
      { name: "P", start: 0, end: 2, pgoff: 50 },
      { name: "V", start: 4, end: 6 },
    );
    const told: string[] = [];
    stage.mm.events = hearing({
      refused({ leftReasons, rightReasons }) {
        told.push(reasonCodes(leftReasons).join(" "), reasonCodes(rightReasons).join(" "));
      },
    });
    copyVma(new MergeRequest(stage.mm), stage.area("V"), 2 * PAGE_SIZE, 2 * PAGE_SIZE, 2, true);
    expect(told).toEqual(["pgoff", "kept-source"]);
  });

  it("for what remains when the source goes", () => {
    expect(refusal("6.12", false, source)).toEqual(["new-left"]);
    expect(refusal("6.12", false, moved)).toEqual(["V: pgoff", "-: no-neighbour"]);
  });

  it("and the request has its neighbours as they were decided on, not as they were told", () => {
    const stage = staged(profile("6.1"), source, fitting);
    const request = new MergeRequest(stage.mm);
    const told: (string | null)[] = [];
    stage.mm.events = hearing({
      refused: ({ prev, next }) => told.push(stage.nameOf(prev), stage.nameOf(next)),
    });
    copyVma(request, stage.area("V"), 4 * PAGE_SIZE, 2 * PAGE_SIZE, 2, true);
    expect(told).toEqual(["V", "N"]);
    expect([request.prev, request.next]).toEqual([null, null]);
  });

  it("and mremap tells so", () => {
    const space = new AddressSpace({ kernel: "6.12" });
    const [at, length] = [1024 * PAGE_SIZE, 2 * PAGE_SIZE];
    const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    expect(space.mmap({ address: at, length, prot: PROT_READ | PROT_WRITE, flags })).toBe(at);
    const told: string[] = [];
    space.onEvent((event) => {
      if (event.kind === "refused") told.push(reasonCodes(event.leftReasons).join(" "));
    });
    const keep = MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP;
    expect(space.mremap(at, length, length, keep, at + length)).toBe(at + length);
    expect(told).toEqual(["kept-source"]);
    expect(space.mapCount).toBe(2);
  });
});
