// What the compiler promises users of @vma/maple. Checked against the sources by `npm run typecheck`, and against
// the packed packages by tools/pack-check.mjs.
import {
  type Cursor,
  type Entry,
  InvariantError,
  type MapleFullError,
  type MapleOptions,
  MapleTree,
} from "@vma/maple";
import { validate } from "@vma/maple/debug";
import { gaps, highestGap, lowestGap, nextGap, prevGap } from "@vma/maple/gaps";
import { endAbove, touchingBelow } from "@vma/maple/neighbours";
import { Rules } from "@vma/maple/rules";
import { type Difference, diff } from "@vma/maple/sets";
import { clone, dispose, snapshot } from "@vma/maple/versions";
import { describe, expectTypeOf, it } from "vitest";

const tree = new MapleTree<string>();

describe("what touches a cursor's entry", () => {
  it("is a value of the tree, or nothing", () => {
    expectTypeOf(touchingBelow(tree.cursor())).toEqualTypeOf<string | undefined>();
    expectTypeOf(endAbove(tree.cursor())).toBeNumber();
  });
});

describe("a tree", () => {
  it("gives its values back, or undefined", () => {
    expectTypeOf(tree.get).returns.toEqualTypeOf<string | undefined>();
    expectTypeOf(tree.first()).toEqualTypeOf<Entry<string> | undefined>();
    expectTypeOf(tree.values()).toEqualTypeOf<IterableIterator<string>>();
    // @ts-expect-error what is read may be a hole
    tree.get(0).length;
  });

  it("takes its own kind of values, at numbers", () => {
    tree.set(0, 1, "a");
    // @ts-expect-error the values are strings
    tree.set(0, 1, 2);
    // @ts-expect-error a key is a number
    tree.get("0");
    // @ts-expect-error nor is it a bigint
    tree.get(0n);
  });

  it("yields entries as [start, end, value]", () => {
    for (const entry of tree)
      expectTypeOf(entry).toEqualTypeOf<[start: number, end: number, value: string]>();
    expectTypeOf([...gaps(tree)]).items.toEqualTypeOf<[start: number, end: number]>();
    tree.forEach((value, start, end) => {
      expectTypeOf(value).toBeString();
      expectTypeOf([start, end]).items.toBeNumber();
    });
  });

  it("is made of options that may all be left out", () => {
    expectTypeOf<MapleOptions>().toEqualTypeOf<Partial<MapleOptions>>();
    // @ts-expect-error there is no such option
    new MapleTree({ maxnodes: 3 });
  });

  it("takes rules for its own values, made by Rules", () => {
    new MapleTree<string>({ rules: new Rules<string>({ merge: (left, right) => left + right }) });
    // @ts-expect-error the values are strings
    new MapleTree<string>({ rules: new Rules<number>({ merge: (left, right) => left + right }) });
    // @ts-expect-error rules are no plain object
    new MapleTree<string>({ rules: { merge: () => undefined } });
  });

  it("differs from another in values of its own type", () => {
    expectTypeOf([...diff(tree, tree)]).items.toEqualTypeOf<Difference<string>>();
  });

  it("has versions of its own type", () => {
    expectTypeOf(snapshot(tree)).toEqualTypeOf<MapleTree<string>>();
    expectTypeOf(clone(tree)).toEqualTypeOf<MapleTree<string>>();
    expectTypeOf(dispose(tree)).toBeVoid();
    // @ts-expect-error only trees have versions
    snapshot(tree.cursor());
  });

  it("has holes at numbers", () => {
    expectTypeOf(lowestGap(tree, 1)).toBeNumber();
    expectTypeOf(highestGap(tree, 1, 0, 100, 8, 4)).toBeNumber();
    // @ts-expect-error how large it must be is not left out
    lowestGap(tree);
  });

  it("has a size that only writes change", () => {
    expectTypeOf(tree.size).toBeNumber();
    // @ts-expect-error it is counted, not set
    tree.size = 0;
  });
});

describe("a cursor", () => {
  it("has the tree's values", () => {
    const cursor = tree.cursor();
    expectTypeOf(cursor).toEqualTypeOf<Cursor<string>>();
    expectTypeOf(cursor.value).toEqualTypeOf<string | undefined>();
    expectTypeOf(cursor.next()).toEqualTypeOf<string | undefined>();
  });

  it("moves from hole to hole, or says that it does not", () => {
    expectTypeOf(nextGap(tree.cursor())).toBeBoolean();
    expectTypeOf(prevGap(tree.cursor(), 4)).toBeBoolean();
    // @ts-expect-error a tree has no position
    nextGap(tree);
  });
});

describe("what goes wrong", () => {
  it("is an Error", () => {
    expectTypeOf<InvariantError>().toExtend<Error>();
    expectTypeOf<MapleFullError>().toExtend<Error>();
    expectTypeOf(InvariantError).instance.toHaveProperty("message");
  });

  it("is found by validate, as sentences", () => {
    expectTypeOf(validate).returns.toEqualTypeOf<string[]>();
  });
});
