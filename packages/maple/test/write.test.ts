// Writes over everything that can be there. Pictures: keys on top, then before, the write, and after.
import { describe, expect, it } from "vitest";
import { MapleTree } from "../src/index.js";
import { LEAF, MANY } from "../src/layout.js";
import { hits } from "./support/marks.js";
import { expectSound, inOrder, packed } from "./support/trees.js";

/** A tree from a picture: a letter for each key of an entry, a dot for a free key. */
function from(picture: string): MapleTree<string> {
  const tree = new MapleTree<string>();
  for (const { 0: run, index } of picture.matchAll(/([A-Z])\1*/g)) {
    tree.set(index, index + run.length, run[0] as string);
  }
  return tree;
}

/** The picture of a tree, and how many entries it has: two touching ones of a letter look like one. */
function picture(tree: MapleTree<string>): string {
  let text = "";
  for (const [start, end, value] of tree) text = text.padEnd(start, ".") + value.repeat(end - start);
  return `${text} ${tree.size}`;
}

describe("set", () => {
  const writes: Record<string, readonly [before: string, start: number, end: number, after: string]> = {
    "into a hole": ["AA....BB", 3, 5, "AA.VV.BB 3"],
    "filling a hole": ["AA....BB", 2, 6, "AAVVVVBB 3"],
    "over exactly one entry": ["AA.BB.CC", 3, 5, "AA.VV.CC 3"],
    "over the end of an entry": ["AAAA....", 2, 6, "AAVVVV 2"],
    "over the start of an entry": ["...AAAA", 1, 5, ".VVVVAA 2"],
    "inside an entry": ["AAAAAAAA", 3, 6, "AAAVVVAA 3"],
    "at the start of an entry": ["AAAAAAAA", 0, 6, "VVVVVVAA 2"],
    "at the end of an entry": ["AAAAAAAA", 3, 8, "AAAVVVVV 2"],
    "over two entries that touch": ["AAABBB", 2, 4, "AAVVBB 3"],
    "over many entries, cutting both outer ones": ["AAABCDEFGGG", 2, 9, "AAVVVVVVVGG 3"],
    "over everything": [".A.B.C.D", 0, 9, "VVVVVVVVV 1"],
  };
  for (const [name, [before, start, end, after]] of Object.entries(writes)) {
    it(`${name}: ${before} [${start}, ${end}) -> ${after}`, () => {
      const tree = from(before);
      tree.set(start, end, "V");
      expect(picture(tree)).toBe(after);
      expect(tree.get(start)).toBe("V");
      expectSound(tree);
    });
  }

  it("keeps neighbours with the same value apart: joining is the caller's rule", () => {
    const tree = from("AA..");
    tree.set(2, 4, "A");
    expect(picture(tree)).toBe("AAAA 2");
    tree.set(1, 3, "A");
    expect(picture(tree)).toBe("AAAA 3");
  });

  it("an entry grows and shrinks by writing it again with its value", () => {
    const tree = from("AAABBB");
    tree.set(0, 5, "A");
    expect(picture(tree)).toBe("AAAAAB 2");
    tree.set(3, 6, "B");
    expect(picture(tree)).toBe("AAABBB 2");
  });

  it("spans leaves, clearing what is ahead before it writes", () => {
    const tree = packed(LEAF * 4);
    hits("put.across", () => tree.set(LEAF * 10 - 7, LEAF * 30 + 2, -1));
    expect(tree.get(LEAF * 20)).toBe(-1);
    expect(tree.size).toBe(LEAF * 2 + 1);
    expect(tree.get(LEAF * 30 + 2)).toBe(LEAF * 3);
    expectSound(tree);
  });

  it("moves the bound between two leaves where an entry grows over it into a hole", () => {
    const tree = packed(LEAF * 2);
    const last = LEAF - 1;
    tree.set(last * 10, last * 10 + 9, last);
    tree.delete(LEAF * 10, LEAF * 10 + 5);
    tree.set(last * 10, last * 10 + 18, last);
    expect(tree.get(LEAF * 10 + 7)).toBe(last);
    expect(tree.size).toBe(LEAF * 2 - 1);
    expectSound(tree);
  });

  it("keeps what it has when its first, small page grows", () => {
    const tree = packed(LEAF);
    tree.set(6, 7, -1);
    expect([...tree.values()].slice(0, 3)).toEqual([0, -1, 1]);
    expect(tree.size).toBe(LEAF + 1);
    expectSound(tree);
  });

  it("reads and writes a tree of many leaves, which it fetches whole", () => {
    const tree = packed(MANY * LEAF + 1);
    const at = MANY * 160;
    hits("pool.fetch", () => tree.delete(at, at + 5));
    hits("pool.fetch", () => expect(tree.get(at)).toBe(undefined));
    expect(tree.get(at - 10)).toBe(at / 10 - 1);
    expect(tree.get(at + 10)).toBe(at / 10 + 1);
    expectSound(tree);
  });
});

describe("delete", () => {
  const clears: Record<
    string,
    readonly [before: string, start: number, end: number, after: string, n: number]
  > = {
    "a hole": ["AA....BB", 3, 5, "AA....BB 2", 0],
    "one entry": ["AA.BB.CC", 3, 5, "AA....CC 2", 1],
    "more than is there": ["AA.BB.CC", 2, 6, "AA....CC 2", 1],
    "the end of an entry": ["AAAA", 2, 8, "AA 1", 1],
    "the start of an entry": ["..AAAA", 0, 4, "....AA 1", 1],
    "the middle of an entry": ["AAAAAA", 2, 4, "AA..AA 2", 1],
    "parts of two and all between": ["AAABCDEEE", 1, 8, "A.......E 2", 5],
    everything: ["AAABCDEEE", 0, 9, " 0", 5],
  };
  for (const [name, [before, start, end, after, n]] of Object.entries(clears)) {
    it(`${name}: ${before} [${start}, ${end}) -> ${after}`, () => {
      const tree = from(before);
      expect(tree.delete(start, end)).toBe(n);
      expect(picture(tree)).toBe(after);
      expectSound(tree);
    });
  }
});

describe("insert", () => {
  it("fills a hole, and refuses a range that is not free, with the first entry in the way", () => {
    const tree = from("AA..BB");
    tree.insert(2, 4, "C");
    expect(picture(tree)).toBe("AACCBB 3");
    expect(() => tree.insert(1, 5, "D")).toThrow(new RangeError("[1, 5) overlaps the entry [0, 2)"));
    expect(tree.tryInsert(5, 9, "D")).toBe(false);
    expect(tree.tryInsert(6, 9, "D")).toBe(true);
    expect(picture(tree)).toBe("AACCBBDDD 4");
  });

  it("sees an entry in the next leaf", () => {
    const tree = packed(LEAF * 2);
    expect(tree.tryInsert(LEAF * 10 - 5, LEAF * 10, -1)).toBe(true);
    tree.delete(LEAF * 10 - 5, LEAF * 10);
    expect(() => tree.insert(LEAF * 10 - 5, LEAF * 10 + 1, -1)).toThrow(
      `entry [${LEAF * 10}, ${LEAF * 10 + 5})`,
    );
  });
});

describe("clear", () => {
  it("leaves an empty tree that can be filled again", () => {
    const tree = inOrder(1000);
    tree.clear();
    expect([...tree]).toEqual([]);
    expectSound(tree);
    tree.set(0, 1, 1);
    expect([...tree]).toEqual([[0, 1, 1]]);
  });
});
