/** `vma explain`: calls on a drawn map or on a real one, what they do to it and why, on several kernels side by side. */

import { existsSync } from "node:fs";
import { PAGE_SIZE } from "@vma/core";
import { buildDrawn, DRAWN_BASE, isDrawing, readDrawing, readLetters } from "../analysis/drawn-map.js";
import { type ExplainedCall, explainCall } from "../analysis/explained.js";
import { modelSpace } from "../analysis/model-space.js";
import { type CallPlaces, readCall } from "../analysis/typed-call.js";
import { EXIT, type ExitCode } from "../exit-code.js";
import { wrongUse } from "../failure.js";
import type { TargetOptions } from "../input/map-target.js";
import { checkKernel } from "../input/recording.js";
import { openTarget } from "../input/target.js";
import { safeJson } from "../output/escape.js";
import { explainJson } from "../output/explain-json.js";
import type { KernelStory } from "../output/explain-story.js";
import { writeWhole } from "../output/file.js";
import { explainSvg } from "../output/svg/explain.js";
import { explainText } from "../output/text/explain.js";
import type { Terminal } from "../terminal.js";

export interface ExplainOptions extends TargetOptions {
  /** A drawing, a PID, a file, or -. */
  readonly map: string;
  /** LETTER=WORDS. */
  readonly with: readonly string[];
  /** Profiles or releases, separated by commas. */
  readonly kernel: string;
  readonly json: boolean;
  /** A file for a picture, besides. */
  readonly svg?: string;
}

/** Runs the command. */
export async function explain(
  calls: readonly string[],
  options: ExplainOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const kernels = options.kernel.split(",").map((kernel) => kernel.trim());
  for (const kernel of kernels) checkKernel(kernel);
  const stories =
    isDrawing(options.map) && !existsSync(options.map)
      ? kernels.map((kernel) => drawnStory(calls, options, kernel))
      : await mapStories(calls, options, kernels, terminal);
  if (options.svg !== undefined) writeWhole(options.svg, explainSvg(stories));
  await terminal.write(options.json ? `${safeJson(explainJson(stories))}\n` : explainText(stories, terminal));
  return EXIT.fine;
}

function drawnStory(calls: readonly string[], options: ExplainOptions, kernel: string): KernelStory {
  const drawing = readDrawing(options.map);
  const words = readLetters(options.with);
  for (const letter of words.keys()) {
    if (!drawing.areas.some((area) => area.letter === letter))
      throw wrongUse(`--with ${letter}=...: the drawing has no ${letter}`);
  }
  const { space, letters, files } = buildDrawn(drawing, words, kernel);
  const bytesOf = (page: number): number => DRAWN_BASE + page * PAGE_SIZE;
  const marked =
    drawing.marked === null ? null : { start: bytesOf(drawing.marked.from), end: bytesOf(drawing.marked.to) };
  const places: CallPlaces = { base: DRAWN_BASE, marked, files };
  return {
    kernel,
    base: DRAWN_BASE,
    window: { start: DRAWN_BASE, end: bytesOf(drawing.pages) },
    letters,
    calls: calls.map((text): ExplainedCall => explainCall(space, readCall(text, places))),
  };
}

async function mapStories(
  calls: readonly string[],
  options: ExplainOptions,
  kernels: readonly string[],
  terminal: Terminal,
): Promise<KernelStory[]> {
  if (options.with.length > 0) throw wrongUse("--with goes with a drawing");
  const target = await openTarget(options.map, terminal, options);
  return kernels.map((kernel) => {
    const space = modelSpace(target.areas, kernel);
    const places: CallPlaces = { base: null, marked: null, files: new Map() };
    return {
      kernel,
      base: null,
      window: null,
      letters: new Map(),
      calls: calls.map((text) => explainCall(space, readCall(text, places))),
    };
  });
}
