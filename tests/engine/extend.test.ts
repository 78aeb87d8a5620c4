// merge/extend.ts: growth at the end, where the request and the iterator start.
import { mergeExtend, PAGE_SIZE, profile } from "@vma/core/engine";
import { PLAIN, Stage } from "@vma/testkit";
import { expect, it } from "vitest";
import { onEngine } from "./on-engine.js";

it("takes the area above along and drops it", () => {
  onEngine(`
    given
      0123456789
      VV..NN
      N anon=A
    when
      extend V 2
    then
      0123456789
      VVVVVV
      V anon=A
      events W:V W:N C:V<N A M:V<N X:N H:V
  `);
});

it("an area that never merges does not grow, and the iterator stands on the hole above it", () => {
  const stage = new Stage({ profile: profile("6.12") });
  // 0x4000 is io.
  stage.place({ ...PLAIN, name: "V", start: 0, end: 2, pgoff: 0, flags: PLAIN.flags | 0x4000 });
  stage.place({ ...PLAIN, name: "N", start: 5, end: 6, pgoff: 5 });
  expect(mergeExtend(stage.request, stage.area("V"), PAGE_SIZE)).toBeNull();
  const { index, end, status } = stage.iterator;
  expect([index / PAGE_SIZE, end / PAGE_SIZE, status]).toEqual([2, 5, "active"]);
  expect(stage.host.events).toEqual([]);
});

it("without memory it stays as it was", () => {
  onEngine(`
    given
      0123456789
      VV..
    when
      extend V 2
      fail 1
    then
      0123456789
      VV
      returns none
      state nomem
      events W:V A!
  `);
});
