/**
 * Ruler pictures: one column a page, digits on top, a letter for each page of an area, a dot for a hole.
 *
 * ```
 *   0123456789
 *   PPP..NNN
 * ```
 *
 * A run of one letter is one area; neighbouring areas have different letters. The key is docs/notation.md.
 */

import { ScenarioError } from "./area.js";

/** A letter and the pages it covers, half-open. */
export interface PictureArea {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Wider pictures are refused, read and printed. */
export const MAX_COLUMNS = 4096;
const HOLE = ".";

/** The ruler above `columns` columns that start at page `first`. */
export function ruler(columns: number, first: number = 0): string {
  let text = "";
  for (let i = 0; i < columns; i += 1) text += String((first + i) % 10);
  return text;
}

/**
 * Reads the row below a ruler. `first` is the page of its first column. Blanks at the end mean nothing.
 *
 * Throws ScenarioError when a letter comes twice, a character is no letter, or the row is too long.
 */
export function readRow(row: string, first: number = 0): PictureArea[] {
  const text = row.trimEnd();
  if (text.length > MAX_COLUMNS) throw new ScenarioError(`a picture of ${text.length} columns is too wide`);
  const areas: PictureArea[] = [];
  const seen = new Set<string>();
  let column = 0;
  while (column < text.length) {
    const name = text[column] as string;
    const start = column;
    while (column < text.length && text[column] === name) column += 1;
    if (name === HOLE) continue;
    if (!/^[A-Za-z]$/.test(name))
      throw new ScenarioError(`"${name}" in a picture is neither a letter nor a dot`);
    if (seen.has(name)) throw new ScenarioError(`area ${name} comes twice in the picture "${text}"`);
    seen.add(name);
    areas.push({ name, start: first + start, end: first + column });
  }
  return areas;
}

/** Checks that `line` is a ruler; returns its number of columns. */
export function readRuler(line: string, first: number = 0): number {
  const text = line.trimEnd();
  if (text !== ruler(text.length, first)) throw new ScenarioError(`"${text}" is no ruler from page ${first}`);
  return text.length;
}

/** The letter a picture has for an area: its own, or a..z for n1, n2, ... made by the engine. */
export function letterOf(name: string): string {
  if (name.length === 1) return name;
  const made = /^n(\d+)$/.exec(name);
  const number = made === null ? 0 : Number(made[1]);
  return number >= 1 && number <= 26 ? String.fromCharCode(96 + number) : "?";
}

/** The row for these areas (in address order), from page `first` to page `last`, exclusive. */
export function areaRow(areas: readonly PictureArea[], first: number, last: number): string {
  let row = "";
  let page = first;
  for (const { name, start, end } of areas) {
    if (end <= first || start >= last) continue;
    row += HOLE.repeat(Math.max(0, start - page));
    row += letterOf(name).repeat(Math.min(end, last) - Math.max(start, page));
    page = Math.min(end, last);
  }
  return row + HOLE.repeat(Math.max(0, last - page));
}

/** The row that marks pages [start, end) with `sign`. */
function markRow(start: number, end: number, first: number, sign: string = "*"): string {
  return " ".repeat(Math.max(0, start - first)) + sign.repeat(Math.max(0, end - Math.max(start, first)));
}

/** One row of a picture. */
export interface PictureRow {
  /** Stands before the row. */
  readonly label?: string;
  readonly areas: readonly PictureArea[];
  /** Pages marked on a row of their own below. */
  readonly mark?: { readonly start: number; readonly end: number };
}

const SPREAD = 60;

/**
 * Draws rows over one ruler, each with its marks below. A ruler that does not start at page 0 says where it starts.
 * Areas too far apart for a line are told with their pages instead.
 */
export function picture(rows: readonly PictureRow[]): string {
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for (const { areas, mark } of rows) {
    for (const range of mark === undefined ? areas : [...areas, mark]) {
      first = Math.min(first, range.start);
      last = Math.max(last, range.end);
    }
  }
  if (first === Number.POSITIVE_INFINITY) return "(nothing is mapped)";
  first -= first % 10;
  const width = rows.reduce(
    (widest, { label }) => Math.max(widest, label === undefined ? 0 : label.length + 1),
    0,
  );
  const wide = last - first > SPREAD;
  const lines = wide
    ? []
    : ["".padEnd(width) + ruler(last - first, first) + (first > 0 ? `  from page ${first}` : "")];
  for (const row of rows) {
    const { label = "", areas, mark } = row;
    lines.push(label.padEnd(width) + (wide ? wideRow(row) : areaRow(areas, first, last)));
    if (!wide && mark !== undefined) lines.push("".padEnd(width) + markRow(mark.start, mark.end, first));
  }
  return lines.join("\n");
}

function wideRow({ areas, mark }: PictureRow): string {
  const parts = areas.map(({ name, start, end }) => `${letterOf(name)} ${start}-${end}`);
  if (mark !== undefined) parts.push(`* ${mark.start}-${mark.end}`);
  return parts.join("  ");
}
