/** `vma explain` as text: pictures before and after, what the engine did, each refusal with its reasons. */

import { drawAreas, formatPermissions, formatVmFlags, MAX_PICTURE_PAGES, PAGE_SIZE } from "@vma/core";
import type { ExplainedCall, ExplainedStep, FrozenArea } from "../../analysis/explained.js";
import type { Terminal } from "../../terminal.js";
import { counted } from "../amount.js";
import { safe } from "../escape.js";
import { AreaNames, GEOMETRY, type KernelStory, resultText, windowOf } from "../explain-story.js";

function picture(
  areas: readonly FrozenArea[],
  window: { start: number; end: number },
  base: number,
  names: AreaNames,
): { ruler: string; row: string } {
  const drawn = drawAreas(areas, window.start, window.end, (area) => names.letter(area.id));
  const offset = (window.start - base) / PAGE_SIZE;
  const ruler = [...drawn.ruler].map((_, column) => String((column + offset) % 10)).join("");
  return { ruler, row: drawn.areas };
}

function stepText(step: ExplainedStep, names: AreaNames, terminal: Terminal): string[] {
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

function areaText(area: FrozenArea, names: AreaNames): string {
  const file = area.file === null ? "" : ` ${safe(area.file.path)}@${area.pgoff}`;
  const name = area.anonName === null ? "" : ` [anon:${safe(area.anonName)}]`;
  const written = area.anonVma === null ? "" : area.anonChain.length > 1 ? " written, inherited" : " written";
  return `${names.letter(area.id)} ${names.place(area.start, area.end)} ${formatPermissions(area.flags)}${file}${name}${written}  [${formatVmFlags(area.flags, area.flagsHigh)}]`;
}

function around(areas: readonly FrozenArea[], start: number, end: number): FrozenArea[] {
  return areas.filter((area) => area.end >= start && area.start <= end);
}

function callLines(call: ExplainedCall, story: KernelStory, names: AreaNames, terminal: Terminal): string[] {
  const { colors } = terminal;
  const told = resultText(call, story);
  const result = told === "ok" ? colors.green("ok") : call.result.startsWith("0x") ? told : colors.red(told);
  const lines = [
    `${colors.bold(safe(call.text))} = ${result}; ${counted(call.before.length, "area")} before, ${call.after.length} after`,
  ];
  if (story.window !== null && story.base !== null) {
    const { start, end } = windowOf(call, story.window);
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
    const names = new AreaNames(copy);
    const key = story.calls.flatMap((call) => callLines(call, copy, names, plain)).join("\n");
    const block = blocks.get(key);
    if (block === undefined) blocks.set(key, { kernels: [story.kernel], story });
    else block.kernels.push(story.kernel);
  }
  const texts = [...blocks.values()].map(({ kernels, story }) => {
    const names = new AreaNames(story);
    const lines = story.calls.flatMap((call) => callLines(call, story, names, terminal));
    return `${terminal.colors.bold(`Linux ${kernels.join(", ")}`)}\n${lines.map((line) => `  ${line}`).join("\n")}`;
  });
  return `${texts.join("\n\n")}\n`;
}
