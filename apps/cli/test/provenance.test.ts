/** Who set what, across forks. */

import { openBareTrace, replay } from "@vma/trace";
import { describe, expect, it } from "vitest";
import { knownBoundaries } from "../src/analysis/boundary.js";
import { Provenance } from "../src/analysis/provenance.js";
import { findRatchets, ratchetLines } from "../src/analysis/ratchet.js";
import { RW, scratch, smaps } from "./support/maps.js";

const files = scratch();

describe("what a parent set before a fork", () => {
  const start = files.write(
    "start.smaps",
    smaps([`7f000-7f010 rw-p ${RW}`, `7ffd0-7ffd2 rw-p ${RW} [stack]`]),
  );
  const trace = files.write(
    "fork.strace",
    `10 brk(NULL) = 0x7f011000
10 mprotect(0x7f002000, 4096, PROT_READ) = 0
10 fork( <unfinished ...>
11 mprotect(0x7f00a000, 4096, PROT_READ) = 0
10 <... fork resumed>) = 11
10 mprotect(0x7f002000, 4096, PROT_READ|PROT_WRITE) = 0
`,
  );

  async function watched(): Promise<Provenance> {
    const provenance = new Provenance();
    await replay(await openBareTrace(trace, { start, kernelRelease: "6.18" }), {
      onStep: (step) => provenance.add(step),
      onFork: (fork) => provenance.fork(fork),
    });
    return provenance;
  }

  it("is known in the child, and what the child sets is not known in the parent", async () => {
    const stories = (await watched()).stories();
    const culprits = (pid: number): (number | null | undefined)[] =>
      knownBoundaries(stories.find((story) => story.pid === pid)!)
        .filter(({ upper }) => upper.start < 0x7f010000)
        .map(({ culprit }) => culprit?.upper ?? culprit?.lower);
    expect(culprits(11)).toEqual([2, 2, 4, 4]);
    expect(culprits(10)).toEqual([]);
  });

  it("is told once, of the parent, among the ratchets", async () => {
    const provenance = await watched();
    expect([...ratchetLines(provenance)]).toEqual([4]);
    const { ratchets } = findRatchets(provenance, (line) => `line ${line}`);
    expect(ratchets.map(({ pid, kind, kept }) => [pid, kind, kept])).toEqual([[11, "line 4", 2]]);
  });
});
