/** replay, ratchets, why, whatif and limits on the recordings that ship, and on inputs that are broken. */

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { RW, scratch, smaps } from "./support/maps.js";
import { vma } from "./support/run.js";

const examples = fileURLToPath(new URL("../../../examples/", import.meta.url));
const threads = join(examples, "python-threads");
const files = scratch();

describe("vma replay", () => {
  it.each(["python-threads", "bash-script"])("predicts %s exactly and exits 0", async (name) => {
    const { code, out } = await vma(["replay", join(examples, name), "--json"]);
    const report = JSON.parse(out) as Record<string, never> & {
      snapshots: { usable: number; exact: number };
      vmas: { total: number; exact: number };
      checks: { total: number; exact: number };
    };
    expect(report).toMatchObject({
      schema: "vma.replay/1",
      kernel: "6.18",
      verdict: "exact",
      unparsed: 0,
      firstDifference: null,
    });
    expect(report.snapshots.usable).toBeGreaterThan(5);
    for (const part of [report.snapshots, report.vmas, report.checks]) {
      const { exact, ...total } = part;
      expect(Object.values(total)).toEqual([exact]);
    }
    expect(code).toBe(0);
  });

  it("ends its report with the verdict in one sentence", async () => {
    const { out } = await vma(["replay", threads]);
    expect(out).toMatch(
      /EXACT: the predicted memory map is the kernel's, all [\d,]+ areas of 11 snapshots and all [\d,]+ checked calls\.\n$/,
    );
    expect((await vma(["replay", threads, "--quiet"])).out.split("\n")).toHaveLength(2);
  });

  it("brackets what it cannot know without page faults, and is never wrong about the rest", async () => {
    const { code, out } = await vma(["replay", threads, "--ignore-faults", "--json"]);
    const report = JSON.parse(out) as { verdict: string; bracket: { certain: number; certainWrong: number } };
    expect(report.bracket.certain).toBeGreaterThan(500);
    expect(report.bracket.certainWrong).toBe(0);
    expect(code).toBe(report.verdict === "exact" ? 0 : 1);
  });

  it("shows the first difference side by side and exits 1", async () => {
    const copy = join(files.path, "differs");
    cpSync(threads, copy, { recursive: true });
    const trace = gunzipSync(readFileSync(join(copy, "trace.strace.gz"))).toString("latin1");
    const broken = trace.replace(
      /(?<head>mprotect\(0x[0-9a-f]+, \d+, )0x1 \/\* PROT_READ \*\/\)/,
      "$<head>0 /* PROT_NONE */)",
    );
    expect(broken).not.toBe(trace);
    writeFileSync(join(copy, "trace.strace.gz"), gzipSync(Buffer.from(broken, "latin1")));
    const { code, out } = await vma(["replay", copy]);
    expect(code).toBe(1);
    expect(out).toContain("First difference");
    expect(out).toMatch(/the kernel's:\n\s+- [0-9a-f]+-[0-9a-f]+ r--p/);
    expect(out).toMatch(/predicted:\n\s+\+ [0-9a-f]+-[0-9a-f]+ ---p/);
  });

  it("shows the map at a line and areas over time", async () => {
    const at = await vma(["replay", threads, "--at", "60", "--json"]);
    const moment = JSON.parse(at.out) as { line: number; areas: unknown[] };
    expect(moment.line).toBeLessThanOrEqual(60);
    expect(moment.areas.length).toBeGreaterThan(20);
    const timeline = await vma(["replay", threads, "--timeline", "--json"]);
    const [series] = (
      JSON.parse(timeline.out) as { timeline: { peak: { areas: number }; points: { areas: number }[] }[] }
    ).timeline;
    expect(Math.max(...(series?.points ?? []).map((point) => point.areas))).toBe(series?.peak.areas);
    expect((await vma(["replay", threads, "--at", "1"])).code).toBe(2);
  });
});

describe("what can be learnt from a recording", () => {
  it("names the call behind a boundary", async () => {
    const { out } = await vma(["why", threads, "--json"]);
    const report = JSON.parse(out) as {
      groups: { madeBy: string | null; example: { upper: { start: string } } }[];
    };
    const group = report.groups.find(({ madeBy }) => madeBy === "mprotect(r--)");
    expect(group).toBeDefined();
    const one = await vma(["why", threads, group?.example.upper.start ?? ""]);
    expect(one.out).toMatch(/set by \(access\)\n(.*\n)*.*line \d+: mprotect\(/);
  });

  it("finds ratchets and tries their undo on the final map", async () => {
    const { code, out } = await vma(["ratchets", threads, "--json"]);
    expect(code).toBe(1);
    const { ratchets } = JSON.parse(out) as {
      ratchets: { kind: string; kept: number; undo: { saved: number } | null }[];
    };
    expect(ratchets[0]).toMatchObject({ kind: "mprotect(r--)", undo: { saved: 1 } });
  });

  it("replays without guards: fewer areas, and never more", async () => {
    const { code, out } = await vma(["whatif", threads, "-c", "no-guards", "-c", "guard-install", "--json"]);
    expect(code).toBe(0);
    const { changes } = JSON.parse(out) as {
      changes: { changedLines: number; before: { mostAreas: number }; after: { mostAreas: number } }[];
    };
    for (const { changedLines, before, after } of changes) {
      expect(changedLines).toBe(4);
      expect(after.mostAreas).toBeLessThan(before.mostAreas);
    }
  });

  it("says which call fails first under a lower limit", async () => {
    const { code, out } = await vma(["limits", threads, "--max-map-count", "90", "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ peak: { firstFailure: { errno: "ENOMEM" } } });
    const whole = await vma(["limits", threads, "--json"]);
    expect(JSON.parse(whole.out)).toMatchObject({ peak: { firstFailure: null } });
  });

  it("compares two moments", async () => {
    const { code, out } = await vma(["diff", `${threads}@21`, `${threads}@355`, "--json"]);
    expect(code).toBe(1);
    expect((JSON.parse(out) as { before: { areas: number } }).before.areas).toBeGreaterThan(5);
  });
});

describe("input that cannot be replayed ends in one message and exit 2", () => {
  const start = files.write("start.smaps", smaps([`1000-1010 rw-p ${RW}`]));
  const line =
    "1 1700000000.000000 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000 <0.00001>\n";
  const bare = (name: string, content: string | Uint8Array): string[] => [
    "replay",
    files.write(name, content),
    "--start",
    start,
  ];
  const bundle = (name: string, change: (folder: string) => void): string[] => {
    const folder = join(files.path, name);
    cpSync(threads, folder, { recursive: true });
    change(folder);
    return ["replay", folder];
  };
  const cases: readonly (readonly [what: string, args: () => string[], message: RegExp])[] = [
    ["a missing recording", () => ["replay", join(files.path, "nothing")], /no such file/],
    [
      "an empty folder",
      () => {
        mkdirSync(join(files.path, "empty"));
        return ["replay", join(files.path, "empty")];
      },
      /no recording/,
    ],
    ["a strace file without its map", () => ["replay", files.write("bare.strace", line)], /--start/],
    [
      "a missing map",
      () => ["replay", files.write("bare2.strace", line), "--start", join(files.path, "none.smaps")],
      /none\.smaps.*no such file/,
    ],
    [
      "truncated gzip",
      () =>
        bundle("cut", (folder) => {
          const trace = readFileSync(join(folder, "trace.strace.gz"));
          writeFileSync(join(folder, "trace.strace.gz"), trace.subarray(0, trace.length / 2));
        }),
      /trace\.strace\.gz.*cut short/,
    ],
    [
      "damaged gzip",
      () =>
        bundle("damaged", (folder) => {
          const trace = readFileSync(join(folder, "trace.strace.gz"));
          trace.fill(7, 200, 400);
          writeFileSync(join(folder, "trace.strace.gz"), trace);
        }),
      /trace\.strace\.gz.*(damaged|cut short)/,
    ],
    [
      "a missing snapshot",
      () => bundle("missing", (folder) => rmSync(join(folder, "smaps.start.19216.gz"))),
      /smaps\.start\.19216\.gz/,
    ],
    [
      "binary rubbish",
      () =>
        bare(
          "rubbish",
          new Uint8Array(4096).map((_, index) => (index * 37) % 251),
        ),
      /rubbish:1: /,
    ],
    [
      "a line of 10 MB",
      () => bare("long", `1 1700000000.000000 mmap(${"x".repeat(10_000_000)}\n`),
      /long:1: .*longer than/,
    ],
    [
      "another architecture",
      () =>
        bare(
          "arm",
          "1 1700000000.000000 mmap2(NULL, 4096, PROT_READ, MAP_PRIVATE, 3, 0) = 0xb6f00000 <0.00001>\n",
        ),
      /architecture/,
    ],
    [
      "overlapping areas",
      () => {
        const overlapping = files.write(
          "overlap.smaps",
          smaps([`1000-1010 rw-p ${RW}`, `1008-1020 rw-p ${RW}`]),
        );
        return ["replay", files.write("o.strace", line), "--start", overlapping];
      },
      /overlap\.smaps:6: .*overlaps/,
    ],
    [
      "another machine's recording",
      () =>
        bundle("aarch64", (folder) => {
          const meta = JSON.parse(readFileSync(join(folder, "meta.json"), "utf8")) as Record<string, unknown>;
          writeFileSync(join(folder, "meta.json"), JSON.stringify({ ...meta, arch: "aarch64" }));
        }),
      /aarch64/,
    ],
    ["an unknown kernel", () => ["replay", threads, "--kernel", "plan9"], /plan9.*\n.*6\.12/],
  ];
  it.each(cases)("%s", async (_, args, message) => {
    const { code, out, err } = await vma(args());
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n\s+at /);
    expect(err.split("\n").length).toBeLessThanOrEqual(3);
  });
});
