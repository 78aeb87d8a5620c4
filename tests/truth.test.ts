// The recorded decisions that ship with the project: every line on the engine it was recorded from, everything
// compared; and the runner itself, which must see a wrong engine and a damaged file.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { addReports, checkTruth, mismatchText, parseTruthLine, type TruthReport } from "@vma/testkit";
import { openTruthFile } from "@vma/testkit/node";
import { afterAll, describe, expect, it } from "vitest";

const folder = fileURLToPath(new URL("data/truth/", import.meta.url));
const files = readdirSync(folder).sort();
const paths = files.map((file) => join(folder, file));
const linesOf = (file: string): string[] =>
  gunzipSync(readFileSync(join(folder, file)))
    .toString()
    .trimEnd()
    .split("\n");

const scratch = mkdtempSync(join(tmpdir(), "vma-truth-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const whole = await checkTruth(paths.map(openTruthFile), { keep: 20 });

describe("every recorded decision", () => {
  it("is what the engine does", () => {
    expect(whole.first.map(mismatchText)).toEqual([]);
    expect(whole.mismatches).toBe(0);
    expect(whole.files).toBe(files.length);
  });

  it.each(whole.perFile)(
    "$file: $scenarios scenarios, $mismatches mismatches",
    ({ file, scenarios, mismatches }) => {
      expect(mismatches).toBe(0);
      expect(scenarios).toBe(linesOf(file).length);
    },
  );

  it("the files hold every recorded operation and every kind of failing step", () => {
    const operations = new Set<string>();
    const failed = new Set<string>();
    for (const line of files.flatMap(linesOf)) {
      const parsed = parseTruthLine(line);
      if (parsed.kind !== "decision") continue;
      operations.add(parsed.op);
      if (typeof parsed.out.hit === "string") failed.add(parsed.out.hit);
    }
    expect([...operations].sort()).toEqual(
      [
        "copy_vma",
        "existing",
        "expand",
        "find_anon",
        "merge_extend",
        "modify",
        "munmap",
        "new",
        "shrink",
        "split",
      ].sort(),
    );
    expect([...failed].sort()).toEqual(["clear", "clone", "detach", "dup", "policy", "prealloc", "ufprep"]);
  });

  it("what no rule describes is named: the iterator after four kinds of operation, and nothing else", () => {
    expect(Object.keys(whole.notComparedFields).sort()).toEqual([
      "iterator after a direct expansion",
      "iterator after a failed munmap",
      "iterator after shrink",
      "iterator of the engine before the series",
    ]);
  });
});

describe("shards", () => {
  const few = ["copy-6.12.jsonl.gz", "extend-6.12.jsonl.gz", "legacy-extend.jsonl.gz"].map((file) =>
    join(folder, file),
  );

  it("split the work exactly and add up", async () => {
    const parts: TruthReport[] = [];
    for (let index = 1; index <= 7; index += 1) {
      parts.push(await checkTruth(few.map(openTruthFile), { shard: { index, count: 7 } }));
    }
    expect(addReports(parts)).toEqual(await checkTruth(few.map(openTruthFile)));
    const sizes = parts.map(({ scenarios }) => scenarios);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });

  it("refuse an index out of range", async () => {
    await expect(checkTruth([], { shard: { index: 3, count: 2 } })).rejects.toThrow(RangeError);
  });
});

/** A changed copy of the first line of a file for which `pick` holds, as a source. */
function tampered(file: string, pick: (line: string) => boolean, change: (line: string) => string) {
  const line = linesOf(file).find(pick) as string;
  expect(change(line)).not.toBe(line);
  return { name: file, lines: [change(line)] };
}

describe("a wrong recording is seen, field by field", () => {
  it.each([
    ["the returned area", /"ret":"P"/, '"ret":"N"', "ret"],
    [
      "an area's end",
      /"out":\{"ret":"P","vmas":\[\{"n":"P","s":16,"e":25/,
      '"out":{"ret":"P","vmas":[{"n":"P","s":16,"e":24',
      "vmas[0].e",
    ],
    ["the order of events", /"ev":\["W:P","W:N"/, '"ev":["W:N","W:P"', "ev"],
    ["an allocation point", /"pts":\["prealloc"\]/, '"pts":["clone"]', "pts"],
    ["the state", /"state":"success"/, '"state":"nomerge"', "vmg.state"],
    ["the iterator", /"it":\[16,25,"active"\]/, '"it":[16,24,"active"]', "it"],
    ["the count", /"cnt":1,"it":\[16,25/, '"cnt":2,"it":[16,25', "cnt"],
  ])("%s", async (_, pattern, replacement, field) => {
    const source = tampered(
      "new-6.12.jsonl.gz",
      (line) => pattern.test(line) && !line.includes('"fail"'),
      (line) => line.replace(pattern, replacement),
    );
    const report = await checkTruth([source]);
    expect(report.mismatches).toBe(1);
    expect(report.first[0]?.differences.map((difference) => difference.field)).toEqual([field]);
    expect(mismatchText(report.first[0] as NonNullable<(typeof report.first)[0]>)).toContain("expected");
  });

  it("the case of the old engine", async () => {
    const source = tampered(
      "legacy-new.jsonl.gz",
      (line) => line.includes('"case":1'),
      (line) => line.replace('"case":1', '"case":2'),
    );
    expect((await checkTruth([source])).first[0]?.differences).toEqual([
      { field: "case", expected: 2, got: 1 },
    ]);
  });

  it("a joined line whose engines do not differ as it says", async () => {
    const source = tampered(
      "diff-before-after.jsonl.gz",
      (line) => line.includes('"kind":"marks"') && line.includes('"case":7'),
      (line) => line.replace('"case":7', '"case":6'),
    );
    expect((await checkTruth([source])).mismatches).toBe(1);
  });
});

describe("a damaged file", () => {
  const good = linesOf("new-6.12.jsonl.gz")[0] as string;

  async function failureOf(name: string, text: string | Buffer): Promise<string> {
    const path = join(scratch, name);
    writeFileSync(path, text);
    return checkTruth([openTruthFile(path)]).then(
      () => "no failure",
      (error: Error) => `${error.name}: ${error.message}`,
    );
  }

  it("is refused with file, line and reason", async () => {
    expect(await failureOf("a.jsonl", `${good}\nrubbish\n`)).toMatch(
      /^TruthFormatError: a\.jsonl:2: not JSON: "rubbish"/,
    );
    expect(await failureOf("b.jsonl", '{"op":"fly","id":"x","set":"y"}\n')).toBe(
      'TruthFormatError: b.jsonl:1: op is "fly", which is no operation',
    );
    expect(await failureOf("c.jsonl", good.replace('"cnt":', '"count":'))).toContain(
      "c.jsonl:1: in.cnt is missing",
    );
    expect(await failureOf("d.jsonl", good.replace(/"f":"[0-9a-f]+"/, '"f":"zz"'))).toContain(
      "which is no flags",
    );
    expect(await failureOf("g.jsonl", good.replace(/"s":\d+/, '"s":-3'))).toContain("which is no page");
    const outside = good.replace('"vma":null', '"vma":"N"');
    expect(await failureOf("h.jsonl", outside)).toContain("h.jsonl:1: in.vmg.vma is");
    expect(await failureOf("e.jsonl", good.replace('"vma":null', '"vma":"Q"'))).toContain('names "Q"');
  });

  it("truncated gzip is told from its end", async () => {
    const whole = readFileSync(join(folder, "new-6.12.jsonl.gz"));
    expect(await failureOf("f.jsonl.gz", whole.subarray(0, whole.length >> 1))).toMatch(
      /^TruthFormatError: f\.jsonl\.gz:\d+: unexpected end of file$/,
    );
  });

  it("a file that does not exist is the system's error", () => {
    expect(() => openTruthFile(join(scratch, "nowhere"))).toThrow("ENOENT");
  });

  it("an uncompressed file is read as well, and progress is told", async () => {
    const path = join(scratch, "plain.jsonl");
    writeFileSync(path, linesOf("extend-6.12.jsonl.gz").join("\n"));
    const file = openTruthFile(path);
    const seen: number[] = [];
    const report = await checkTruth([file], { onProgress: ({ scenarios }) => seen.push(scenarios) });
    expect(report.mismatches).toBe(0);
    expect(seen.at(-1)).toBe(report.scenarios);
    expect(file.read()).toBe(file.size);
  });
});
