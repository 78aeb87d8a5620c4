// merge/shrink.ts: one end moves, the rest becomes a hole.
import { it } from "vitest";
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
