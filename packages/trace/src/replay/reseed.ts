/** Putting a model right after a difference, so that one error stays one error. */

import { type AddressSpaceOptions, type AreaInit, VM_ACCESS_FLAGS, type Vma } from "@vma/core";
import type { SmapsArea } from "../proc/smaps.js";
import type { QueuedMap } from "./fault-queue.js";
import { type FileTable, hasFile, ownAreas, ReplaySpace, type SeedOptions, seedSpace } from "./seed.js";

/**
 * The address space of a snapshot, with what no snapshot shows taken over from `old`: open files, hidden offsets and
 * anonymous objects of areas at the same place with the same backing.
 */
export function reseedSpace(
  areas: readonly SmapsArea[],
  old: ReplaySpace,
  files: FileTable,
  options: SeedOptions,
): ReplaySpace {
  const { startBrk, brk } = old.mm;
  const heap = old.heapKnown ? { startBrk, brk } : undefined;
  const fresh = seedSpace(areas, files, { ...options, ...(heap === undefined ? {} : { heap }) });
  for (const area of ownAreas(areas)) {
    const before = overlapping(old, area);
    const vma = fresh.space.areaAt(area.start);
    if (before === null || vma === null || (before.file !== null) !== hasFile(area)) continue;
    if (before.file !== null) {
      if (before.file.path !== area.name && `${before.file.path} (deleted)` !== area.name) continue;
      vma.file = before.file;
      vma.ops = before.ops;
    } else vma.pgoff = before.pgoff + (vma.start - before.start) / 4096;
    if (before.anonVma === null) continue;
    vma.anonVma = before.anonVma;
    vma.anonChain = before.anonChain;
  }
  const { defFlags, ksmAll, denyWriteExec } = old.mm;
  Object.assign(fresh.mm, { defFlags, ksmAll, denyWriteExec });
  return new ReplaySpace(fresh.space, fresh.stackAddress || old.stackAddress, old.heapKnown);
}

function overlapping(old: ReplaySpace, area: SmapsArea): Vma | null {
  const at = old.space.areaAt(area.start);
  if (at !== null) return at;
  const next = old.mm.cursor.find(area.start);
  return next !== undefined && next.start < area.end ? next : null;
}

/** Puts the one area in place that the kernel says is there, in place of whatever the model has. */
export function repairArea(target: ReplaySpace, map: QueuedMap): void {
  const { space } = target;
  const end = map.start + map.length;
  const before = space.areaAt(map.start) ?? space.areaAt(end - 4096);
  const access =
    (map.permissions[0] === "r" ? 1 : 0) |
    (map.permissions[1] === "w" ? 2 : 0) |
    (map.permissions[2] === "x" ? 4 : 0);
  const shared = map.permissions[3] === "s";
  const flags = ((before?.flags ?? (shared ? 0xf8 : 0x70)) & ~VM_ACCESS_FLAGS) | access;
  const init: AreaInit = {
    start: map.start,
    end,
    flags,
    flagsHigh: before?.flagsHigh ?? 0,
    pgoff: map.offset / 4096,
    file: before?.file ?? null,
    ops: before?.ops ?? null,
    anonVma: before?.anonVma ?? null,
    policy: before?.policy ?? null,
    anonName: before?.anonName ?? null,
    ...(before === null ? {} : { anonChain: before.anonChain }),
  };
  if (space.munmap(map.start, map.length) === 0) space.addArea(init);
}

/** Options for a space that follows another in the same process: what the old one was set to stays. */
export function inheritedOptions(
  options: AddressSpaceOptions,
  old: ReplaySpace | undefined,
): AddressSpaceOptions {
  return old === undefined ? options : { ...options, limits: { ...options.limits, ...old.mm.limits } };
}
