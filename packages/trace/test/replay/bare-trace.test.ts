/** A strace file with nothing but the smaps of its start and end. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openBareTrace } from "../../src/recording/reader.js";
import type { ReplayReport } from "../../src/replay/report.js";
import { replay } from "../../src/replay.js";
import { folderWith, smapsArea } from "../support/bundle.js";
import { RW, STACK, START } from "../support/made-up.js";

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

  it("of a position-independent program is exact, its heap half a gigabyte behind it", async () => {
    const data = new URL("../data/", import.meta.url);
    const [file, start, end] = ["pie.strace", "pie.start.smaps", "pie.end.smaps"].map((name) =>
      fileURLToPath(new URL(name, data)),
    );
    const recording = await openBareTrace(file!, { start: start!, end: end!, kernelRelease: "6.18.44" });
    expect(await replay(recording)).toMatchObject({
      verdict: "exact",
      unseeded: 0,
      snapshots: { usable: 1, exact: 1 },
      vmas: { total: 22, exact: 22 },
    });
  });

  it("may have been attached to", async () => {
    const attached = "strace: Process 7 attached\nmunmap(0x7f0000008000, 32768) = 0\n";
    expect(await bare(attached, { start: START, end })).toMatchObject({ verdict: "exact" });
  });

  it("tells those who watch of each fork, before the child's first call, and of no call that lacks arguments", async () => {
    const forking = `10 brk(NULL) = 0x7f0000011000
10 fork( <unfinished ...>
11 munmap(0x7f0000008000, 32768) = 0
10 <... fork resumed>) = 11
10 madvise(0x7f0000000000, 4096, MADV_DONTFORK) = 0
10 mmap() = 0x7e0000000000
`;
    const folder = await folderWith({ "t.strace": forking, start: START });
    const seen: string[] = [];
    await replay(await openBareTrace(join(folder, "t.strace"), { start: join(folder, "start") }), {
      onFork: ({ parentId, spaceId, pid, line, space }) =>
        seen.push(`fork ${parentId} to ${spaceId}, thread ${pid}, line ${line}, ${space.mapCount} areas`),
      onStep: ({ record, spaceId }) => seen.push(`${record.name} in ${spaceId}`),
    });
    expect(seen).toEqual([
      "brk in 1",
      "fork 1 to 2, thread 11, line 2, 2 areas",
      "munmap in 2",
      "madvise in 1",
    ]);
  });

  it("may come with maps instead of smaps, and is compared as far as that goes", async () => {
    const maps = (areas: string): string => areas.replace(/^[A-Z].*\n/gm, "");
    expect(await bare(trace, { start: maps(START), end: maps(end) })).toMatchObject({
      verdict: "exact",
      vmas: { total: 2, exact: 2 },
    });
  });
});
