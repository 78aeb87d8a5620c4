// merge/plan.ts: one plan serves all merges of an address space.
import { MergePlan, profile, type Vma } from "@vma/core/engine";
import { PLAIN, Stage } from "@vma/testkit";
import { expect, it } from "vitest";

it("begun anew, it forgets what the merge before took away and who came first", () => {
  const stage = new Stage({ profile: profile("6.12") });
  const place = (name: string, page: number): Vma =>
    stage.place({ ...PLAIN, name, start: page, end: page + 1, pgoff: page });
  const [low, middle, high] = [place("L", 0), place("M", 1), place("H", 2)];
  const plan = new MergePlan().grow(low, 0, 3, 0).shrink(high, 2, 3, 2, true);
  plan.remove = middle;
  plan.removeNext = high;
  plan.grow(low, 0, 2, 0);
  expect(plan).toMatchObject({
    target: low,
    adjust: null,
    remove: null,
    removeNext: null,
    adjustFirst: false,
  });
});
