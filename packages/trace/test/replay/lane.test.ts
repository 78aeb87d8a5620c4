/** That calls carried out together come to what they come to one by one. */

import { describe, expect, it } from "vitest";
import { openBundle } from "../../src/recording/reader.js";
import type { ReplayOptions } from "../../src/replay/options.js";
import type { ReplayReport } from "../../src/replay/report.js";
import { replay } from "../../src/replay.js";
import { smapsArea } from "../support/bundle.js";
import { at, bundleOf, EXEC, RO, RW, STACK, startSnap } from "../support/made-up.js";
import { randomTrace } from "../support/random-trace.js";

const SEED = Number(process.env.VMA_SEED ?? 1);
const RUNS = Number(process.env.VMA_LANE_RUNS ?? 150);

/** What is left of a report when nothing was counted: no rule can be told then. */
function withoutEvents(report: ReplayReport): ReplayReport {
  const first = report.firstDifference;
  return { ...report, events: null, firstDifference: first === null ? null : { ...first, rule: [] } };
}

describe("calls that are carried out together", () => {
  // Whoever watches each call sees it while its line is read: then no call waits for others.
  const watched: ReplayOptions = { onStep: () => {} };

  async function report(folder: string, pieces: number, options: ReplayOptions): Promise<ReplayReport> {
    const recording = await openBundle(folder);
    async function* trace(): AsyncGenerator<Uint8Array> {
      for await (const chunk of recording.trace()) {
        for (let at = 0; at < chunk.length; at += pieces) yield chunk.subarray(at, at + pieces);
      }
    }
    return replay({ ...recording, trace }, options);
  }

  it(`come to the same as one by one, from seed ${SEED} on`, async () => {
    const seen = { clean: 0, differs: 0, ambiguous: 0, unseen: 0, merged: 0, snapshots: 0, outside: 0 };
    for (let seed = SEED; seed < SEED + RUNS; seed++) {
      const { trace, snaps, faults } = randomTrace(seed);
      const folder = await bundleOf(trace, snaps, faults);
      const pieces = [Number.POSITIVE_INFINITY, 5000, 700][seed % 3]!;
      const together = await report(folder, pieces, {});
      expect(together, `seed ${seed}`).toEqual(await report(folder, pieces, watched));
      if (together.verdict === "differs") seen.differs += 1;
      else if (together.applied > 100) seen.clean += 1;
      seen.ambiguous += together.ambiguous;
      seen.unseen += together.unseen;
      const uncounted = await report(folder, pieces, { events: false });
      expect(uncounted, `seed ${seed}, nothing counted`).toEqual(withoutEvents(together));
      seen.merged += together.events!.merged;
      seen.snapshots += together.snapshots.usable;
      seen.outside += together.pageFaults.outside;
    }
    // Otherwise they would tell nothing.
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(10);
  }, 120_000);

  it("have been when a child that nobody has told of yet begins with a copy of what they did", async () => {
    // Cut behind the fork, whose result comes last: the child is met at its own first call.
    const first = `${EXEC}7 ${at("01.0")} clone(child_stack=NULL, flags=CLONE_VM|CLONE_THREAD) = 8 <0.00001>
7 ${at("01.1")} fork( <unfinished ...>
`;
    const trace = `${first}8 ${at("01.2")} mprotect(0x7f0000000000, 4096, PROT_READ) = 0 <0.00001>
9 ${at("01.3")} munmap(0x7f000000f000, 4096) = 0 <0.00001>
9 ${at("01.4")} munmap(0x7f000000e000, 4096) = 0 <0.00001>
`;
    const smaps =
      smapsArea("7f0000000000-7f0000001000", "r--p", RO, "", 4) +
      smapsArea("7f0000001000-7f000000e000", "rw-p", RW, "", 4) +
      STACK;
    const folder = await bundleOf(trace, [startSnap, { kind: "end", line: 7, smaps, pid: 9 }]);
    for (const options of [{}, watched]) {
      expect(await report(folder, first.length, options)).toMatchObject({
        verdict: "exact",
        snapshots: { usable: 1, exact: 1 },
        results: { total: 3, exact: 3 },
      });
    }
  });
});
