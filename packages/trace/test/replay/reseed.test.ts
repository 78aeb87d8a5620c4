/** What a watcher's snapshots of an address space are worth once a difference has put the model right. */

import type { AddressSpace, Snapshot } from "@vma/core";
import { describe, expect, it } from "vitest";
import { smapsArea } from "../support/bundle.js";
import { at, EXEC, RW, run, STACK, startSnap } from "../support/made-up.js";

describe("a model that was put right", () => {
  it("is another address space: snapshots of the old one go on working there, and only there", async () => {
    const trace = `${EXEC}7 ${at("01.0")} munmap(0x7f0000008000, 4096) = 0 <0.001>
7 ${at("03.0")} munmap(0x7f0000001000, 4096) = 0 <0.001>
`;
    // The kernel shows a hole of two pages in place of the one the trace tells of.
    const shown =
      smapsArea("7f0000000000-7f0000008000", "rw-p", RW, "", 4) +
      smapsArea("7f000000a000-7f0000010000", "rw-p", RW, "", 4) +
      STACK;
    const seen: { space: AddressSpace; snapshot: Snapshot; areas: number[] }[] = [];
    const report = await run(trace, [startSnap, { kind: "mid", line: 2, smaps: shown, time: 2 }], null, {
      onStep: ({ space }) => {
        const areas = [...space.areas()].flatMap((vma) => [vma.start, vma.end]);
        seen.push({ space, snapshot: space.snapshot(), areas });
      },
    });
    expect(report.differences).toBe(1);
    expect(seen).toHaveLength(2);
    const [before, after] = seen as [(typeof seen)[0], (typeof seen)[0]];
    expect(after.space).not.toBe(before.space);
    expect(after.areas).toContain(0x7f000000a000);
    expect(() => after.space.restore(before.snapshot)).toThrow(TypeError);
    for (const { space, snapshot, areas } of [before, after]) {
      space.munmap(0x7f0000000000, 0x10000);
      space.restore(snapshot);
      expect([...space.areas()].flatMap((vma) => [vma.start, vma.end])).toEqual(areas);
      expect(space.validate()).toEqual([]);
    }
  });
});
