// tools/record-corpus.mjs: the scripts of a recorded kernel run again on the kernel at hand. Where there is none to ask,
// the test says so and is skipped.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { release, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { profileForRelease } from "@vma/core";
import { type CorpusCase, parseCorpusLine } from "@vma/testkit/corpus";
import { buildHelper, KernelUnavailable } from "@vma/testkit/kernel";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

function casesOf(file: string): CorpusCase[] {
  const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split("\n");
  return lines.map((line, index) => parseCorpusLine(line, file, index + 1));
}

/** What a case is about, without what any kernel answered. */
function scriptOf({ case: id, family, kind, steps }: CorpusCase): unknown {
  return { id, family, kind, operations: steps.map(({ op }) => op) };
}

it("records the same scripts, with this kernel's answers", async (context) => {
  const helper = await buildHelper().catch((error: unknown) => error);
  if (helper instanceof KernelUnavailable) context.skip(`no kernel to ask: ${helper.message}`);
  const scripts = join(root, "tests/data/corpus/6.18.44/dir-overlay.jsonl.gz");
  const out = mkdtempSync(join(tmpdir(), "vma-recorded-"));
  try {
    const args = ["tools/record-corpus.mjs", "--out", out, "--kernel", "here", scripts];
    execFileSync(process.execPath, args, { cwd: root });
    const [before, now] = [casesOf(scripts), casesOf(join(out, "dir-overlay.jsonl.gz"))];
    expect(now.map(scriptOf)).toEqual(before.map(scriptOf));
    expect(new Set(now.map(({ kernel }) => kernel))).toEqual(new Set(["here"]));
    const meta = JSON.parse(readFileSync(join(out, "meta.json"), "utf8"));
    expect(meta.kernel).toBe("here");
    // The recorded kernel's answers, where this one is of the same profile and differs in nothing that shows here.
    const same = profileForRelease(release()).profile.name === "6.18" && meta.config.MEM_SOFT_DIRTY === "n";
    if (same) expect(now.map(({ steps }) => steps)).toEqual(before.map(({ steps }) => steps));
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});
