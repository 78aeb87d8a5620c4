// merge/commit.ts and merge/anon-dup.ts: the one writer, seen through what it asks for and tells.
import {
  cloneAnon,
  dropAnon,
  expandArea,
  mergeExistingRange,
  PAGE_SIZE,
  profile,
  type Vma,
} from "@vma/core/engine";
import { failStep, PLAIN, Stage } from "@vma/testkit";
import { describe, expect, it } from "vitest";
import { hearing } from "./hearing.js";

function area(
  stage: Stage,
  name: string,
  start: number,
  end: number,
  anon: string | null,
  flags?: number,
): Vma {
  const chain = anon ?? "";
  return stage.place({ ...PLAIN, name, start, end, pgoff: start, anon, chain, flags: flags ?? PLAIN.flags });
}

/** Pages 2 to 4 of `vma` are about to be as `low`, which takes them. */
function offerPart(stage: Stage, low: Vma, vma: Vma): void {
  stage.request.proposeArea(low, vma, 2 * PAGE_SIZE, 4 * PAGE_SIZE);
  stage.request.flags = PLAIN.flags;
  stage.iterator.moveTo(vma);
  expect(mergeExistingRange(stage.request)).toBe(low);
}

describe("commit", () => {
  it("writes one tree range for three areas and counts two down", () => {
    const stage = new Stage({ profile: profile("6.12") });
    area(stage, "P", 0, 2, null);
    const vma = area(stage, "V", 2, 4, null, PLAIN.flags & ~2);
    area(stage, "N", 4, 6, null);
    stage.request.proposeArea(stage.area("P"), vma, vma.start, vma.end);
    stage.request.flags = PLAIN.flags;
    stage.iterator.moveTo(vma);
    mergeExistingRange(stage.request);
    expect([...stage.mm.tree.entries()].map(([start, end]) => [start / PAGE_SIZE, end / PAGE_SIZE])).toEqual([
      [0, 6],
    ]);
    expect(stage.mm.mapCount).toBe(1);
    expect(stage.host.areasHeld).toBe(-2);
  });

  it("every mark belongs to the lock sequence of the address space", () => {
    const stage = new Stage({ profile: profile("6.12") });
    const vma = area(stage, "V", 0, 2, null);
    stage.mm.lockSequence = 7;
    stage.request.proposeArea(null, vma, vma.start, 4 * PAGE_SIZE);
    expect(expandArea(stage.request)).toBe(0);
    expect(vma.writeMark).toBe(7);
  });

  it("tells where the area was that gives a part", () => {
    const stage = new Stage({ profile: profile("6.12") });
    const low = area(stage, "P", 0, 2, null);
    const vma = area(stage, "V", 2, 6, null, PLAIN.flags & ~2);
    const told: unknown[] = [];
    stage.mm.events = hearing({
      shrank: (shrunk, oldStart, oldEnd) => {
        told.push(shrunk, oldStart / PAGE_SIZE, oldEnd / PAGE_SIZE);
      },
    });
    offerPart(stage, low, vma);
    expect(told).toEqual([vma, 2, 6]);
  });

  it("sticky flags of the area that gives a part pass on, too", () => {
    const guard = 0x800;
    const stage = new Stage({ profile: profile("6.18") });
    const low = area(stage, "P", 0, 2, null);
    const vma = area(stage, "V", 2, 6, null, (PLAIN.flags & ~2) | guard);
    offerPart(stage, low, vma);
    expect(low.flags & guard).toBe(guard);
  });

  it("an area that was swallowed has no object and no chain any more", () => {
    const stage = new Stage({ profile: profile("6.12") });
    const low = area(stage, "V", 0, 2, null);
    const next = area(stage, "N", 2, 4, "A");
    stage.request.proposeArea(null, low, low.start, 4 * PAGE_SIZE);
    stage.request.next = next;
    expect(expandArea(stage.request)).toBe(0);
    expect([next.anonVma, next.anonChainLength]).toEqual([null, 0]);
    expect(stage.nameOf(low)).toBe("V");
    expect(low.anonVma).not.toBeNull();
  });

  it("sticky flags of every part pass to the survivor where the profile has them", () => {
    const guard = 0x800;
    const stage = new Stage({ profile: profile("6.18") });
    const low = area(stage, "V", 0, 2, null);
    area(stage, "N", 2, 4, null, PLAIN.flags | guard);
    stage.request.proposeArea(null, low, low.start, 4 * PAGE_SIZE);
    stage.request.next = stage.area("N");
    expect(expandArea(stage.request)).toBe(0);
    expect(low.flags & guard).toBe(guard);
  });
});

describe("cloning an anonymous object", () => {
  const pair = (to: string | null, from: string | null): [Stage, Vma, Vma] => {
    const stage = new Stage({ profile: profile("6.12") });
    return [stage, area(stage, "P", 0, 1, to), area(stage, "N", 1, 2, from)];
  };

  it("happens only from one that has it to one that has none", () => {
    for (const [to, from, outcome] of [
      [null, null, "nothing"],
      ["A", null, "nothing"],
      ["A", "B", "nothing"],
      [null, "B", "cloned"],
    ] as const) {
      const [stage, low, high] = pair(to, from);
      expect(cloneAnon(stage.mm, low, high)).toBe(outcome);
      expect(low.anonVma).toBe(outcome === "cloned" ? high.anonVma : low.anonVma);
    }
  });

  it("shares the chain, and dropping it leaves the source alone", () => {
    const [stage, low, high] = pair(null, "B");
    cloneAnon(stage.mm, low, high);
    expect(low.anonChain).toEqual(high.anonChain);
    dropAnon(stage.mm, low);
    expect([low.anonVma, low.anonChain.length, high.anonChain.length]).toEqual([null, 0, 1]);
    expect(stage.host.events).toEqual(["C:P<N", "U:P"]);
  });

  it("without memory leaves no object and no chain", () => {
    const [stage, low, high] = pair(null, "B");
    stage.host.plan = failStep(1);
    expect(cloneAnon(stage.mm, low, high)).toBe("nomem");
    expect([low.anonVma, low.anonChain.length]).toEqual([null, 0]);
  });
});
