/** The areas of a replayed process in the form a corpus lists them. */

import {
  type AddressSpace,
  type AreaImage,
  formatPermissions,
  formatVmFlags,
  PAGE_SIZE,
  toPages,
} from "@vma/core";
import type { CorpusArea, Position } from "./format.js";
import type { ReplayProcess } from "./process.js";

/** Pages around an arena that belong to it; what lies further away is the recording program's own. */
const PAGES_BELOW = 8192;
const PAGES_ABOVE = 2 ** 20;

/** The areas of the process's window, in address order. `withPolicy` adds the policy word to every one. */
export function listAreas(process: ReplayProcess, withPolicy: boolean): CorpusArea[] {
  const { space, kind, base } = process;
  const low = kind === "arena" ? base - PAGES_BELOW * PAGE_SIZE : 0;
  const high = kind === "arena" ? base + PAGES_ABOVE * PAGE_SIZE : Number.POSITIVE_INFINITY;
  const listed: CorpusArea[] = [];
  for (const vma of space.images()) {
    if (vma.end <= low || vma.start >= high) continue;
    listed.push(listedArea(process, space, vma, withPolicy));
  }
  for (const area of process.fixedAreas) listed.push(area);
  return listed;
}

function listedArea(
  process: ReplayProcess,
  space: AddressSpace,
  vma: AreaImage,
  withPolicy: boolean,
): CorpusArea {
  const { file } = vma;
  const special = file !== null && file.kind === "special";
  const start = position(process, vma.start);
  const end = position(process, vma.end);
  const permissions = formatPermissions(vma.flags);
  const pgoff = file === null || special ? 0 : vma.pgoff;
  const backing = file === null || special ? null : backingName(process, vma);
  const flags = flagsText(space, vma.flags, vma.flagsHigh);
  const name = special ? file.path : areaName(process, vma);
  if (withPolicy) {
    return [start, end, permissions, pgoff, backing, flags, name, space.policyOf(vma)?.text ?? "default"];
  }
  if (name !== null) return [start, end, permissions, pgoff, backing, flags, name];
  return [start, end, permissions, pgoff, backing, flags];
}

function position(process: ReplayProcess, bytes: number): Position {
  return process.kind === "placement" ? `0x${bytes.toString(16)}` : toPages(bytes - process.base);
}

/** The name of what is behind an area. Shared anonymous objects are numbered as they first appear. */
function backingName(process: ReplayProcess, vma: AreaImage): string | null {
  if (vma.file === null) return null;
  const { object } = vma.file;
  let name = process.objectNames.get(object);
  if (name === undefined) {
    let shared = 1;
    for (const known of process.objectNames.values()) if (/^Z\d+$/.test(known)) shared += 1;
    name = `Z${shared}`;
    process.objectNames.set(object, name);
  }
  return name;
}

/** The bracketed name of an area: heap before stack before a given name, as the kernel prints them. */
function areaName(process: ReplayProcess, vma: AreaImage): string | null {
  const { mm } = process.space;
  if (vma.file !== null) return vma.anonName === null ? null : `[anon_shmem:${vma.anonName}]`;
  const { startBrk, brk } = mm;
  const isHeap = mm.profile.heapNameWhenTouching
    ? vma.start <= brk && vma.end >= startBrk
    : vma.start < brk && vma.end > startBrk;
  if (isHeap && brk !== 0) return "[heap]";
  if (process.stackTop !== 0 && vma.start < process.stackTop && vma.end >= process.stackTop) return "[stack]";
  return vma.anonName === null ? null : `[anon:${vma.anonName}]`;
}

const FLAG_TEXTS: Map<number, Map<number, string>> = new Map();

/** The VmFlags line of two flag words as the space's kernel prints it. Kept, as the same few come up all the time. */
function flagsText(space: AddressSpace, flags: number, flagsHigh: number): string {
  let texts = FLAG_TEXTS.get(flagsHigh);
  if (texts === undefined) {
    texts = new Map();
    FLAG_TEXTS.set(flagsHigh, texts);
  }
  let text = texts.get(flags);
  if (text === undefined) {
    text = formatVmFlags(flags, flagsHigh);
    texts.set(flags, text);
  }
  return space.mm.profile.printsUnknownForLockOnFault ? text.replace(/\blf\b/, "??") : text;
}
