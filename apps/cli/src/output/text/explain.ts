/** `vma explain` as text: pictures before and after, what the engine did, each refusal with its reasons. */

import { drawAreas, formatPermissions, formatVmFlags, MAX_PICTURE_PAGES, PAGE_SIZE } from "@vma/core";
import type { ExplainedCall, ExplainedStep, FrozenArea } from "../../analysis/explained.js";
import type { Terminal } from "../../terminal.js";
import { counted, range } from "../amount.js";
import { safe } from "../escape.js";

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

const GEOMETRY: Readonly<Record<string, string>> = {
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

class Names {
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

  place(start: number, end: number): string {
    const { base } = this.#story;
    return base === null ? range(start, end) : `${(start - base) / PAGE_SIZE}-${(end - base) / PAGE_SIZE}`;
  }
}

function picture(
  areas: readonly FrozenArea[],
  window: { start: number; end: number },
  base: number,
  names: Names,
): { ruler: string; row: string } {
  const drawn = drawAreas(areas, window.start, window.end, (area) => names.letter(area.id));
  const offset = (window.start - base) / PAGE_SIZE;
  const ruler = [...drawn.ruler].map((_, column) => String((column + offset) % 10)).join("");
  return { ruler, row: drawn.areas };
}

function stepText(step: ExplainedStep, names: Names, terminal: Terminal): string[] {
  const { colors } = terminal;
  switch (step.kind) {
    case "created":
      return [`new area ${names.letter(step.id)} ${names.place(step.start, step.end)}`];
    case "removed":
      return [`area ${names.letter(step.id)} is gone`];
    case "grew":
    case "shrank":
      return [
        `${names.letter(step.id)} ${step.kind} from ${names.place(step.oldStart, step.oldEnd)} to ${names.place(step.start, step.end)}`,
      ];
    case "split":
      return [`${names.letter(step.id)} is split: ${names.letter(step.piece)} is the new piece`];
    case "changed":
      return [`${names.letter(step.id)} changes its attributes in place`];
    case "merged": {
      const gone =
        step.gone.length === 0 ? "" : `; ${step.gone.map((id) => names.letter(id)).join(" and ")} gone`;
      return [
        `${colors.green(`merge: ${GEOMETRY[step.geometry] ?? step.geometry}`)} (${step.geometry}): ${names.letter(step.id)} is ${names.place(step.start, step.end)} now${gone}`,
      ];
    }
    case "refused": {
      const lines = [colors.yellow(`no merge for ${names.place(step.start, step.end)}`)];
      for (const [side, found] of [
        ["below", step.left],
        ["above", step.right],
      ] as const) {
        if (found.details.length === 0) continue;
        const who = found.id === null ? "" : ` (${names.letter(found.id)})`;
        for (const detail of found.details) {
          lines.push(`  ${side}${who}: ${colors.cyan(detail.code)}: ${safe(detail.sentence)}`);
        }
      }
      return lines;
    }
  }
}

function areaText(area: FrozenArea, names: Names): string {
  const file = area.file === null ? "" : ` ${safe(area.file.path)}@${area.pgoff}`;
  const name = area.anonName === null ? "" : ` [anon:${safe(area.anonName)}]`;
  const written = area.anonVma === null ? "" : area.anonChain.length > 1 ? " written, inherited" : " written";
  return `${names.letter(area.id)} ${names.place(area.start, area.end)} ${formatPermissions(area.flags)}${file}${name}${written}  [${formatVmFlags(area.flags, area.flagsHigh)}]`;
}

function around(areas: readonly FrozenArea[], start: number, end: number): FrozenArea[] {
  return areas.filter((area) => area.end >= start && area.start <= end);
}

function callLines(call: ExplainedCall, story: KernelStory, names: Names, terminal: Terminal): string[] {
  const { colors } = terminal;
  const isPlace = call.result.startsWith("0x");
  const page =
    isPlace && story.base !== null ? (Number.parseInt(call.result, 16) - story.base) / PAGE_SIZE : null;
  const told = page === null ? call.result : `page ${page}`;
  const result = told === "ok" ? colors.green("ok") : isPlace ? told : colors.red(told);
  const lines = [
    `${colors.bold(safe(call.text))} = ${result}; ${counted(call.before.length, "area")} before, ${call.after.length} after`,
  ];
  if (story.window !== null && story.base !== null) {
    let { start, end } = story.window;
    // A call may reach beyond the drawing.
    for (const area of call.after) {
      if (area.start < start && start - area.start < 64 * PAGE_SIZE) start = area.start;
      if (area.end > end && area.end - end < 64 * PAGE_SIZE) end = area.end;
    }
    if ((end - start) / PAGE_SIZE <= MAX_PICTURE_PAGES) {
      const before = picture(call.before, { start, end }, story.base, names);
      const after = picture(call.after, { start, end }, story.base, names);
      lines.push(
        colors.dim(`            ${before.ruler}`),
        `    before  ${before.row}`,
        `    after   ${after.row}`,
      );
    }
    lines.push(...call.after.map((area) => colors.dim(`      ${areaText(area, names)}`)));
  } else {
    const ranges = call.steps.flatMap((step) => ("start" in step ? [step] : []));
    const start = Math.min(...ranges.map((step) => step.start), Number.POSITIVE_INFINITY);
    const end = Math.max(...ranges.map((step) => step.end), 0);
    for (const area of around(call.before, start, end))
      lines.push(colors.red(`    - ${areaText(area, names)}`));
    for (const area of around(call.after, start, end))
      lines.push(colors.green(`    + ${areaText(area, names)}`));
  }
  for (const step of call.steps) lines.push(...stepText(step, names, terminal).map((line) => `    ${line}`));
  return lines;
}

/** One block for each outcome; kernels that agree share a block. */
export function explainText(stories: readonly KernelStory[], terminal: Terminal): string {
  const plain = terminal.plain();
  const blocks = new Map<string, { kernels: string[]; story: KernelStory }>();
  for (const story of stories) {
    const copy = { ...story, letters: new Map(story.letters) };
    const names = new Names(copy);
    const key = story.calls.flatMap((call) => callLines(call, copy, names, plain)).join("\n");
    const block = blocks.get(key);
    if (block === undefined) blocks.set(key, { kernels: [story.kernel], story });
    else block.kernels.push(story.kernel);
  }
  const texts = [...blocks.values()].map(({ kernels, story }) => {
    const names = new Names(story);
    const lines = story.calls.flatMap((call) => callLines(call, story, names, terminal));
    return `${terminal.colors.bold(`Linux ${kernels.join(", ")}`)}\n${lines.map((line) => `  ${line}`).join("\n")}`;
  });
  return `${texts.join("\n\n")}\n`;
}
