/** What `vma explain` has to tell, before it is text or a picture: one story for each kernel. */

import { PAGE_SIZE } from "@vma/core";
import type { ExplainedCall } from "../analysis/explained.js";
import { range } from "./amount.js";

/** What one kernel makes of the calls. */
export interface KernelStory {
  readonly kernel: string;
  /** Address of page 0 of a drawing; null for a real map. */
  readonly base: number | null;
  /** What is drawn, bytes; null for a real map. */
  readonly window: { readonly start: number; readonly end: number } | null;
  /** Letters of areas by number; new areas are added as they come. */
  readonly letters: Map<number, string>;
  readonly calls: readonly ExplainedCall[];
}

/** What a merge is like, by the name of its geometry. */
export const GEOMETRY: Readonly<Record<string, string>> = {
  "new-left": "the new range joins the area below it, which grows up",
  "new-right": "the new range joins the area above it, which grows down",
  "new-both": "the new range fills the hole: both neighbours and it become one",
  "new-left-reduced": "the new range joins the area below it",
  "existing-both": "the changed area joins both neighbours: three become one",
  "existing-left-full": "the changed area joins the one below it and is gone",
  "existing-left-part": "the lower part of the area goes over to the area below it; the border moves up",
  "existing-right-full": "the changed area joins the one above it and is gone",
  "existing-right-part": "the upper part of the area goes over to the area above it; the border moves down",
};

/** A letter for every area: those of the drawing, and the next free one for each that is made. */
export class AreaNames {
  readonly #story: KernelStory;

  constructor(story: KernelStory) {
    this.#story = story;
  }

  letter(id: number): string {
    const known = this.#story.letters.get(id);
    if (known !== undefined) return known;
    const used = new Set(this.#story.letters.values());
    const free =
      [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"].find((letter) => !used.has(letter)) ?? "?";
    this.#story.letters.set(id, free);
    return free;
  }

  /** Pages of a drawing, addresses of a real map. */
  place(start: number, end: number): string {
    const { base } = this.#story;
    return base === null ? range(start, end) : `${(start - base) / PAGE_SIZE}-${(end - base) / PAGE_SIZE}`;
  }
}

/** The part of the address space to draw: the drawing, and what the call made close to it. */
export function windowOf(
  call: ExplainedCall,
  drawing: { readonly start: number; readonly end: number },
): { readonly start: number; readonly end: number } {
  let { start, end } = drawing;
  for (const area of call.after) {
    if (area.start < start && start - area.start < 64 * PAGE_SIZE) start = area.start;
    if (area.end > end && area.end - end < 64 * PAGE_SIZE) end = area.end;
  }
  return { start, end };
}

/** What the call answered; an address in a drawing is its page. */
export function resultText(call: ExplainedCall, story: KernelStory): string {
  if (!call.result.startsWith("0x") || story.base === null) return call.result;
  return `page ${(Number.parseInt(call.result, 16) - story.base) / PAGE_SIZE}`;
}
