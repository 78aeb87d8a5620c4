/** Page faults and concurrent threads: what took effect when. */

import { describe, expect, it } from "vitest";
import { smapsArea } from "../support/bundle.js";
import { at, EXEC, RW, run, type Snap, STACK, START, startSnap } from "../support/made-up.js";

describe("page faults", () => {
  const MAP = "mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)";
  /** Two areas mapped side by side; written to or not before the second is moved beside the first. */
  const trace = `${EXEC}7 ${at("01.0")} ${MAP} = 0x7e0000000000 <0.00001>
7 ${at("02.0")} ${MAP} = 0x7e0000010000 <0.00001>
7 ${at("03.0")} mremap(0x7e0000010000, 4096, 4096, MREMAP_MAYMOVE|MREMAP_FIXED, 0x7e0000001000) = 0x7e0000001000 <0.00001>
7 ${at("04.0")} exit_group(0) = ?
`;
  const joined = smapsArea("7e0000000000-7e0000002000", "rw-p", RW) + START;
  const apart =
    smapsArea("7e0000000000-7e0000001000", "rw-p", RW, "", 4) +
    smapsArea("7e0000001000-7e0000002000", "rw-p", RW, "", 4) +
    START;
  const end = (smaps: string): Snap[] => [startSnap, { kind: "end", line: 5, smaps, time: 4.1 }];
  const write = (time: string, address: string): string => `F ${at(time)} 7 7 ${address} 6 u\n`;
  const oneMap = `M ${at("01.000010000")} 7 7 0x7e0000000000 0x1000 0x7e0000000000 rw-p //anon\n`;

  it("decide whether a moved area merges", async () => {
    expect((await run(trace, end(joined), oneMap)).verdict).toBe("exact");
    const touched =
      oneMap + write("01.500000000", "0x7e0000000000") + write("02.500000000", "0x7e0000010000");
    expect((await run(trace, end(apart), touched)).verdict).toBe("exact");
    expect((await run(trace, end(joined), touched)).verdict).toBe("differs");
  });

  it("count in the order of their times, not of the lines", async () => {
    const late = oneMap + write("03.500000000", "0x7e0000000000") + write("03.600000000", "0x7e0000001000");
    expect((await run(trace, end(joined), late)).verdict).toBe("exact");
  });

  it("bracket the outcome where they are missing, naming the page", async () => {
    for (const [smaps, real] of [
      [joined, false],
      [apart, true],
    ] as const) {
      const report = await run(trace, end(smaps));
      expect(report).toMatchObject({
        faults: "bracket",
        differences: 0,
        verdict: "incomplete",
        snapshots: { exact: 1 },
      });
      expect(report.snapshotResults[0]!.bracket).toMatchObject({
        certainWrong: [],
        missed: [],
        disputed: [{ address: 0x7e0000001000, real, presentWhenWritten: true, page: 0x7e0000001000 }],
      });
    }
  });

  it("of a child that has not been told of wait for its birth", async () => {
    const fork = `${EXEC}7 ${at("01.0")} clone(child_stack=NULL, flags=SIGCHLD <unfinished ...>
8 ${at("01.2")} exit_group(0) = ?
7 ${at("01.3")} <... clone resumed>) = 8 <0.3>
`;
    const faults =
      write("01.100000000", "0x7f0000000000").replace(" 7 7 ", " 8 8 ") +
      write("01.110000000", "0x7f0000000000").replace(" 7 7 ", " 99 99 ");
    const report = await run(
      fork,
      [startSnap, { kind: "end", line: 3, smaps: START, time: 1.25, pid: 8 }],
      faults,
    );
    expect(report).toMatchObject({
      verdict: "exact",
      pageFaults: { applied: 1, outside: 0 },
      addressSpaces: 3,
    });
  });
});

describe("threads", () => {
  const map = "mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_STACK, -1, 0";
  const before = `${EXEC}7 ${at("01.0")} clone3({flags=CLONE_VM|CLONE_THREAD, stack=0x7f}, 88) = 8 <0.00001>\n`;
  const end =
    smapsArea("7f0000000000-7f0000001000", "rw-p", RW, "", 4) +
    smapsArea("7f0000001000-7f0000002000", "rw-p", `${RW} nh`) +
    smapsArea("7f0000002000-7f0000010000", "rw-p", RW, "", 4) +
    STACK;

  it("take effect in the order the kernel tells, not in the order of the lines", async () => {
    // The mapping was only possible behind the unmap, whose line comes later.
    const trace = `${before}7 ${at("02.0")} munmap(0x7f0000001000, 4096 <unfinished ...>
8 ${at("02.00001")} ${map} <unfinished ...>
8 ${at("02.0005")} <... mmap resumed>) = 0x7f0000001000 <0.0004>
7 ${at("02.0006")} <... munmap resumed>) = 0 <0.0006>
8 ${at("03.0")} exit_group(0) = ?
`;
    const snaps = [startSnap, { kind: "end", line: 7, smaps: end, time: 3.1 }];
    const faults = `M ${at("02.000015000")} 7 8 0x7f0000001000 0x1000 0x7f0000001000 rw-p //anon\n`;
    for (const known of [faults, null]) {
      expect(await run(trace, snaps, known)).toMatchObject({
        verdict: "exact",
        differences: 0,
        results: { total: 2, exact: 2 },
      });
    }
  });

  it("are not blamed on the model where their order is a guess", async () => {
    // Two threads at once, and no record of which came first: the protection may have met the mapping or not.
    const trace = `${before}7 ${at("02.0")} mprotect(0x7f0000001000, 4096, PROT_READ <unfinished ...>
8 ${at("02.00001")} munmap(0x7f0000001000, 4096 <unfinished ...>
8 ${at("02.0005")} <... munmap resumed>) = 0 <0.0004>
7 ${at("02.0006")} <... mprotect resumed>) = -1 ENOMEM (Cannot allocate memory) <0.0006>
`;
    const report = await run(trace, [startSnap]);
    expect(report).toMatchObject({ ambiguous: 1, differences: 0, verdict: "incomplete" });
  });
});
