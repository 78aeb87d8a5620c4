// What a run is turned into: spreads, tables, comparisons, pictures; and what is said of files that are no run.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chartOf } from "../src/report/chart.js";
import { changesBetween, comparisonTable } from "../src/report/compare.js";
import { markdownOf } from "../src/report/markdown.js";
import { figures, times } from "../src/report/number.js";
import { tableOf } from "../src/report/table.js";
import { Clock } from "../src/run/clock.js";
import { BadRun, type Run, readRun, thisMachine } from "../src/run/outcome.js";
import { mix, Random } from "../src/run/random.js";
import { ratiosOf, spreadOf } from "../src/run/statistics.js";

function runWith(ours: readonly number[], theirs: readonly number[]): Run {
  const entry = (contender: string, samples: readonly number[]) => ({
    contender,
    samples: [...samples],
    wall: [...samples],
    checksum: 1,
    operations: 10,
  });
  const outcome = {
    suite: "maple" as const,
    name: "lookup",
    title: "look <up> a key",
    unit: "ns/op" as const,
    n: 1000,
    entries: [entry("ours", ours), entry("theirs", theirs)],
    missing: [{ contender: "third", why: "too slow above 100" }],
  };
  return {
    format: "vma-bench/1",
    date: "2026-01-02T03:04:05.000Z",
    command: "bench maple",
    machine: thisMachine(),
    pinned: true,
    rounds: ours.length,
    outcomes: [outcome],
  };
}

describe("spreads", () => {
  it("take the middle, and the mean of two middles", () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
    expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
    expect(() => spreadOf([])).toThrow(RangeError);
  });

  it("compare rounds that were side by side", () => {
    expect(ratiosOf([10, 20, 30], [5, 5])).toEqual([2, 4]);
  });
});

describe("numbers", () => {
  it("have three figures", () => {
    expect([0.5, 38.12, 1234.5, 12_345, 2_345_678].map(figures)).toEqual([
      "0.500",
      "38.1",
      "1235",
      "12.3k",
      "2.35M",
    ]);
    expect([0.123, 4.567, 123.4].map(times)).toEqual(["0.123x", "4.57x", "123x"]);
  });

  it("repeat with their seed", () => {
    const draw = (seed: number) =>
      Array.from(
        { length: 5 },
        (
          (r) => () =>
            r.below(1000)
        )(new Random(seed)),
      );
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect([...new Random(3).order(50)].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, i) => i),
    );
    expect(mix(mix(0, 1), 2)).not.toBe(mix(mix(0, 2), 1));
  });
});

describe("a clock", () => {
  it("adds its stretches up and divides by the operations", () => {
    const clock = new Clock();
    clock.add(10, 1000, 3000);
    clock.add(10, 3000, 1000);
    expect(clock.read()).toEqual({ value: 200, wall: 200, operations: 20 });
  });

  it("refuses to tell of nothing", () => {
    expect(() => new Clock().read()).toThrow("without a measured operation");
  });
});

describe("reports", () => {
  const run = runWith([100, 110, 90], [300, 300, 300]);

  it("tell the machine, the spread, the ratio and who is missing", () => {
    const table = tableOf(run);
    for (const part of ["n = 1000", "100 [90.0-110]", "3.00x [2.73x-3.33x]", "too slow above 100"]) {
      expect(table).toContain(part);
    }
    expect(table).toContain(process.version);
  });

  it("are Markdown tables, too", () => {
    const text = markdownOf(run);
    expect(text).toContain("| case | unit | ours | theirs | third |");
    expect(text).toContain("| **100** [90.0–110] | 300 (3.00x) | – |");
    expect(text).toContain("`bench maple`");
  });

  it("are a picture", () => {
    const svg = chartOf(run);
    expect(svg).toMatch(/^<svg [^>]*>/);
    for (const part of ["theirs", "lookup", "n = 1000"]) expect(svg).toContain(part);
    expect(() => chartOf({ ...run, outcomes: [] })).toThrow(RangeError);
  });

  it("compare two runs, and say where only one has a number", () => {
    const after = runWith([50, 55, 45], [300, 310, 290]);
    const { changes, alone } = changesBetween(run, {
      ...after,
      outcomes: after.outcomes.map((outcome) => ({
        ...outcome,
        entries: [
          ...outcome.entries,
          { ...(outcome.entries[0] as never as object), contender: "new" } as never,
        ],
      })),
    });
    expect(changes.map(({ label, ratio }) => [label, ratio])).toEqual([
      ["maple lookup 1000 ours", 0.5],
      ["maple lookup 1000 theirs", 1],
    ]);
    expect(alone).toEqual(["maple lookup 1000 new: only in the second run"]);
    expect(comparisonTable(run, after)).toContain("faster");
  });
});

describe("a file", () => {
  it("comes back as it was written, or is refused with its name and the reason", () => {
    const folder = mkdtempSync(join(tmpdir(), "vma-bench-test-"));
    const file = join(folder, "run.json");
    const read = (content: string) => {
      writeFileSync(file, content);
      return readRun(file);
    };
    const run = runWith([1, 2, 3], [4, 5, 6]);
    try {
      expect(read(JSON.stringify(run))).toEqual(run);
      expect(() => read("{")).toThrow(BadRun);
      expect(() => read("[]")).toThrow("run.json: not a run of this benchmark");
      expect(() => read('{"format":"vma-bench/1"}')).toThrow("no list of outcomes");
      const broken = structuredClone(run) as { outcomes: { entries: { samples: unknown }[] }[] };
      (broken.outcomes[0] as { entries: { samples: unknown }[] }).entries[1] = {
        ...(run.outcomes[0]?.entries[1] as object),
        samples: ["many"],
      };
      expect(() => read(JSON.stringify(broken))).toThrow("the samples of theirs are no numbers");
      expect(() => readRun(join(folder, "none.json"))).toThrow("ENOENT");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
