/** Plain tables that fit the terminal: columns side by side, the flexible ones cut with an ellipsis. */

import Table from "cli-table3";
import type { Terminal } from "../terminal.js";

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
  /** May be cut down to this many columns when the terminal is narrow. */
  readonly shrinkTo?: number;
}

const NO_LINES = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** Escape sequences of colours, which take no room. */
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");
const WIDE = /[\p{Emoji_Presentation}\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/u;

/** Columns `text` takes on a terminal. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text.replace(COLOUR, "")) {
    if (/\p{Mn}/u.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

/** Widths for `columns`: natural where they fit, else the columns that may shrink share what is left. */
function fit(columns: readonly Column[], natural: readonly number[], room: number): number[] {
  const widths = [...natural];
  const total = (): number => widths.reduce((sum, width) => sum + width, 0);
  while (total() > room) {
    let widest = -1;
    columns.forEach((column, index) => {
      const least = Math.max(column.shrinkTo ?? Number.POSITIVE_INFINITY, 1);
      const width = widths[index] ?? 0;
      if (width > least && (widest < 0 || width > (widths[widest] ?? 0))) widest = index;
    });
    if (widest < 0) break;
    const excess = total() - room;
    const width = widths[widest] ?? 0;
    const others = widths.filter((_, index) => index !== widest && columns[index]?.shrinkTo !== undefined);
    const next = Math.max(...others.filter((other) => other < width), columns[widest]?.shrinkTo ?? 1);
    widths[widest] = Math.max(next < width ? next : width - 1, width - excess);
  }
  return widths;
}

/** The table as text, each line ended. Rows are safe text, coloured or not. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  terminal: Terminal,
): string {
  const { colors, width } = terminal;
  const gaps = 2 * columns.length;
  const titled = columns.some((column) => column.title !== "");
  const natural = columns.map((column, index) =>
    Math.max(displayWidth(column.title), ...rows.map((row) => displayWidth(row[index] ?? ""))),
  );
  const widths = Number.isFinite(width) ? fit(columns, natural, width - gaps) : natural;
  const made = new Table({
    ...(titled ? { head: columns.map((column) => colors.bold(column.title)) } : {}),
    colWidths: widths,
    colAligns: columns.map((column) => column.align ?? "left"),
    chars: NO_LINES,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [], compact: true },
    truncate: "…",
  });
  made.push(...rows.map((row) => [...row]));
  const lines = made.toString().split("\n");
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}
