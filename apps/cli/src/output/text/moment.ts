/** `vma replay --at` as text: the call and the map after it. */

import type { ComparableArea } from "@vma/trace";
import type { Moment } from "../../analysis/moment.js";
import type { Terminal } from "../../terminal.js";
import { counted, range } from "../amount.js";
import { safe } from "../escape.js";

/** An area as smaps' first line has it, with its flags. */
export function comparableLine(area: ComparableArea): string {
  const place = `${range(area.start, area.end)} ${area.permissions} ${area.offset.toString(16).padStart(8, "0")}`;
  const name = area.name === "" ? "" : ` ${safe(area.name)}`;
  return `${place}${name}${area.vmFlags === null ? "" : `  [${safe(area.vmFlags)}]`}`;
}

/** The whole moment. */
export function momentText(moment: Moment, terminal: Terminal): string {
  const { colors } = terminal;
  const head = [
    `line ${moment.line}, pid ${moment.pid}: ${colors.bold(safe(moment.call))}`,
    `${counted(moment.areas.length, "area")} after it:`,
  ];
  return `${head.join("\n")}\n${moment.areas.map((area) => `${comparableLine(area)}\n`).join("")}`;
}
