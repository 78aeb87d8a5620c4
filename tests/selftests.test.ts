// The kernel's end-to-end merge tests in our own words (tests/scenarios/selftests): on the engine with profile 6.18,
// and for real where the running kernel is one that profile has been proven on.
import { drawAreas } from "@vma/core";
import {
  type CorpusArea,
  type CorpusCase,
  performStep,
  ReplayProcess,
  recordedKernel,
  replayCase,
} from "@vma/testkit/corpus";
import { buildHelper, KernelHelper, KernelUnavailable, runningKernel } from "@vma/testkit/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MERGE_STORIES, type MergeStory } from "./scenarios/selftests/merge.js";

const PAGES_SHOWN = 10;

function scriptOf(story: MergeStory): CorpusCase {
  return {
    case: story.name,
    family: "selftests",
    kernel: "6.18",
    kind: "arena",
    arena: { base: "0x100000000000", pages: 64 },
    steps: story.operations.map((op) => ({ op, ret: "ok" })),
  };
}

/** The picture of areas given in pages. */
function pictureOf(areas: readonly (readonly [number, number])[]): string {
  const inBytes = areas.map(([start, end]) => ({ start: start * 4096, end: end * 4096 }));
  return drawAreas(inBytes, 0, PAGES_SHOWN * 4096).areas.replace(/\.+$/, "");
}

describe("on the engine", () => {
  it.each(MERGE_STORIES)("$name: $because", (story) => {
    const process = new ReplayProcess(scriptOf(story), recordedKernel("6.18.44", null, null));
    for (const op of story.operations) {
      expect(performStep(process, op)).toBe("ok");
      expect(process.space.validate()).toEqual([]);
    }
    const pages = [...process.space.areas()].map(({ start, end }): [number, number] => [
      (start - process.base) / 4096,
      (end - process.base) / 4096,
    ]);
    expect(pictureOf(pages)).toBe(story.after);
  });
});

describe("on the running kernel", () => {
  let helper: KernelHelper | null = null;
  let reason = "";

  beforeAll(async () => {
    try {
      const started = new KernelHelper(await buildHelper());
      helper = started;
      const kernel = await runningKernel(started);
      if (kernel.profile.name !== "6.18" || !kernel.exact)
        reason = `this is Linux ${kernel.release}, not 6.18`;
    } catch (error) {
      if (!(error instanceof KernelUnavailable)) throw error;
      reason = error.message;
    }
  });
  afterAll(() => helper?.close());

  it.for(MERGE_STORIES)("$name", async (story, { skip }) => {
    if (helper === null || reason !== "") return skip(reason);
    const recorded = await helper.record(scriptOf(story), false);
    let last: readonly CorpusArea[] = [];
    for (const step of recorded.steps) {
      expect(step.ret).toBe("ok");
      if (step.vmas !== undefined) last = step.vmas;
    }
    expect(pictureOf(last.map((area) => [Number(area[0]), Number(area[1])]))).toBe(story.after);
    expect(replayCase(recorded, recordedKernel("6.18.44", null, null)).mismatch).toBeNull();
  });
});
