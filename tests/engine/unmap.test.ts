// region/unmap.ts: gather, write the hole, let go; what stays of a failure.
import { PAGE_SIZE, profile, unmapRange } from "@vma/core/engine";
import { failKind, PLAIN, Stage } from "@vma/testkit";
import { describe, expect, it } from "vitest";
import { onEngine } from "./on-engine.js";

it("gathers upwards, writes the hole, then closes and frees in address order", () => {
  onEngine(`
    given
      0123456789
      AABBCC
      A file=F close
      B policy=bind:0
    when
      unmap 0-4
    then
      0123456789
      ....CC
      returns ok
      closed A
      events W:A G:A W:B G:B R:0-4 K:A -F X:A -bind:0 X:B
  `);
});

it("splits at both ends, below first", () => {
  onEngine(`
    given
      0123456789
      AAABBB
      A r--
    when
      unmap 1-5
    then
      0123456789
      a....b
      a r-- @0
      b rw- @5
      returns ok
  `);
});

describe("failures", () => {
  it("splits that were made stay", () => {
    onEngine(`
      given
        0123456789
        AAAA
      when
        unmap 1-3
        fail 3
      then
        0123456789
        aAAA
        a @0
        A @1
        returns ENOMEM
    `);
  });

  it("a sealed area refuses", () => {
    onEngine(`
      given
        0123456789
        AABB
        B sl
      when
        unmap 0-4
      then
        0123456789
        AABB
        returns EPERM
        closed nothing
    `);
  });

  it("a hole in the middle at the limit on areas is refused, one at an end is not", () => {
    onEngine(`
      given
        0123456789
        AAAA
        maxmaps 1
      when
        unmap 1-3
      then
        0123456789
        AAAA
        returns ENOMEM
        events nothing
    `);
    onEngine(`
      given
        0123456789
        AAAA
        maxmaps 1
      when
        unmap 2-4
      then
        0123456789
        aa
        returns ok
    `);
  });

  it("a userfaultfd event without memory puts all areas back", () => {
    const stage = new Stage({ profile: profile("6.12"), plan: failKind("ufprep") });
    stage.place({ ...PLAIN, name: "A", start: 0, end: 2, pgoff: 0 });
    const before = stage.areas();
    expect(unmapRange(stage.iterator, 0, 2 * PAGE_SIZE, { unlock: false, userfault: true })).toBe(-12);
    expect(stage.host.events).toEqual(["W:A", "G:A", "Q!:A"]);
    expect([stage.areas(), stage.mm.gathered]).toEqual([before, []]);
  });
});

it("bad arguments are EINVAL and an empty range is fine", () => {
  const stage = new Stage({ profile: profile("6.12") });
  const unmap = (start: number, length: number): number => unmapRange(stage.iterator, start, length);
  expect(unmap(1, PAGE_SIZE)).toBe(-22);
  expect(unmap(0, 0)).toBe(-22);
  expect(unmap(2 ** 47, PAGE_SIZE)).toBe(-22);
  expect(unmap(0, 2 ** 48)).toBe(-22);
  expect(unmap(0, PAGE_SIZE)).toBe(0);
});

it("the lock is downgraded while pages are freed, or dropped when there is nothing to do", () => {
  const stage = new Stage({ profile: profile("6.12") });
  const dropping = { unlock: true, userfault: false };
  unmapRange(stage.iterator, 0, PAGE_SIZE, dropping);
  expect(stage.host.events).toEqual(["L:wunlock"]);
  stage.host.restart();
  stage.place({ ...PLAIN, name: "A", start: 0, end: 1, pgoff: 0 });
  unmapRange(stage.iterator, 0, PAGE_SIZE, dropping);
  expect(stage.host.events).toEqual(["W:A", "G:A", "R:0-1", "L:downgrade", "X:A", "L:runlock"]);
});
