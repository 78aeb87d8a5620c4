/** Replaying small recordings made up for one purpose each. */

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openBareTrace, openBundle } from "../../src/recording/reader.js";
import type { ReplayReport } from "../../src/replay/report.js";
import { type ReplayOptions, replay } from "../../src/replay.js";
import { folderWith, META, smapsArea } from "../support/bundle.js";

const RW = "rd wr mr mw me ac";
const RO = "rd mr mw me ac";
/** A program with one area of 16 pages, written to, and a stack. */
const START =
  smapsArea("7f0000000000-7f0000010000", "rw-p", RW, "", 4) +
  smapsArea("7ffffff00000-7ffffff21000", "rw-p", "rd wr mr mw me gd ac", "[stack]", 8);
const STACK = smapsArea("7ffffff00000-7ffffff21000", "rw-p", "rd wr mr mw me gd ac", "[stack]", 8);

interface Snap {
  kind: string;
  line: number;
  smaps: string;
  pid?: number;
  time?: number;
  usable?: boolean;
}

/** Replays a bundle of these parts; times are seconds behind 1795388200. */
async function run(
  trace: string,
  snaps: Snap[],
  faults: string | null = null,
  options: ReplayOptions = {},
): Promise<ReplayReport> {
  const files: Record<string, string> = { "meta.json": META, "trace.strace": trace };
  const lines = snaps.map(({ kind, line, smaps, pid = 7, time, usable = true }, index) => {
    files[`smaps.${index}`] = smaps;
    const at = time === undefined ? {} : { t0: 1795388200 + time, time: 1795388200 + time };
    return JSON.stringify({ file: `smaps.${index}`, kind, pid, line, usable, ...at });
  });
  files["snaps.jsonl"] = `${lines.join("\n")}\n`;
  if (faults !== null) files.faults = faults;
  return replay(await openBundle(await folderWith(files)), options);
}

const at = (seconds: string): string => `17953882${seconds}`;
const EXEC = `7 ${at("00.0")} execve("/x", ["x"], 0x7f /* 1 var */) = 0 <0.001>\n`;
const startSnap: Snap = { kind: "start", line: 1, smaps: START, time: 0.01 };

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

describe("a bare trace", () => {
  const trace = `brk(NULL) = 0x7f0000011000
munmap(0x7f0000008000, 32768) = 0
exit_group(0) = ?
+++ exited with 0 +++
`;
  const end = smapsArea("7f0000000000-7f0000008000", "rw-p", RW, "", 4) + STACK;

  async function bare(text: string, files: Record<string, string>): Promise<ReplayReport> {
    const folder = await folderWith({ "t.strace": text, ...files });
    const paths = { start: join(folder, "start"), ...("end" in files ? { end: join(folder, "end") } : {}) };
    return replay(await openBareTrace(join(folder, "t.strace"), { ...paths, kernelRelease: "6.18.1" }));
  }

  it("goes from its start to its end", async () => {
    expect(await bare(trace, { start: START, end })).toMatchObject({
      verdict: "exact",
      snapshots: { usable: 1, exact: 1 },
      kernel: "6.18",
    });
    expect(await bare(trace, { start: START, end: START })).toMatchObject({ verdict: "differs" });
    expect((await bare(trace, { start: START })).incomplete).toEqual(["there is nothing to compare with"]);
  });

  it("finds the program among those that were called before it", async () => {
    const launched = `execve("/bin/sh", ["sh"], 0x7f /* 1 var */) = 0
brk(NULL) = 0x560000000000
munmap(0x560000100000, 4096) = 0
execve("/x", ["x"], 0x7f /* 1 var */) = 0
${trace}`;
    const report = await bare(launched, { start: START, end });
    expect(report).toMatchObject({ snapshots: { usable: 1, exact: 1 }, unseeded: 2, differences: 0 });
  });

  it("may have been attached to", async () => {
    const attached = "strace: Process 7 attached\nmunmap(0x7f0000008000, 32768) = 0\n";
    expect(await bare(attached, { start: START, end })).toMatchObject({ verdict: "exact" });
  });

  it("may come with maps instead of smaps, and is compared as far as that goes", async () => {
    const maps = (areas: string): string => areas.replace(/^[A-Z].*\n/gm, "");
    expect(await bare(trace, { start: maps(START), end: maps(end) })).toMatchObject({
      verdict: "exact",
      vmas: { total: 2, exact: 2 },
    });
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
