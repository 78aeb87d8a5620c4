// merge/split.ts: cutting an area, and undoing all of it when a step fails.
import { onMark } from "@vma/core/debug";
import { hits } from "@vma/testkit";
import { describe, it } from "vitest";
import { onEngine } from "./on-engine.js";

const given = `
  given
    0123456789
    VVVV
    V file=F anon=A policy=bind:0 open maysplit`;

it("asks the hook, copies record, policy and chain, takes the file, opens, marks, cuts", () => {
  onEngine(`${given}
    when
      split V 1 above
    then
      0123456789
      Vaaa
      a file=F anon=A policy=bind:0 open @1
      V @0
      returns ok
      events S:V@1 D:a<V A +bind:0 C:a<V +F O:a W:V W:a u-:V u+:V u+:a
  `);
});

it("below, the old area keeps the upper pages and its offset moves", () => {
  onEngine(`${given}
    when
      split V 1 below
    then
      0123456789
      aVVV
      a @0
      V @1
      returns ok
  `);
});

it("a hook that refuses is obeyed before anything else", () => {
  onEngine(`
    given
      0123456789
      VVVV
      V nosplit
    when
      split V 2 above
    then
      0123456789
      VVVV
      returns EINVAL
      events S!:V@2
  `);
});

it("at the limit on areas it is refused without asking the hook", () => {
  onEngine(`
    given
      0123456789
      VVVV
      V maysplit
      maxmaps 1
    when
      split V 2 above
    then
      0123456789
      VVVV
      returns ENOMEM
      events nothing
  `);
});

describe("without memory", () => {
  it("for the record", () => {
    onEngine(`${given}
      when
        split V 1 above
        fail 1
      then
        0123456789
        VVVV
        returns ENOMEM
        events S:V@1 D!:V
    `);
  });

  it("for nodes", () => {
    onEngine(`${given}
      when
        split V 1 above
        fail 2
      then
        0123456789
        VVVV
        returns ENOMEM
        events S:V@1 D:a<V A! X:a
    `);
  });

  it("for the policy: merge.split-cannot-copy-policy", () => {
    hits(onMark, "merge.split-cannot-copy-policy", () => {
      onEngine(`${given}
        when
          split V 1 above
          fail 3
        then
          0123456789
          VVVV
          returns ENOMEM
          events S:V@1 D:a<V A P!:a X:a
      `);
    });
  });

  it("for the chain: merge.split-cannot-clone-chain", () => {
    hits(onMark, "merge.split-cannot-clone-chain", () => {
      onEngine(`${given}
        when
          split V 1 above
          fail 4
        then
          0123456789
          VVVV
          returns ENOMEM
          events S:V@1 D:a<V A +bind:0 C!:a<V -bind:0 X:a
      `);
    });
  });
});
