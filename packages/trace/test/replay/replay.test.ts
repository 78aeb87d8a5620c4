/** What a replay says about small recordings made up for one purpose each. */

import { describe, expect, it } from "vitest";
import { smapsArea } from "../support/bundle.js";
import { at, EXEC, RO, RW, run, STACK, START, startSnap } from "../support/made-up.js";

describe("a replay", () => {
  it("is exact when the snapshot shows what the calls make of the start", async () => {
    const end =
      smapsArea("7f0000000000-7f0000004000", "r--p", RO, "", 4) +
      smapsArea("7f0000004000-7f0000010000", "rw-p", RW, "", 4) +
      STACK;
    const report = await run(
      `${EXEC}7 ${at("01.0")} mprotect(0x7f0000000000, 16384, PROT_READ) = 0 <0.00001>\n7 ${at("02.0")} exit_group(0) = ?\n`,
      [startSnap, { kind: "end", line: 3, smaps: end, time: 2.1 }],
    );
    expect(report).toMatchObject({
      verdict: "exact",
      recording: "made-up",
      snapshots: { usable: 1, exact: 1 },
      vmas: { total: 3, exact: 3 },
      calls: { execve: 1, mprotect: 1, exit_group: 1 },
      events: { split: 1 },
      applied: 1,
      addressSpaces: 2,
    });
  });

  it("names the first call that differs, shows both sides and the rule, and counts one error once", async () => {
    // The kernel's side is made up: it did not split at the second mprotect, and everything after builds on that.
    const mid = smapsArea("7f0000000000-7f0000010000", "r--p", RO, "", 4) + STACK;
    const end = smapsArea("7f0000000000-7f0000008000", "r--p", RO, "", 4) + STACK;
    const report = await run(
      `${EXEC}7 ${at("01.0")} mprotect(0x7f0000000000, 65536, PROT_READ) = 0
7 ${at("02.0")} mprotect(0x7f0000000000, 4096, PROT_READ|PROT_WRITE) = 0
7 ${at("03.0")} munmap(0x7f0000008000, 32768) = 0
7 ${at("04.0")} exit_group(0) = ?
`,
      [
        startSnap,
        { kind: "mid", line: 4, smaps: mid, time: 2.5 },
        { kind: "end", line: 5, smaps: end, time: 4.1 },
      ],
    );
    expect(report).toMatchObject({ verdict: "differs", differences: 1, snapshots: { usable: 2, exact: 1 } });
    expect(report.firstDifference).toMatchObject({
      kind: "snapshot",
      line: 3,
      call: "mprotect",
      snapshot: "smaps.1",
      expected: [{ start: 0x7f0000000000, end: 0x7f0000010000, permissions: "r--p" }],
      rule: [expect.stringContaining("merge refused"), "split at 0x7f0000001000"],
    });
    expect(report.firstDifference!.predicted.map(({ permissions }) => permissions)).toEqual(["rw-p", "r--p"]);
  });

  it("checks each call against the kernel's own record, and goes on from the kernel's side", async () => {
    const maps = [
      `M ${at("00.000500000")} 7 7 0x7ffffff00000 0x21000 0x7ffffffde000 rw-p [stack]`,
      `M ${at("01.000010000")} 7 7 0x7f0000000000 0x1000 0x7f0000000000 r--p //anon`,
      // Made up: the kernel joined these two.
      `M ${at("02.000010000")} 7 7 0x7f0000000000 0x3000 0x7f0000000000 r--p //anon`,
      `M ${at("03.000010000")} 7 7 0x7f0000000000 0x4000 0x7f0000000000 r--p //anon`,
    ];
    const report = await run(
      `${EXEC}7 ${at("01.0")} mprotect(0x7f0000000000, 4096, PROT_READ) = 0 <0.00001>
7 ${at("02.0")} mprotect(0x7f0000001000, 4096, PROT_READ) = 0 <0.00001>
7 ${at("03.0")} mprotect(0x7f0000003000, 4096, PROT_READ) = 0 <0.00001>
`,
      [startSnap],
      `${maps.join("\n")}\n`,
    );
    expect(report).toMatchObject({ verdict: "differs", checks: { total: 3, exact: 2 }, differences: 1 });
    expect(report.firstDifference).toMatchObject({
      kind: "area",
      line: 3,
      pid: 7,
      call: "mprotect(0x7f0000001000, 4096, 0x1) = 0",
      expected: [{ end: 0x7f0000003000 }],
      predicted: [{ end: 0x7f0000002000, permissions: "r--p" }, { permissions: "rw-p" }],
      rule: [expect.stringMatching(/^merged \(existing-left-part\) into/)],
    });
  });

  it("shows the offset of anonymous memory where that is what differs", async () => {
    const report = await run(
      `${EXEC}7 ${at("01.0")} mprotect(0x7f0000000000, 4096, PROT_READ) = 0 <0.00001>\n`,
      [startSnap],
      // Made up: the area was mapped elsewhere and moved here.
      `M ${at("01.000010000")} 7 7 0x7f0000000000 0x1000 0x7e0000000000 r--p //anon\n`,
    );
    expect(report.firstDifference).toMatchObject({
      kind: "area",
      expected: [{ start: 0x7f0000000000, end: 0x7f0000001000, offset: 0x7e0000000000 }],
      predicted: [{ start: 0x7f0000000000, end: 0x7f0000001000, offset: 0x7f0000000000 }],
    });
  });

  it("leaves out calls that lack arguments, and takes negative lengths for the large ones they are", async () => {
    const report = await run(
      `${EXEC}7 ${at("01.0")} mmap() = 0x7e0000000000
7 ${at("02.0")} mprotect(0x7f0000000000, 4096) = 0
7 ${at("03.0")} munmap(0x7f0000000000, -4096) = -1 EINVAL (Invalid argument)
7 ${at("04.0")} mremap(0x7f0000000000, 4096, -4096, MREMAP_MAYMOVE) = -1 EINVAL (Invalid argument)
`,
      [startSnap],
    );
    expect(report).toMatchObject({ unseen: 2, results: { total: 2, exact: 2 } });
  });

  it("notices a result that is not the kernel's", async () => {
    const report = await run(`${EXEC}7 ${at("01.0")} mprotect(0x7e0000000000, 4096, PROT_READ) = 0\n`, [
      startSnap,
    ]);
    expect(report.firstDifference).toMatchObject({
      kind: "result",
      line: 2,
      expectedResult: "0",
      predictedResult: "ENOMEM",
    });
    expect(report).toMatchObject({ verdict: "differs", results: { total: 1, exact: 0 } });
  });

  it("applies failed calls: they have effects", async () => {
    const end =
      smapsArea("7f0000000000-7f000000f000", "rw-p", RW, "", 4) +
      smapsArea("7f000000f000-7f0000010000", "r--p", RO, "", 4) +
      STACK;
    const report = await run(
      `${EXEC}7 ${at("01.0")} mprotect(0x7f000000f000, 8192, PROT_READ) = -1 ENOMEM (Cannot allocate memory)
7 ${at("02.0")} exit_group(0) = ?
`,
      [startSnap, { kind: "end", line: 3, smaps: end, time: 2.1 }],
    );
    expect(report.verdict).toBe("exact");
  });

  it("takes a damaged length as the kernel would: there are no negative ones", async () => {
    const report = await run(
      `${EXEC}7 ${at("01.0")} mmap(0x7f0000000000, -3072, PROT_READ, MAP_PRIVATE|MAP_FIXED|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000\n`,
      [startSnap],
    );
    expect(report.firstDifference).toMatchObject({ kind: "result", predictedResult: "ENOMEM" });
  });

  it("leaves unusable snapshots alone", async () => {
    const wrong = smapsArea("7f0000000000-7f0000001000", "r--p", RO);
    const report = await run(`${EXEC}7 ${at("02.0")} exit_group(0) = ?\n`, [
      startSnap,
      { kind: "mid", line: 2, smaps: wrong, time: 1, usable: false },
      { kind: "end", line: 2, smaps: START, time: 2.1 },
    ]);
    expect(report).toMatchObject({ verdict: "exact", snapshots: { usable: 1, exact: 1 } });
  });

  it("compares by line where there are no times", async () => {
    const mid = smapsArea("7f0000000000-7f0000008000", "rw-p", RW, "", 4) + STACK;
    const report = await run(
      `7 execve("/x", ["x"], 0x7f /* 1 var */) = 0
7 munmap(0x7f0000008000, 32768) = 0
7 munmap(0x7f0000000000, 4096) = 0
7 exit_group(0) = ?
`,
      [
        { kind: "start", line: 1, smaps: START },
        { kind: "mid", line: 3, smaps: mid },
      ],
    );
    expect(report).toMatchObject({ verdict: "exact", snapshots: { usable: 1, exact: 1 } });
  });

  it("is incomplete when it could not use or compare everything", async () => {
    const none = await run(`${EXEC}7 ${at("01.0")} munmap(0x1000, 4096) = 0\n`, []);
    expect(none).toMatchObject({ verdict: "incomplete", unseeded: 1 });
    expect(none.incomplete).toEqual([
      "1 memory call belongs to a program without a start snapshot",
      "there is nothing to compare with",
    ]);
    const unparsed = await run(`${EXEC}what\n7 ${at("02.0")} exit_group(0) = ?\n`, [
      startSnap,
      { kind: "end", line: 3, smaps: START, time: 2.1 },
    ]);
    expect(unparsed).toMatchObject({ verdict: "incomplete", unparsed: 1, snapshots: { exact: 1 } });
    expect(unparsed.incomplete).toEqual(["1 line of the trace is not understood"]);
    const ring = await run(`${EXEC}7 ${at("01.0")} io_setup(128, [0x7f00]) = 0\n`, [startSnap]);
    expect(ring.unseen).toBe(1);
  });

  it("tells how far it has come and what it applies", async () => {
    const lines: number[] = [];
    const steps: string[] = [];
    await run(`${EXEC}7 ${at("01.0")} munmap(0x7f0000000000, 4096) = 0\n`, [startSnap], null, {
      onProgress: (progress) => lines.push(progress.lines),
      onStep: ({ record, spaceId, space }) => steps.push(`${record.name} in ${spaceId}: ${space.mapCount}`),
    });
    expect(lines).toEqual([2]);
    expect(steps).toEqual(["munmap in 2: 2"]);
  });
});

describe("the kernel", () => {
  it("may be asked for, and unknown ones get the nearest profile, told so", async () => {
    expect(await run(EXEC, [startSnap], null, { kernel: "6.12" })).toMatchObject({ kernel: "6.12" });
    expect(await run(EXEC, [startSnap], null, { kernel: "5.10.0" })).toMatchObject({
      kernel: "6.1",
      kernelExact: false,
    });
    await expect(run(EXEC, [startSnap], null, { kernel: "windows" })).rejects.toThrow(RangeError);
  });

  it("may be given another limit", async () => {
    const trace = `${EXEC}7 ${at("01.0")} mprotect(0x7f0000001000, 4096, PROT_READ) = 0\n`;
    const report = await run(trace, [startSnap], null, { limits: { maxMapCount: 3 } });
    expect(report.firstDifference).toMatchObject({ expectedResult: "0", predictedResult: "ENOMEM" });
  });
});
