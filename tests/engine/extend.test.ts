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

/** V, a hole of three pages, N. */
function beforeHole(): Stage {
  const stage = new Stage({ profile: profile("6.12") });
  stage.place({ ...PLAIN, name: "V", start: 0, end: 2, pgoff: 0 });
  stage.place({ ...PLAIN, name: "N", start: 5, end: 6, pgoff: 5 });
  return stage;
}

it("names the area above where the growth does not reach it, unless it is not asked to", () => {
  const named = beforeHole();
  mergeExtend(named.request, named.area("V"), PAGE_SIZE);
  expect(named.request.next).toBe(named.area("N"));
  const bare = beforeHole();
  mergeExtend(bare.request, bare.area("V"), PAGE_SIZE, false);
  expect(bare.request.next).toBeNull();
});

it("asked or not, it swallows the area above that the growth reaches", () => {
  const stage = beforeHole();
  const area = stage.area("V");
  expect(mergeExtend(stage.request, area, 3 * PAGE_SIZE, false)).toBe(area);
  expect([area.start, area.end]).toEqual([0, 6 * PAGE_SIZE]);
  expect(stage.mm.mapCount).toBe(1);
});
