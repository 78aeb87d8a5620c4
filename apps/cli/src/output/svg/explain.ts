/** `vma explain` as an SVG picture: the areas before and after each call as boxes, and below what the engine did. */

import { formatPermissions, PAGE_SIZE } from "@vma/core";
import type { ExplainedCall, ExplainedStep, FrozenArea } from "../../analysis/explained.js";
import { wrongUse } from "../../failure.js";
import { safe } from "../escape.js";
import { AreaNames, GEOMETRY, type KernelStory, resultText, windowOf } from "../explain-story.js";
import { html, type Markup } from "../html/markup.js";

/** Pixels. */
const [PAGE, BOX, LINE, INDENT, MARGIN] = [32, 28, 18, 64, 16];
/** Pages that fit next to one another and can still be read. */
const MAX_PAGES = 64;
/** Fill of an area by its permissions, which stand in the box as well. */
const FILL: Readonly<Record<string, string>> = {
  "---": "#9c9c9c",
  "r--": "#97bbf5",
  "rw-": "#6cc5b0",
  "r-x": "#ffb86b",
  rwx: "#ff8c7a",
  "-w-": "#c0e8a0",
  "--x": "#e7c6ff",
  "-wx": "#ffd0e0",
};
const STYLE = `text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#1f2328}
.dim{fill:#6e7781}.call{font-weight:bold}.good{fill:#1a7f37}.bad{fill:#9a6700}.in{fill:#10151a;text-anchor:middle}
.mid{text-anchor:middle}rect{stroke:#1f2328}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.dim{fill:#9198a1}.good{fill:#3fb950}.bad{fill:#d29922}.in{fill:#10151a}rect{stroke:#e6edf3}}`;

interface Drawn {
  readonly body: Markup;
  readonly width: number;
  readonly height: number;
}

function text(x: number, y: number, kind: string, content: string): Markup {
  return html`<text x="${x}" y="${y}" class="${kind}">${safe(content)}</text>\n`;
}

function boxes(
  areas: readonly FrozenArea[],
  window: { readonly start: number; readonly end: number },
  y: number,
  names: AreaNames,
): Markup[] {
  const column = (address: number): number => INDENT + ((address - window.start) / PAGE_SIZE) * PAGE;
  return areas
    .filter((area) => area.end > window.start && area.start < window.end)
    .map((area) => {
      const [from, to] = [column(Math.max(area.start, window.start)), column(Math.min(area.end, window.end))];
      const permissions = formatPermissions(area.flags).slice(0, 3);
      const label = to - from > PAGE ? `${names.letter(area.id)} ${permissions}` : names.letter(area.id);
      const fill = FILL[permissions] ?? "#9c9c9c";
      return html`<rect x="${from}" y="${y}" width="${to - from}" height="${BOX}" rx="4" fill="${fill}"/>
${text((from + to) / 2, y + 19, "in", label)}`;
    });
}

/** What the engine did, one line each: only what the boxes do not show. */
function captions(steps: readonly ExplainedStep[], names: AreaNames): [kind: string, line: string][] {
  return steps.flatMap((step): [string, string][] => {
    if (step.kind === "merged") return [["good", `merge: ${GEOMETRY[step.geometry] ?? step.geometry}`]];
    if (step.kind !== "refused") return [];
    const sides = [
      ["below", step.left],
      ["above", step.right],
    ] as const;
    const told = sides.map(([side, { id, details }]) => {
      const who = id === null ? side : `${side} (${names.letter(id)})`;
      return `${who}: ${details.map(({ code }) => code).join(", ")}`;
    });
    return [["bad", `no merge for ${names.place(step.start, step.end)}: ${told.join("; ")}`]];
  });
}

function drawCall(call: ExplainedCall, story: KernelStory, names: AreaNames, top: number): Drawn {
  if (story.window === null || story.base === null) throw wrongUse("--svg draws drawings: -m 'PPP..NNN'");
  const window = windowOf(call, story.window);
  const pages = (window.end - window.start) / PAGE_SIZE;
  if (pages > MAX_PAGES) throw wrongUse(`--svg draws at most ${MAX_PAGES} pages, and this takes ${pages}`);
  const first = (window.start - story.base) / PAGE_SIZE;
  const lines: Markup[] = [text(MARGIN, top + 14, "call", `${call.text} = ${resultText(call, story)}`)];
  let y = top + LINE + 16;
  for (let page = 0; page < pages; page++) {
    const x = INDENT + page * PAGE + PAGE / 2;
    lines.push(text(x, y, "dim mid", String(first + page)));
  }
  y += 8;
  for (const [word, areas] of [
    ["before", call.before],
    ["after", call.after],
  ] as const) {
    lines.push(text(MARGIN - 8, y + 19, "dim", word), ...boxes(areas, window, y, names));
    y += BOX + 8;
  }
  let width = INDENT + pages * PAGE;
  for (const [kind, line] of captions(call.steps, names)) {
    y += LINE;
    lines.push(text(INDENT, y - 4, kind, line));
    width = Math.max(width, INDENT + line.length * 8);
  }
  return { body: html`${lines}`, width, height: y - top };
}

/** One picture: a column of calls for each outcome; kernels that agree share one. Throws a Failure for a real map. */
export function explainSvg(stories: readonly KernelStory[]): string {
  const blocks = new Map<string, string[]>();
  const sizes = new Map<string, Drawn>();
  for (const story of stories) {
    const names = new AreaNames({ ...story, letters: new Map(story.letters) });
    let [top, width] = [0, 0];
    const calls = story.calls.map((call) => {
      const drawn = drawCall(call, story, names, top);
      top += drawn.height + 20;
      width = Math.max(width, drawn.width);
      return drawn.body;
    });
    const body = html`${calls}`;
    sizes.set(body.text, { body, width, height: top });
    blocks.set(body.text, [...(blocks.get(body.text) ?? []), story.kernel]);
  }
  let [top, width] = [MARGIN, 0];
  const drawn = [...blocks].map(([key, kernels]) => {
    const block = sizes.get(key) as Drawn;
    const group = html`<g transform="translate(0 ${top})">
${text(MARGIN, 12, "dim", `Linux ${kernels.join(", ")}`)}<g transform="translate(0 20)">
${block.body}</g></g>\n`;
    top += block.height + 36;
    width = Math.max(width, block.width + MARGIN);
    return group;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top}" viewBox="0 0 ${width} ${top}">
<title>Areas before and after each call</title>
<style>${STYLE}</style>
${html`${drawn}`.text}</svg>
`;
}
