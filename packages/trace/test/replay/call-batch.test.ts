/** What the model goes by. */

import { describe, expect, it } from "vitest";
import { NEEDED } from "../../src/replay/call-batch.js";
import { ARG_FD, ARG_FLAGS, ARG_NUMBER } from "../../src/strace/argument-kinds.js";
import { CALL_SPECS } from "../../src/strace/calls.js";

describe("the arguments that a model needs", () => {
  it("are numbers wherever a line has them, so that counting them is enough", () => {
    const needy = CALL_SPECS.flatMap((spec) => (spec !== undefined && NEEDED[spec.id]! > 0 ? [spec] : []));
    expect(needy.length).toBeGreaterThan(10);
    for (const { id, name, args } of needy) {
      const kinds = [...args.subarray(0, NEEDED[id]!)];
      expect(kinds, name).toHaveLength(NEEDED[id]!);
      for (const kind of kinds) expect([ARG_NUMBER, ARG_FLAGS, ARG_FD], name).toContain(kind);
    }
  });
});
