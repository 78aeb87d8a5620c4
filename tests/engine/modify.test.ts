// merge/modify.ts: merge, or split on both sides, and what stays of a half-done split.
import { ENOMEM } from "@vma/core";
import { onMark } from "@vma/core/debug";
import { modifyArea, PAGE_SIZE, profile } from "@vma/core/engine";
import { hits, PLAIN, Stage } from "@vma/testkit";
import { expect, it } from "vitest";
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
