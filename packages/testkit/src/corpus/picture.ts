/** A mismatch as a person reads it: the operation, both listings side by side as pictures and as a table. */

import { type AreaEvent, reasonCodes } from "@vma/core";
import { sameArea } from "./compare.js";
import type { CorpusArea, CorpusOperation, CorpusResult } from "./format.js";
import type { CorpusMismatch } from "./run.js";

/** Widest picture, in pages; beyond it only the table is printed. */
const MAX_RULER = 128;

/** Text from a file made safe for a terminal. */
function shown(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}

/** An operation on one line: its name and its fields in the order of the script. */
export function describeOperation(op: CorpusOperation): string {
  const { name, ...fields } = op;
  const parts = Object.entries(fields).map(([key, value]) => {
    const text = Array.isArray(value) ? value.join(",") : String(value);
    return `${key}=${text}`;
  });
  return shown([name, ...parts].join(" "));
}

/** An answer on one line. */
export function describeResult(result: CorpusResult): string {
  return shown(typeof result === "string" ? result : JSON.stringify(result));
}

/** The whole mismatch, several lines, ending in a newline. */
export function describeMismatch(mismatch: CorpusMismatch): string {
  const { expected, got } = mismatch;
  const lines = [
    `${shown(mismatch.case)} (${shown(mismatch.kernel)}, ${shown(mismatch.family)}) step ${mismatch.step}: ${mismatch.kind}`,
    `  operation  ${describeOperation(mismatch.operation)}`,
    `  kernel     ${describeResult(expected.result)}${attachmentsText(expected.attachments)}`,
    `  engine     ${describeResult(got.result)}${attachmentsText(got.attachments)}`,
  ];
  const picture = rulerOf([mismatch.before, expected.areas, got.areas]);
  if (picture !== null) {
    const [ruler, before, wanted, had] = picture;
    lines.push(
      `             ${ruler}`,
      `  before     ${before}`,
      `  kernel     ${wanted}`,
      `  engine     ${had}`,
    );
  }
  lines.push(...tableOf(mismatch.before, expected.areas, got.areas));
  for (const event of mismatch.events) lines.push(`  event      ${describeEvent(event)}`);
  for (const finding of mismatch.findings) lines.push(`  finding    ${finding}`);
  return `${lines.join("\n")}\n`;
}

function attachmentsText(attachments: Readonly<Record<string, number>> | null): string {
  if (attachments === null) return "";
  const parts = Object.entries(attachments).map(([name, count]) => `${shown(name)}=${count}`);
  return `   attached ${parts.join(" ")}`;
}

/**
 * Listings over one ruler: every area a run of one letter, `.` where nothing is mapped. Null when positions are
 * addresses or the range is too wide.
 */
function rulerOf(listings: readonly (readonly CorpusArea[])[]): string[] | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const [start, end] of listings.flat()) {
    if (typeof start !== "number" || typeof end !== "number") return null;
    if (start < low) low = start;
    if (end > high) high = end;
  }
  if (high - low > MAX_RULER || high <= low) return null;
  let ruler = "";
  for (let page = low; page < high; page += 1) ruler += Math.abs(page % 10).toString();
  const rows = listings.map((areas) => {
    let row = "";
    let page = low;
    areas.forEach(([start, end], index) => {
      const letter = String.fromCharCode(65 + (index % 26));
      row +=
        ".".repeat(Math.max(0, (start as number) - page)) +
        letter.repeat((end as number) - (start as number));
      page = end as number;
    });
    return row + ".".repeat(Math.max(0, high - page));
  });
  return [`${ruler}  (from page ${low})`, ...rows];
}

/** Rows of all three listings; `-` only the kernel shows it, `+` only the engine does, `<` it was there before. */
function tableOf(
  before: readonly CorpusArea[],
  expected: readonly CorpusArea[],
  got: readonly CorpusArea[],
): string[] {
  const rows: string[] = [];
  const has = (list: readonly CorpusArea[], area: CorpusArea): boolean =>
    list.some((other) => sameArea(other, area));
  for (const area of before) {
    if (!has(expected, area) || !has(got, area)) rows.push(`  <  ${areaText(area)}`);
  }
  for (const area of expected) rows.push(`  ${has(got, area) ? " " : "-"}  ${areaText(area)}`);
  for (const area of got) if (!has(expected, area)) rows.push(`  +  ${areaText(area)}`);
  return rows;
}

function areaText(area: CorpusArea): string {
  const [start, end, permissions, pgoff, backing, flags, name = null, policy] = area;
  const range = `${start}-${end}`.padEnd(14);
  const behind = `${backing ?? ""}${name ?? ""}`.padEnd(8);
  return shown(
    `${range} ${permissions} ${String(pgoff).padStart(5)} ${behind} ${flags}${policy ? `  ${policy}` : ""}`,
  );
}

function describeEvent(event: AreaEvent): string {
  const hex = (bytes: number): string => `0x${bytes.toString(16)}`;
  switch (event.kind) {
    case "created":
    case "removed":
      return `${event.kind} #${event.id} ${hex(event.start)}-${hex(event.end)}`;
    case "grew":
    case "shrank":
      return `${event.kind} #${event.id} ${hex(event.oldStart)}-${hex(event.oldEnd)} -> ${hex(event.start)}-${hex(event.end)}`;
    case "split":
      return `split #${event.id} at ${hex(event.at)}, new piece #${event.piece}`;
    case "merged":
      return `merged ${event.geometry} into #${event.survivor} ${hex(event.start)}-${hex(event.end)}`;
    case "changed":
      return `changed #${event.id} flags ${hex(event.oldFlags >>> 0)} -> ${hex(event.flags >>> 0)}`;
    case "refused": {
      const left = reasonCodes(event.leftReasons).join(",");
      const right = reasonCodes(event.rightReasons).join(",");
      return `no merge for ${hex(event.start)}-${hex(event.end)}: left ${left || "-"}; right ${right || "-"}`;
    }
    default:
      return JSON.stringify(event);
  }
}
