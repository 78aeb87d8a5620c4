/** `vma whatif` as text and JSON. */

import { CHANGES, type Change, type RunNumbers, type WhatIf } from "../../analysis/what-if.js";
import type { Terminal } from "../../terminal.js";
import { count, counted } from "../amount.js";
import { safe } from "../escape.js";
import { table } from "../table.js";

/** The change as it was typed. */
function changeText(change: Change): string {
  if (change.kind === "without") return `without=${change.call}`;
  if (change.kind === "kernel") return `kernel=${change.kernel}`;
  return change.kind === "limit" ? `limit=${change.areas}` : change.kind;
}

const ROWS: readonly (readonly [key: keyof RunNumbers, title: string])[] = [
  ["mostAreas", "areas at most, in one address space"],
  ["atEnd", "areas at the end, in all of them"],
  ["created", "areas created"],
  ["merged", "merges"],
  ["split", "splits"],
  ["removed", "areas removed"],
];

/** Both replays side by side, and the first call that would fail. */
export function whatIfText(found: WhatIf, terminal: Terminal): string {
  const { colors } = terminal;
  const { before, after, firstFailure } = found;
  const change = changeText(found.change);
  const what = CHANGES.find(([form]) => form.split("=")[0] === change.split("=")[0])?.[1] ?? "";
  const rows = ROWS.map(([key, title]) => {
    const difference = after[key] - before[key];
    const paint =
      key !== "mostAreas" && key !== "atEnd"
        ? String
        : difference < 0
          ? colors.green
          : difference > 0
            ? colors.red
            : String;
    return [
      title,
      count(before[key]),
      count(after[key]),
      paint(difference === 0 ? "same" : `${difference > 0 ? "+" : ""}${count(difference)}`),
    ];
  });
  const body = table(
    [
      { title: "" },
      { title: "as recorded", align: "right" },
      { title: "with the change", align: "right" },
      { title: "", align: "right" },
    ],
    rows,
    terminal,
  );
  const lines = [`${colors.bold(`${safe(found.recording)}, ${change}`)}: ${what}`];
  if (found.change.kind !== "kernel" && found.change.kind !== "limit") {
    lines.push(
      found.changedLines === 0
        ? colors.yellow("no call of the recording is of that kind")
        : `${counted(found.changedLines, "call")} changed`,
    );
  }
  const foot =
    firstFailure === null
      ? []
      : [
          `${colors.red("first to fail")}: line ${count(firstFailure.line)}, pid ${firstFailure.pid}: ${safe(firstFailure.call)} would return ${firstFailure.errno}`,
        ];
  return `${lines.join("\n")}\n\n${body}${foot.map((line) => `${line}\n`).join("")}\n`;
}

/** The same for programs. */
export function whatIfJson(found: WhatIf): Record<string, unknown> {
  const { change, changedLines, before, after, firstFailure } = found;
  return { change: changeText(change), changedLines, before, after, firstFailure };
}
