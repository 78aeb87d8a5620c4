// What is counted, with areas that have records and with those that have none, and what a call did in words.
import { describe, expect, it } from "vitest";
import {
  AddressSpace,
  countsByReason,
  describeMove,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  PAGE_SIZE,
  PROT_READ,
  PROT_WRITE,
  Tally,
} from "../src/index.js";

const BASE = 0x7f00_0000_0000;
const RW = PROT_READ | PROT_WRITE;

function at(page: number): number {
  return BASE + page * PAGE_SIZE;
}

function map(space: AddressSpace, page: number, pages: number, prot: number = RW): void {
  const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
  expect(space.mmap({ address: at(page), length: pages * PAGE_SIZE, prot, flags })).toBe(at(page));
}

function counted(): { space: AddressSpace; tally: Tally } {
  const space = new AddressSpace({ kernel: "6.18" });
  const tally = new Tally();
  space.tallyIn(tally);
  return { space, tally };
}

/** What the call under way did, in words. */
function said(tally: Tally): string[] {
  return tally.moves().flatMap(describeMove);
}

describe("a tally", () => {
  it("has sums over calls, and what the latest one did with each range", () => {
    const { space, tally } = counted();
    map(space, 0, 8);
    map(space, 8, 4);
    tally.begin();
    expect(space.mprotect(at(2), 4 * PAGE_SIZE, PROT_READ)).toBe(0);
    expect(tally.moves()).toMatchObject([
      { outcome: null, start: at(2), end: at(6), cutsStart: true, cutsEnd: true, gone: 0, isRefused: true },
    ]);
    expect(said(tally)).toEqual([
      "merge refused; below: no-neighbour, not-at-end; above: no-neighbour, not-at-end",
      "split at 0x7f0000002000",
      "split at 0x7f0000006000",
    ]);
    tally.begin();
    map(space, 1, 9);
    expect(tally.moves()).toMatchObject([{ outcome: "new-both", gone: 4, from: at(0), upTo: at(12) }]);
    expect(said(tally)).toEqual([
      "split at 0x7f0000001000",
      "split at 0x7f000000a000",
      "removed 4 areas in 0x7f0000000000-0x7f000000c000",
      "merged (new-both) into 0x7f0000000000-0x7f000000c000",
    ]);
    expect(tally.sums()).toMatchObject({
      created: 1,
      split: 4,
      removed: 4,
      refused: 2,
      byGeometry: { "new-left": 1, "new-both": 1 },
    });
    expect(countsByReason(tally.sums().byReasonBit)).toEqual({ "no-neighbour": 2, "not-at-end": 1 });
  });

  it("says in words what happened to areas with records, too", () => {
    const { space, tally } = counted();
    map(space, 0, 4);
    expect(space.areaAt(at(0))).not.toBeNull();
    tally.begin();
    expect(space.munmap(at(1), PAGE_SIZE)).toBe(0);
    expect(said(tally)).toEqual([
      "split at 0x7f0000001000",
      "split at 0x7f0000002000",
      "removed one area in 0x7f0000001000-0x7f0000002000",
    ]);
    tally.begin();
    map(space, 1, 1, PROT_READ);
    expect(said(tally)).toEqual([
      "merge refused; below: flags; above: flags",
      "created 0x7f0000001000-0x7f0000002000",
    ]);
    tally.begin();
    expect(space.mprotect(at(1), PAGE_SIZE, RW)).toBe(0);
    expect(said(tally).at(-1)).toBe("merged (existing-both) into 0x7f0000000000-0x7f0000004000");
  });

  it("counts for several address spaces, and for none that left it", () => {
    const { space, tally } = counted();
    const other = new AddressSpace({ kernel: "6.18" });
    other.tallyIn(tally);
    map(space, 0, 1);
    map(other, 0, 1);
    other.tallyIn(null);
    map(other, 4, 1);
    expect(tally.sums()).toMatchObject({ created: 2, refused: 2 });
  });

  it("leaves out what happens while it is muted, though that fails", () => {
    const { space, tally } = counted();
    const work = (): void => {
      map(space, 0, 1);
      throw new Error("stop");
    };
    expect(() => tally.mute(() => tally.mute(work))).toThrow("stop");
    tally.mute(() => {
      tally.mute(() => map(space, 8, 1));
      map(space, 12, 1);
    });
    expect(tally.sums().created).toBe(0);
    expect(tally.moveCount).toBe(0);
    map(space, 4, 1);
    expect(tally.sums().created).toBe(1);
  });

  it("keeps sums of more than it remembers, and forgets what was long ago", () => {
    const { space, tally } = counted();
    map(space, 0, 4);
    const first = tally.firstMove;
    for (let i = 0; i < 5000; i += 1) {
      tally.begin();
      expect(space.mprotect(at(1), PAGE_SIZE, i % 2 === 0 ? PROT_READ : RW)).toBe(0);
      if (i === 2000) expect(tally.moves(first, 1)).toMatchObject([{ outcome: "created", start: at(0) }]);
    }
    for (let i = 0; i < 5000; i += 1) map(space, 10, 1);
    expect(tally.moves(first, 1)).toEqual([]);
    expect(tally.sums()).toMatchObject({
      created: 5001,
      split: 5000,
      removed: 4999 + 5000,
      refused: 2501 + 5000,
      byGeometry: { "existing-both": 2500 },
    });
  });
});
