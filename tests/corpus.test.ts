// The recorded kernels that ship with the project, replayed step by step: answers, areas, flags, names, policies and
// attachments, with the engine checking itself after every step. And the runner itself, which must see a wrong engine,
// a wrong recording and a damaged file.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { PROFILES } from "@vma/core";
import {
  type CorpusCase,
  CorpusRun,
  type CorpusRunOptions,
  type CorpusSummary,
  describeMismatch,
  parseCorpusLine,
  recordedKernel,
  replayCase,
} from "@vma/testkit/corpus";
import { corpusFiles, openCorpusFile, readCorpusMeta } from "@vma/testkit/node";
import { afterAll, describe, expect, it } from "vitest";

const folder = fileURLToPath(new URL("data/corpus/", import.meta.url));
const kernels = readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);
const scratch = mkdtempSync(join(tmpdir(), "vma-corpus-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function run(path: string, options: CorpusRunOptions = {}): Promise<CorpusSummary> {
  const all = new CorpusRun(options);
  for (const file of await corpusFiles([path])) {
    const meta = await readCorpusMeta(file);
    for await (const recorded of (await openCorpusFile(file)).cases()) all.add(recorded, meta);
  }
  return all.summary;
}

async function first(path: string): Promise<CorpusCase> {
  for await (const recorded of (await openCorpusFile(path)).cases()) return recorded;
  throw new Error(`${path} is empty`);
}

const OPERATIONS = [
  ..."initial mmap munmap mprotect mremap madvise mlock mlock2 munlock mlockall munlockall mseal".split(" "),
  ..."read write setname ksm_all uffd_register uffd_unregister uffd_close mbind shmget shmat shmdt".split(
    " ",
  ),
  ..."remap_file_pages brk fork forkchild reap".split(" "),
];

describe.each(kernels)("Linux %s", (kernel) => {
  const operations = new Set<string>();

  it("does what the engine does, step by step", async () => {
    const summary = await run(join(folder, kernel), {
      onCase: ({ steps }) => {
        for (const { op } of steps) operations.add(op.name);
      },
    });
    expect(summary.first.map(describeMismatch)).toEqual([]);
    expect(summary.mismatches).toBe(0);
    expect(summary.notCompared).toBe(0);
    expect(summary.inexact).toEqual({});
    expect(Object.keys(summary.byFamily)).toHaveLength(29);
    expect(summary.steps).toBeGreaterThan(50_000);
  });

  it("every operation of the format is among the steps", () => {
    expect([...operations].sort()).toEqual([...OPERATIONS].sort());
  });
});

describe("the runner", () => {
  const file = join(folder, "6.18.44", "dir-attr.jsonl.gz");

  it("sees an engine with another kernel's rules", async () => {
    const right = await run(file);
    const wrong = await run(file, { kernel: "6.12", keep: 2 });
    expect(right.mismatches).toBe(0);
    expect(wrong.mismatches).toBeGreaterThan(20);
    expect(wrong.first).toHaveLength(2);
    expect(wrong.steps).toBe(right.steps);
    expect(wrong.notCompared).toBeGreaterThan(0);
    expect(wrong.notCompared).toBeLessThan(wrong.steps);
  });

  it("splits a run into shards that add up to the whole", async () => {
    const whole = await run(file);
    const parts = await Promise.all([1, 2, 3].map((index) => run(file, { shard: { index, count: 3 } })));
    const sum = (of: (summary: CorpusSummary) => number): number =>
      parts.reduce((total, part) => total + of(part), 0);
    expect(sum((part) => part.cases)).toBe(whole.cases);
    expect(sum((part) => part.steps)).toBe(whole.steps);
    expect(() => new CorpusRun({ shard: { index: 4, count: 3 } })).toThrow(RangeError);
  });

  it("sees a wrong answer, a wrong flag and a wrong count, and draws them", async () => {
    const recorded = await first(join(folder, "6.18.44", "dir-shm.jsonl.gz"));
    const kernel = recordedKernel(recorded.kernel, null, null);
    expect(replayCase(recorded, kernel).mismatch).toBeNull();
    const doctored = (change: (steps: CorpusCase["steps"][number][]) => void): string => {
      const copy = structuredClone(recorded);
      change(copy.steps as CorpusCase["steps"][number][]);
      const { mismatch } = replayCase(copy, kernel);
      return mismatch === null ? "" : `${mismatch.kind} ${describeMismatch(mismatch)}`;
    };
    const answer = doctored((steps) => {
      const last = steps.length - 1;
      steps[last] = { ...(steps[last] as CorpusCase["steps"][number]), ret: "EBUSY" };
    });
    expect(answer).toContain("result ");
    expect(answer).toMatch(/kernel {5}EBUSY/);
    const flags = doctored((steps) => {
      const shown = steps.findIndex(({ vmas }) => vmas !== undefined && vmas.length > 0);
      const step = steps[shown] as CorpusCase["steps"][number];
      const vmas = (step.vmas ?? []).map((area) => area.with(5, "rd") as unknown as typeof area);
      steps[shown] = { ...step, vmas };
    });
    expect(flags).toContain("areas ");
    expect(flags).toMatch(/^ {2}- {2}8-20 /m);
    expect(flags).toMatch(/^ {2}\+ {2}8-20 /m);
    expect(flags).toContain("890123456789  (from page 8)");
    const count = doctored((steps) => {
      const shown = steps.findIndex(({ nattch }) => nattch?.S0 === 1);
      steps[shown] = { ...(steps[shown] as CorpusCase["steps"][number]), nattch: { S0: 2 } };
    });
    expect(count).toContain("attachments ");
    expect(count).toContain("attached S0=2");
  });

  it("stops comparing at an operation nobody knows, and says so", async () => {
    const recorded = await first(join(folder, "6.18.44", "anon.jsonl.gz"));
    const unknown = { op: { name: "mfutex" }, ret: "ok" } as unknown as CorpusCase["steps"][number];
    const steps = [...recorded.steps.slice(0, 5), unknown, ...recorded.steps.slice(5)];
    const all = new CorpusRun();
    all.add({ ...recorded, steps });
    expect(all.summary.mismatches).toBe(0);
    expect(all.summary.notCompared).toBe(steps.length - 5);
    expect(all.summary.notModelled).toEqual({ 'not modelled: the operation "mfutex"': 1 });
  });

  it("says which release it knows no rules for", async () => {
    const recorded = await first(join(folder, "6.18.44", "anon.jsonl.gz"));
    const all = new CorpusRun();
    all.add({ ...recorded, kernel: "7.4.1" });
    expect(all.summary.inexact).toEqual({ "7.4.1": PROFILES.at(-1)?.name });
    expect(() => all.add({ ...recorded, kernel: "recent" })).toThrow(RangeError);
  });
});

describe("a damaged corpus", () => {
  const good =
    '{"case":"a","family":"f","kernel":"6.18.44","kind":"brk","steps":[{"op":{"name":"fork"},"ret":"ok"}]}';

  it.each([
    ["", "not JSON"],
    ["[]", "not a JSON object"],
    [good.replace('"case":"a",', ""), 'no text "case"'],
    [good.replace("brk", "heap"), "none of arena, brk, placement"],
    [good.replace("brk", "arena"), "no base address"],
    [good.replace('"ret":"ok"', '"ret":7'), 'step 0: "ret"'],
    [good.replace('"name":"fork"', '"name":"munmap","start":0'), 'munmap has no "pages"'],
    [good.replace('"name":"fork"', '"name":"read","at":1e300'), '"at" is no page'],
    [good.replace('"name":"fork"', '"name":"read","at":0,"atBytes":4096'), '"atBytes" is not 0 to 4095'],
    [good.replace('"ret":"ok"', '"ret":"ok","vmas":[[0,1]]'), "area 0 is no area"],
  ])("%j is refused: %s", (line, reason) => {
    expect(() => parseCorpusLine(line, "x.jsonl", 3)).toThrow(/^x\.jsonl:3: /);
    expect(() => parseCorpusLine(line, "x.jsonl", 3)).toThrow(reason);
  });

  it("cut-off and rubbish files are errors that name the file", async () => {
    const cut = join(scratch, "cut.jsonl.gz");
    writeFileSync(cut, gzipSync(`${good}\n`.repeat(2000)).subarray(0, 60));
    await expect(run(cut)).rejects.toThrow(cut);
    const rubbish = join(scratch, "rubbish.jsonl");
    writeFileSync(rubbish, `${good}\n\0\u{1f}`);
    await expect(run(rubbish)).rejects.toThrow(`${rubbish}:2: the line is not JSON`);
    await expect(run(join(scratch, "none.jsonl"))).rejects.toThrow("no such file");
    await expect(corpusFiles([scratch, tmpdir()].slice(0, 0))).resolves.toEqual([]);
  });

  it("hostile text in a case is shown escaped", async () => {
    const recorded = await first(join(folder, "6.18.44", "anon.jsonl.gz"));
    const [step] = recorded.steps as [CorpusCase["steps"][number]];
    const evil = { ...recorded, case: "\u001b[2Jboo", steps: [{ ...step, ret: "\u001b]0;x\u0007" }] };
    const { mismatch } = replayCase(evil, recordedKernel("6.18.44", null, null));
    const text = mismatch === null ? "" : describeMismatch(mismatch);
    expect(text).toContain("\\u{1b}[2Jboo");
    expect(text).not.toContain("\u001b");
  });
});
