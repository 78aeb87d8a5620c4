// merge/shrink.ts: one end moves, the rest becomes a hole.
import { ENOMEM } from "@vma/core";
import { PAGE_SIZE, profile, shrinkArea } from "@vma/core/engine";
import { failStep, PLAIN, Stage } from "@vma/testkit";
import { expect, it } from "vitest";
import { onEngine } from "./on-engine.js";

it("reserves before it marks, and uprobes leave and come back for a file", () => {
  onEngine(`
    given
      0123456789
      VVVV
      V file=F
    when
      shrink V 0-2
    then
      0123456789
      VV
      returns ok
      events A W:V u-:V u+:V
  `);
});

it("without memory nothing has changed and nothing is marked", () => {
  onEngine(`
    given
      0123456789
      VVVV
    when
      shrink V 2-4
      fail 1
    then
      0123456789
      VVVV
      returns ENOMEM
      marked nothing
      events A!
  `);
});

it("without memory the iterator tells the range that was to be cleared", () => {
  const stage = new Stage({ profile: profile("6.12"), plan: failStep(1) });
  const area = stage.place({ ...PLAIN, name: "V", start: 0, end: 4, pgoff: 0 });
  const { iterator } = stage;
  expect(shrinkArea(iterator, area, 0, 3 * PAGE_SIZE, 0)).toBe(-ENOMEM);
  expect([iterator.index, iterator.end]).toEqual([3 * PAGE_SIZE, 4 * PAGE_SIZE]);
});

it("to what it covers already, nothing is cleared", () => {
  const stage = new Stage({ profile: profile("6.12") });
  const area = stage.place({ ...PLAIN, name: "V", start: 0, end: 4, pgoff: 0 });
  expect(shrinkArea(stage.iterator, area, 0, 4 * PAGE_SIZE, 0)).toBe(0);
  expect(stage.mm.tree.get(0)).toBe(area);
  expect(stage.mm.tree.get(3 * PAGE_SIZE)).toBe(area);
});
