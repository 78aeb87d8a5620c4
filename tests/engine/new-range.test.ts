// merge/new-range.ts: what happens in which order, where the iterator and the request are left.
import { onMark } from "@vma/core/debug";
import { mergeNewRange, PAGE_SIZE, profile } from "@vma/core/engine";
import { failStep, hits, PLAIN, Stage } from "@vma/testkit";
import { describe, expect, it } from "vitest";
import { onEngine } from "./on-engine.js";

/** A stage with areas of plain memory at these pages, and a request for pages 3 to 5. */
function staged(...areas: [name: string, start: number, end: number][]): Stage {
  const stage = new Stage({ profile: profile("6.12") });
  for (const [name, start, end] of areas) stage.place({ ...PLAIN, name, start, end, pgoff: start });
  const { request, iterator } = stage;
  request.proposeNewRange(3 * PAGE_SIZE, 5 * PAGE_SIZE, PLAIN.flags, 0, 3);
  request.prev = stage.host.named("P") ?? null;
  request.next = stage.host.named("N") ?? null;
  iterator.load(3 * PAGE_SIZE);
  return stage;
}

describe("events, in order", () => {
  it("both: mark, mark, reserve, drop the area above, tell the huge-page daemon", () => {
    onEngine(`
      given
        0123456789
        PPP..NNN
      when
        new 3-5 rw-
      then
        events W:P W:N A X:N H:P
    `);
  });

  it("of a file: uprobes leave before the range changes and come back after, the reference of the area above goes", () => {
    onEngine(`
      given
        0123456789
        PPP..NNN
        P file=F
        N file=F
      when
        new 3-5 rw- file=F
      then
        events W:P W:N A u-:P u+:P u-:N -F X:N H:P
    `);
  });

  it("told not to set uprobes up, it does not", () => {
    onEngine(`
      given
        0123456789
        PPP.....
        P file=F
      when
        new 3-5 rw- file=F no-uprobes
      then
        events W:P A u-:P H:P
    `);
  });

  it("the chain of the area above is cloned before the first change and merged after the last", () => {
    onEngine(`
      given
        0123456789
        PPP..NNN
        N anon=A
      when
        new 3-5 rw-
      then
        events W:P W:N C:P<N A M:P<N X:N H:P
    `);
  });

  it("a policy of the area above is given back", () => {
    onEngine(`
      given
        0123456789
        PPP..NNN
        P policy=bind:0
        N policy=bind:0
      when
        new 3-5 rw- policy=bind:0
      then
        events W:P W:N A -bind:0 X:N H:P
    `);
  });
});

it("both fit and the area above has a close hook: merge.new-range-keeps-closable-next", () => {
  hits(onMark, "merge.new-range-keeps-closable-next", () => {
    onEngine(`
      given
        0123456789
        PPP..NNN
        N close
      when
        new 3-5 rw-
      then
        0123456789
        PPPPPNNN
        marked P
        events W:P A H:P
    `);
  });
});

describe("after a failure", () => {
  it("with nothing below, the iterator starts over: merge.new-range-resets-iterator", () => {
    hits(onMark, "merge.new-range-resets-iterator", () => {
      const stage = staged(["N", 5, 8]);
      stage.host.plan = failStep(1);
      expect(mergeNewRange(stage.request)).toBeNull();
      const { index, status } = stage.iterator;
      expect([index, status]).toEqual([3 * PAGE_SIZE, "start"]);
    });
  });

  it("the request is as it was given, so that it can be tried again", () => {
    const stage = staged(["P", 0, 3], ["N", 5, 8]);
    stage.host.plan = failStep(1);
    const { request } = stage;
    expect(mergeNewRange(request)).toBeNull();
    expect([request.state, request.vma, request.start, request.end, request.pgoff]).toEqual([
      "nomem",
      null,
      3 * PAGE_SIZE,
      5 * PAGE_SIZE,
      3,
    ]);
    stage.host.restart();
    stage.iterator.load(3 * PAGE_SIZE);
    expect(stage.nameOf(mergeNewRange(request))).toBe("P");
    expect(stage.mm.mapCount).toBe(1);
  });

  it("in 6.18 the request keeps the grown range and names no area", () => {
    const stage = new Stage({ profile: profile("6.18"), plan: failStep(1) });
    stage.place({ ...PLAIN, name: "P", start: 0, end: 3, pgoff: 0 });
    const { request } = stage;
    request.proposeNewRange(3 * PAGE_SIZE, 5 * PAGE_SIZE, PLAIN.flags, 0, 3);
    request.prev = stage.area("P");
    expect(mergeNewRange(request)).toBeNull();
    expect([request.vma, request.start, request.end]).toEqual([null, 0, 5 * PAGE_SIZE]);
  });

  it("a chain that could not be cloned is told as no merge, not as no memory", () => {
    onEngine(`
      given
        0123456789
        PPP..NNN
        N anon=A
      when
        new 3-5 rw-
        fail 1
      then
        0123456789
        PPP..NNN
        P anon=none chain=none
        returns none
        state nomerge
        events W:P W:N C!:P<N
    `);
  });
});

it("a request that already names an area is refused as our own mistake", () => {
  const stage = staged(["P", 0, 3]);
  stage.request.vma = stage.area("P");
  expect(() => mergeNewRange(stage.request)).toThrow("already names an area");
});
