/** A snapshot held against the predicted areas: what is equal and what differs, area by area. */

import { type AreaImage, formatPermissions, formatVmFlags, type Vma } from "@vma/core";
import type { SmapsArea, SmapsFlags } from "../proc/smaps.js";
import { ownAreas, type ReplaySpace } from "./seed.js";

/** An area as both sides can tell it. Bytes, half-open. */
export interface ComparableArea {
  readonly start: number;
  readonly end: number;
  readonly permissions: string;
  /** VmFlags codes in the kernel's order, or null where the input has none. */
  readonly vmFlags: string | null;
  /** Offset in the file, bytes; of anonymous memory 0, or where it is what was compared, the hidden one. */
  readonly offset: number;
  /** Path or bracketed name, "" for none. */
  readonly name: string;
}

/** A stretch of the map where the two differ; either side may be empty. */
export interface AreaDifference {
  readonly expected: readonly ComparableArea[];
  readonly predicted: readonly ComparableArea[];
}

/** How a snapshot compares. */
export interface Comparison {
  /** Areas of the snapshot. */
  readonly total: number;
  /** Of those, predicted exactly. */
  readonly exact: number;
  readonly differences: readonly AreaDifference[];
}

/** A name without the mark of an unlinked file, which no trace of memory calls can know. */
function withoutDeleted(name: string): string {
  return name.endsWith(" (deleted)") && !name.startsWith("/SYSV") && name !== "/dev/zero (deleted)"
    ? name.slice(0, -10)
    : name;
}

/** Few combinations of flags occur: one text each. */
const FLAG_TEXTS = new Map<number, string>();
const MAX_TEXTS = 10_000;

function textOfFlags(flags: number, flagsHigh: number): string {
  const key = (flagsHigh >>> 0) * 2 ** 32 + (flags >>> 0);
  let text = FLAG_TEXTS.get(key);
  if (text === undefined) {
    text = formatVmFlags(flags, flagsHigh);
    if (FLAG_TEXTS.size < MAX_TEXTS && Number.isSafeInteger(key)) FLAG_TEXTS.set(key, text);
  }
  return text;
}

/** The predicted form of an area. */
export function predictedArea(target: ReplaySpace, vma: Vma | AreaImage): ComparableArea {
  return {
    start: vma.start,
    end: vma.end,
    permissions: formatPermissions(vma.flags),
    vmFlags: textOfFlags(vma.flags, vma.flagsHigh),
    offset: vma.file === null ? 0 : vma.pgoff * 4096,
    name: target.nameOf(vma),
  };
}

/** The snapshot's form of an area. */
export function expectedArea(area: SmapsArea): ComparableArea {
  const { start, end, permissions, offset, name, vmFlags } = area;
  return { start, end, permissions, vmFlags: vmFlags === null ? null : flagsText(vmFlags), offset, name };
}

/** VmFlags in the library's spelling (Linux 6.1 prints `??` for `lf`), unknown codes at the end. */
function flagsText(flags: SmapsFlags): string {
  const known = textOfFlags(flags.flags, flags.flagsHigh);
  return flags.unknown.length === 0 ? known : [known, ...flags.unknown].join(" ");
}

/** Whether two areas are the same in everything a snapshot shows. */
export function sameArea(a: ComparableArea, b: ComparableArea): boolean {
  return (
    a.start === b.start &&
    a.end === b.end &&
    a.permissions === b.permissions &&
    a.offset === b.offset &&
    (a.vmFlags === null || b.vmFlags === null || a.vmFlags === b.vmFlags) &&
    withoutDeleted(a.name) === withoutDeleted(b.name)
  );
}

/** Compares a snapshot with the predicted areas, in one pass over both. */
export function compareSnapshot(snapshot: readonly SmapsArea[], target: ReplaySpace): Comparison {
  const differences: AreaDifference[] = [];
  const predicted = [...target.space.images()].map((vma) => predictedArea(target, vma));
  const expected = ownAreas(snapshot).map(expectedArea);
  let exact = 0;
  let left: ComparableArea[] = [];
  let right: ComparableArea[] = [];
  let e = 0;
  let p = 0;
  const flush = (): void => {
    if (left.length + right.length > 0) differences.push({ expected: left, predicted: right });
    left = [];
    right = [];
  };
  while (e < expected.length || p < predicted.length) {
    const a = expected[e];
    const b = predicted[p];
    if (a !== undefined && b !== undefined && sameArea(a, b)) {
      flush();
      exact += 1;
      e += 1;
      p += 1;
    } else if (
      b === undefined ||
      (a !== undefined && (a.start < b.start || (a.start === b.start && a.end <= b.end)))
    ) {
      if (a !== undefined) left.push(a);
      e += 1;
      if (a !== undefined && b !== undefined && a.start === b.start && a.end === b.end) {
        right.push(b);
        p += 1;
      }
    } else {
      right.push(b);
      p += 1;
    }
  }
  flush();
  return { total: expected.length, exact, differences };
}
