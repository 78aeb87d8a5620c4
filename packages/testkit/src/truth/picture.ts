/** Telling recorded decisions in pictures and words: what stood there, what was asked, what came of it. */

import { type AreaSpec, attributeWords } from "../scenario/area.js";
import { letterOf, type PictureRow, picture } from "../scenario/notation.js";
import type { Mismatch } from "./check.js";
import { areaOf, flagWords } from "./convert.js";
import type { TruthInput, TruthOperation, TruthOutput } from "./format.js";

function areasOf(areas: TruthInput["vmas"]): AreaSpec[] {
  return areas.map(areaOf);
}

function descriptions(areas: readonly AreaSpec[]): string[] {
  return areas.map((area) => `${letterOf(area.name)} ${attributeWords(area, area.start).join(" ")}`);
}

/** The pages an operation is about, if it is about some. */
function markOf(input: TruthInput): { start: number; end: number } | null {
  const { vmg, args } = input;
  if (vmg !== undefined) return { start: vmg.s, end: vmg.e };
  if (args?.addr !== undefined) return { start: args.addr, end: args.addr + (args.len ?? 1) };
  if (args?.s === undefined) return null;
  const end = args.e ?? args.s + (args.len ?? 0);
  return end > args.s ? { start: args.s, end } : null;
}

/** The operation in words: `new 19-21 rw-`, `modify V 19-23 rw-`, `munmap 31-35`, fault and limit included. */
export function operationText(op: TruthOperation | string, input: TruthInput): string {
  const { vmg, args, fail, maxmaps } = input;
  const words: string[] = [op];
  if (vmg !== undefined) {
    if (vmg.vma !== null) words.push(vmg.vma);
    words.push(`${vmg.s}-${vmg.e}`);
    const proposed = areaOf({
      n: "*",
      s: vmg.s,
      e: vmg.e,
      pg: vmg.pg,
      f: vmg.f,
      file: vmg.file,
      av: vmg.av,
      ch: vmg.av ?? "",
      cl: 0,
      ...(vmg.pol === undefined ? {} : { pol: vmg.pol }),
      ...(vmg.uf === undefined ? {} : { uf: vmg.uf }),
      ...(vmg.nm === undefined ? {} : { nm: vmg.nm }),
    });
    words.push(...attributeWords({ ...proposed, ...flagWords(vmg.f) }, vmg.s));
    if (vmg.just === 1) words.push("expand-only");
    if (vmg.gup === 1) words.push("give-up");
    if (vmg.skipu === 1) words.push("no-uprobes");
  } else if (args !== undefined) {
    for (const [key, value] of Object.entries(args))
      words.push(key === "vma" ? String(value) : `${key}=${value}`);
  }
  if (maxmaps !== undefined) words.push(`maxmaps ${maxmaps}`);
  if (fail !== undefined) words.push(`fail ${fail}`);
  return words.join(" ");
}

function outcomeLines(output: TruthOutput): string[] {
  const told = [`returns ${output.ret ?? "none"}`];
  if (output.case !== undefined) told.push(`case ${output.case}`);
  if (output.vmg?.state !== undefined) told.push(`state ${output.vmg.state}`);
  const lines = [told.join(", ")];
  if (output.ev !== undefined) lines.push(`events ${output.ev.join(" ") || "nothing"}`);
  return lines;
}

/** What stood there, with the pages in question marked, and a line for each area. */
export function inputPicture(input: TruthInput): string {
  const areas = areasOf(input.vmas);
  const mark = markOf(input);
  const row: PictureRow = mark === null ? { areas } : { areas, mark };
  return [picture([row]), ...descriptions(areas)].join("\n");
}

/** What stands there afterwards, a line for each area, and what was returned. */
export function outputPicture(output: TruthOutput): string {
  const areas = areasOf(output.vmas);
  return [picture([{ areas }]), ...descriptions(areas), ...outcomeLines(output)].join("\n");
}

/** A mismatch as text: where, what was asked, the picture, expected, got, and the fields that differ. */
export function mismatchText(mismatch: Mismatch): string {
  const { file, line, id, engine, op, input, expected, got, differences } = mismatch;
  return [
    `${file}:${line} ${id} (engine ${engine})`,
    operationText(op, input),
    inputPicture(input),
    "expected",
    outputPicture(expected),
    "got",
    outputPicture(got),
    ...differences.map(
      ({ field, expected, got }) =>
        `${field}: ${JSON.stringify(expected)} expected, ${JSON.stringify(got)} got`,
    ),
  ].join("\n");
}
