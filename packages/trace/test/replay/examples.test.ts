/** The recordings that ship with the project, and others where they are at hand, replayed. */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openBundle, type Recording } from "../../src/recording/reader.js";
import type { ReplayReport } from "../../src/replay/report.js";
import { replay } from "../../src/replay.js";

const EXAMPLES = fileURLToPath(new URL("../../../../examples", import.meta.url));
/** A folder with more bundles to replay: set VMA_RECORDINGS. */
const MORE = process.env.VMA_RECORDINGS ?? "";

function bundlesIn(folder: string): string[] {
  if (folder === "" || !existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => existsSync(join(path, "meta.json")));
}

/** The recording with its trace in pieces of `bytes`: the steps of each address space, and the report. */
async function replayedInPieces(
  recording: Recording,
  bytes: number,
): Promise<{ steps: Map<number, string[]>; report: ReplayReport }> {
  // Only of one address space: the order among several is open where nothing tells it.
  const steps = new Map<number, string[]>();
  const note = (space: number, step: string): void => {
    const list = steps.get(space);
    if (list === undefined) steps.set(space, [step]);
    else list.push(step);
  };
  async function* trace(): AsyncGenerator<Uint8Array> {
    for await (const chunk of recording.trace()) {
      for (let at = 0; at < chunk.length; at += bytes) yield chunk.subarray(at, at + bytes);
    }
  }
  const report = await replay(
    { ...recording, trace },
    {
      ignoreFaults: true,
      onStep: ({ record, spaceId, space }) =>
        note(spaceId, `${record.line} ${record.name} ${record.text ?? ""}: ${space.mapCount}`),
      onFork: ({ parentId, spaceId }) => note(spaceId, `a copy of ${parentId}`),
    },
  );
  return { steps, report };
}

const BUNDLES = [...bundlesIn(EXAMPLES), ...bundlesIn(MORE)];

describe.each(BUNDLES)("%s", (folder) => {
  it("is predicted exactly with its page faults: every snapshot, every area, every call", async () => {
    const recording = await openBundle(folder);
    const report = await replay(recording);
    const usable = recording.snapshots.filter((info) => info.usable && info.kind !== "start").length;
    expect(report.firstDifference).toBeNull();
    expect(report.incomplete).toEqual([]);
    expect(report.snapshots).toEqual({ usable, exact: usable });
    expect(report.vmas.exact).toBe(report.vmas.total);
    expect(report.checks.exact).toBe(report.checks.total);
    expect(report.checks.total).toBeGreaterThan(10);
    expect(report.results.exact).toBe(report.results.total);
    expect(report).toMatchObject({
      verdict: "exact",
      unparsed: 0,
      unseeded: 0,
      unseen: 0,
      ambiguous: 0,
      faults: "recorded",
      kernel: "6.18",
    });
    expect(report.pageFaults.outside).toBe(0);
  });

  it("is replayed the same, call by call, however its trace is cut in pieces", async () => {
    const recording = await openBundle(folder);
    const whole = await replayedInPieces(recording, Number.POSITIVE_INFINITY);
    expect(whole.steps.size).toBeGreaterThan(0);
    for (const bytes of [100, 3000]) {
      expect(await replayedInPieces(recording, bytes)).toEqual(whole);
    }
  });

  it("is never called certain wrongly without them", async () => {
    const report = await replay(await openBundle(folder), { ignoreFaults: true });
    expect(report.bracket).toMatchObject({ certainWrong: 0, missed: 0, attributesWrong: 0 });
    expect(report.bracket!.certain).toBeGreaterThan(20);
    expect(report.verdict).not.toBe("differs");
    expect(report.faults).toBe("bracket");
    for (const { bracket, exact, areas, differences } of report.snapshotResults) {
      // What is not exact is disputed, and each dispute names the page that decides.
      if (exact < areas) expect(bracket!.disputed.length).toBeGreaterThan(0);
      for (const { page, address } of bracket!.disputed)
        expect(Math.abs(page - address)).toBeLessThanOrEqual(4096);
      expect(differences.length > 0).toBe(exact < areas);
    }
  });
});

describe("the examples", () => {
  it("are there, and are small", () => {
    expect(bundlesIn(EXAMPLES)).toHaveLength(2);
  });

  it("need the page faults: without them a boundary is open in a child that wrote", async () => {
    const report = await replay(await openBundle(join(EXAMPLES, "bash-script")), { ignoreFaults: true });
    expect(report.bracket!.disputed).toBe(1);
    expect(report.verdict).toBe("incomplete");
    expect(report.incomplete).toEqual(["1 boundary between areas depends on writes that were not recorded"]);
    const [dispute] = report.snapshotResults.flatMap(({ bracket }) => bracket!.disputed);
    expect(dispute).toMatchObject({ address: 0x5597d7e03000, real: true, presentWhenWritten: true });
  });

  it("differ under the rules of another kernel", async () => {
    const report = await replay(await openBundle(join(EXAMPLES, "python-threads")), { kernel: "6.1" });
    expect(report.kernel).toBe("6.1");
    expect(report.verdict).toBe("differs");
    expect(report.firstDifference!.line).toBeGreaterThan(0);
  });
});

if (MORE === "") {
  describe("recordings beyond the examples", () => {
    // Skipped because no folder with other recordings is named.
    it.skip("are replayed where VMA_RECORDINGS names a folder of them", () => {});
  });
}
