/** `vma diff` as text: counts, then each change with both sides. */

import { type ChangeKind, countChanges, type MapChange, type MapDiff } from "../../analysis/diff.js";
import type { MapTarget } from "../../input/map-target.js";
import type { Terminal } from "../../terminal.js";
import { bytes, count, counted } from "../amount.js";
import { safe } from "../escape.js";
import { areaLine } from "./why.js";

/** Areas of one change that are listed. */
const MAX_LISTED = 12;

const ORDER: readonly ChangeKind[] = [
  "appeared",
  "gone",
  "grew",
  "shrank",
  "moved",
  "split",
  "merged",
  "rearranged",
  "changed",
];

function title(change: MapChange): string {
  const { kind, before, after, attributes } = change;
  const size = (areas: MapChange["before"]): number =>
    areas.reduce((sum, area) => sum + area.end - area.start, 0);
  const difference = size(after) - size(before);
  const parts: string[] = [kind];
  if (kind === "split") parts.push(`into ${count(after.length)}`);
  if (kind === "merged") parts.push(`from ${count(before.length)}`);
  if (kind === "rearranged") parts.push(`${count(before.length)} -> ${count(after.length)}`);
  if (difference !== 0) parts.push(`${difference > 0 ? "+" : "-"}${bytes(Math.abs(difference))}`);
  if (attributes.length > 0) parts.push(safe(attributes.join(" ")));
  return parts.join("  ");
}

function side(areas: MapChange["before"], mark: string, paint: (text: string) => string): string[] {
  const lines = areas.slice(0, MAX_LISTED).map((area) => paint(`  ${mark} ${areaLine(area)}`));
  if (areas.length > MAX_LISTED) lines.push(paint(`  ${mark} ... ${count(areas.length - MAX_LISTED)} more`));
  return lines;
}

/** The difference; at most `most` changes are shown. */
export function diffText(
  diff: MapDiff,
  a: MapTarget,
  b: MapTarget,
  most: number,
  terminal: Terminal,
): string {
  const { colors } = terminal;
  const counts = countChanges(diff);
  const summary = ORDER.flatMap((kind) =>
    counts[kind] === undefined ? [] : [`${count(counts[kind])} ${kind}`],
  );
  const delta = diff.after - diff.before;
  const lines = [
    `${colors.red("-")} ${safe(a.label)}: ${counted(diff.before, "area")}`,
    `${colors.green("+")} ${safe(b.label)}: ${counted(diff.after, "area")} (${delta >= 0 ? "+" : ""}${count(delta)})`,
    diff.changes.length === 0
      ? "The maps are the same."
      : `${summary.join(", ")}; ${counted(diff.unchanged, "area")} unchanged`,
  ];
  for (const change of diff.changes.slice(0, most)) {
    lines.push(
      "",
      colors.bold(title(change)),
      ...side(change.before, "-", colors.red),
      ...side(change.after, "+", colors.green),
    );
  }
  if (diff.changes.length > most) {
    lines.push("", `${count(diff.changes.length - most)} more changes; --limit N shows them`);
  }
  if (a.detail !== b.detail)
    lines.push("", "One side is maps, which has no VmFlags: flags were not compared.");
  return `${lines.join("\n")}\n`;
}
