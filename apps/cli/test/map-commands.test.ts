/** top, why, diff and limits on small maps whose answers are known. */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { NONE, RW, scratch, smaps } from "./support/maps.js";
import { vma } from "./support/run.js";

const files = scratch();

/** A library with RELRO, an arena, two stacks with guards, a heap. */
const PROGRAM = [
  "55500-55510 r--p rd,mr,mw,me /usr/bin/demo@0",
  "55510-55540 r-xp rd,ex,mr,mw,me /usr/bin/demo@10",
  "55540-55550 r--p rd,mr,mw,me /usr/bin/demo@40",
  "55550-55551 r--p rd,mr,mw,me,ac /usr/bin/demo@50",
  `55551-55552 rw-p ${RW} /usr/bin/demo@51`,
  `55552-55560 rw-p ${RW}`,
  `55600-55700 rw-p ${RW} [heap]`,
  "7f0000000-7f0000021 rw-p rd,wr,mr,mw,me,nr",
  "7f0000021-7f0004000 ---p mr,mw,me,nr",
  `7f0010000-7f0010001 ---p ${NONE},nh`,
  `7f0010001-7f0010801 rw-p ${RW},nh`,
  `7f0010801-7f0010802 ---p ${NONE},nh`,
  `7f0010802-7f0011002 rw-p ${RW},nh`,
  `7f0011002-7f0012000 rw-p ${RW}`,
  `7f0012000-7f0013000 rw-p ${RW},dc`,
  "7ffff0000-7ffff0022 rw-p rd,wr,mr,mw,me,gd,ac [stack]",
];
const program = files.write("program.smaps", smaps(PROGRAM));

interface Group {
  cause: string;
  areas: number;
  saves: number;
}

describe("vma top", () => {
  it("groups areas by what they are for", async () => {
    const { code, out } = await vma(["top", program, "--json"]);
    expect(code).toBe(0);
    const report = JSON.parse(out) as { schema: string; areas: number; left: number; groups: Group[] };
    expect(report.schema).toBe("vma.top/1");
    expect(report.areas).toBe(PROGRAM.length);
    expect(report.left).toBe(65530 - PROGRAM.length);
    const counts = Object.fromEntries(report.groups.map((group) => [group.cause, group.areas]));
    expect(counts).toEqual({
      library: 5,
      relro: 1,
      heap: 1,
      arena: 2,
      guard: 2,
      "thread-stack": 2,
      anonymous: 2,
      stack: 1,
    });
  });

  it("says what fails at the limit, and one above it", async () => {
    const at = await vma(["top", program, "--max-map-count", String(PROGRAM.length)]);
    expect(at.out).toContain("next split: ENOMEM   next madvise split: EAGAIN   one mmap still works");
    const above = await vma(["top", program, "--max-map-count", String(PROGRAM.length - 1)]);
    expect(above.out).toContain("next mmap: ENOMEM");
  });

  it("reads gzip and maps, and says what maps lacks", async () => {
    const zipped = files.write("program.smaps.gz", gzipSync(smaps(PROGRAM)));
    const whole = await vma(["top", zipped, "--json"]);
    expect((JSON.parse(whole.out) as { areas: number }).areas).toBe(PROGRAM.length);
    const lines = smaps(PROGRAM)
      .split("\n")
      .filter((line) => /^[0-9a-f]+-/.test(line));
    const maps = await vma(["top", files.write("program.maps", `${lines.join("\n")}\n`)]);
    expect(maps.out).toContain("This is maps, which has no VmFlags");
  });

  it("writes one row an area as JSON lines", async () => {
    const { out } = await vma(["top", program, "--ndjson"]);
    const rows = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows).toHaveLength(PROGRAM.length);
    expect(rows[3]).toMatchObject({
      schema: "vma.area/1",
      cause: "relro",
      index: 3,
      size: 4096,
      vm_flags: "rd mr mw me ac",
    });
  });

  it("writes the same rows as Parquet, and nothing but them", async () => {
    const file = join(files.path, "areas.parquet");
    const { code, err } = await vma(["top", program, "--parquet", file]);
    expect(code).toBe(0);
    expect(err).toContain(`${PROGRAM.length} rows written`);
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(file) });
    expect(rows).toHaveLength(PROGRAM.length);
    expect(rows[3]).toMatchObject({
      cause: "relro",
      start: 0x55550000n,
      size: 4096n,
      vm_flags: "rd mr mw me ac",
      pid: null,
    });
    expect(readdirSync(files.path).filter((name) => name.endsWith(".part"))).toEqual([]);
    const nowhere = await vma(["top", program, "--parquet", join(files.path, "none", "x.parquet")]);
    expect(nowhere.code).toBe(2);
  });

  it("fits the table to the terminal", async () => {
    const { out } = await vma(["top", program], { tty: true, columns: 70, env: { NO_COLOR: "1" } });
    const table = out.split("\n").slice(4, 12);
    expect(table.every((line) => [...line].length <= 70)).toBe(true);
  });

  it("colours only where it is asked to", async () => {
    const esc = String.fromCharCode(27);
    expect((await vma(["top", program], { tty: true })).out).toContain(esc);
    expect((await vma(["top", program])).out).not.toContain(esc);
    expect((await vma(["top", program], { tty: true, env: { NO_COLOR: "1" } })).out).not.toContain(esc);
    expect((await vma(["top", program, "--color", "always"], { env: { NO_COLOR: "1" } })).out).toContain(esc);
    expect((await vma(["top", program, "--color", "never"], { tty: true })).out).not.toContain(esc);
  });

  it("refuses a map that was cut off within an area, and takes one that ends with it", async () => {
    const text = smaps(PROGRAM);
    const inside = files.write("inside.smaps", text.slice(0, text.lastIndexOf("VmFlags:")));
    const { code, out, err } = await vma(["top", inside]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("is cut short: the last area");
    const whole = files.write(
      "whole.smaps",
      text.slice(0, text.lastIndexOf("VmFlags:")).replace(/\n[0-9a-f]+-[^\n]*\n(?:[A-Z][^\n]*\n)*$/, "\n"),
    );
    expect((await vma(["top", whole])).code).toBe(0);
  });

  it("begins every message with its name", async () => {
    for (const args of [["tpo"], ["help", "tpo"], ["top", "--bogus"], ["why"], ["top", "none"]])
      expect(await vma(args)).toMatchObject({ code: 2, err: expect.stringMatching(/^vma: /) as string });
  });

  it("wants one target or --all, not both", async () => {
    expect((await vma(["top"])).code).toBe(2);
    expect((await vma(["top", program, "--all"])).code).toBe(2);
  });
});

describe("vma why", () => {
  it("names every group of touching pairs with what it could save", async () => {
    const { out } = await vma(["why", program, "--json"]);
    const report = JSON.parse(out) as {
      pairs: number;
      couldSave: number;
      groups: (Group & { pairs: number; flags: string[] })[];
    };
    const groups = Object.fromEntries(
      report.groups.map((group) => [group.cause, [group.pairs, group.saves]]),
    );
    expect(groups).toEqual({
      segments: [3, 0],
      relro: [1, 0],
      "file-edge": [1, 0],
      arena: [1, 0],
      guard: [3, 2],
      "stack-mark": [1, 0],
      advice: [1, 1],
    });
    expect(report.pairs).toBe(11);
    expect(report.couldSave).toBe(3);
  });

  it("tells all reasons at one boundary", async () => {
    const { out, code } = await vma(["why", program, "7f0012000000"]);
    expect(code).toBe(0);
    expect(out).toContain("NOT MERGED: alike but for advice given to one of them");
    expect(out).toContain("MADV_DOFORK undoes MADV_DONTFORK");
    expect(out).toContain("their anonymous objects may differ");
  });

  it("says so when nothing visible is left", async () => {
    const twins = files.write("twins.smaps", smaps([`1000-1010 rw-p ${RW}`, `1010-1020 rw-p ${RW}`]));
    const { out } = await vma(["why", twins, "0x1010000"]);
    expect(out).toContain("only their anonymous objects");
  });

  it("refuses what is no address and where no areas meet", async () => {
    expect(await vma(["why", program, "xyz"])).toMatchObject({ code: 2, out: "" });
    expect(await vma(["why", program, "ffffffffff000000"])).toMatchObject({ code: 2, out: "" });
  });
});

describe("vma diff", () => {
  const before = files.write(
    "before.smaps",
    smaps([`1000-1010 rw-p ${RW}`, `2000-2010 rw-p ${RW}`, `3000-3001 rw-p ${RW}`]),
  );
  const after = files.write(
    "after.smaps",
    smaps([
      `1000-1004 rw-p ${RW}`,
      "1004-1008 r--p rd,mr,mw,me,ac",
      `1008-1010 rw-p ${RW}`,
      `2000-2020 rw-p ${RW},dd`,
      `4000-4001 rw-p ${RW}`,
    ]),
  );

  it("tells split, grown, gone and new areas apart, and exits 1", async () => {
    const { code, out } = await vma(["diff", before, after, "--json"]);
    expect(code).toBe(1);
    const report = JSON.parse(out) as {
      counts: Record<string, number>;
      changes: { kind: string; attributes: string[] }[];
    };
    expect(report.counts).toEqual({ split: 1, grew: 1, gone: 1, appeared: 1 });
    expect(report.changes[0]?.attributes).toEqual(["rw-p -> r--p"]);
    expect(report.changes[1]?.attributes).toEqual(["+dd"]);
  });

  it("turns split into merged the other way round", async () => {
    const { out } = await vma(["diff", after, before, "--json"]);
    expect((JSON.parse(out) as { counts: Record<string, number> }).counts).toEqual({
      merged: 1,
      shrank: 1,
      gone: 1,
      appeared: 1,
    });
  });

  it("exits 0 for the same map", async () => {
    const { code, out } = await vma(["diff", before, before]);
    expect(code).toBe(0);
    expect(out).toContain("The maps are the same.");
  });
});

describe("vma limits", () => {
  it("lets the engine say what each call answers at the limit", async () => {
    const { code, out } = await vma(["limits", program, "--json"]);
    expect(code).toBe(0);
    const { atTheLimit } = JSON.parse(out) as { atTheLimit: { call: string; answer: string }[] };
    expect(Object.fromEntries(atTheLimit.map(({ call, answer }) => [call, answer]))).toEqual({
      "mprotect of a part": "ENOMEM",
      "madvise of a part, with an advice that sets a flag": "EAGAIN",
      "mlock of a part": "ENOMEM",
      "munmap of a middle": "ENOMEM",
      "madvise(MADV_DONTNEED)": "works",
      "mprotect of a whole area": "works",
      "mmap, the first that needs an area": "works",
      "mmap, the next one": "ENOMEM",
    });
  });

  it("exits 1 near a limit and names a value to set", async () => {
    const { code, out } = await vma(["limits", program, "--max-map-count", "17"]);
    expect(code).toBe(1);
    expect(out).toContain("sysctl vm.max_map_count=65536");
  });
});
