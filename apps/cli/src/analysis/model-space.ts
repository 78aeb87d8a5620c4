/** A map as an address space of the engine, to try calls on. */

import { AddressSpace, OpenFile, VM_ACCOUNT, VM_MAYEXEC, VM_MAYREAD, VM_MAYWRITE, VM_WRITE } from "@vma/core";
import { isFileArea, type MapArea } from "../input/area.js";
import { fileKey } from "./cause.js";
import { anonNameOf, flagsOf } from "./pair.js";

/**
 * Builds it. Areas with anonymous pages count as written to, each on its own; files are told apart by device, inode and
 * path. Out of maps, which has no flags, private writable memory counts as charged.
 */
export function modelSpace(areas: readonly MapArea[], kernel: string): AddressSpace {
  const space = new AddressSpace({ kernel, limits: { anonNames: true } });
  const files = new Map<string, OpenFile>();
  for (const area of areas) {
    const { flags, flagsHigh } = flagsOf(area);
    const may = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | ((flags & VM_WRITE) !== 0 ? VM_ACCOUNT : 0);
    let file: OpenFile | null = null;
    if (isFileArea(area)) {
      const key = fileKey(area);
      file =
        files.get(key) ?? new OpenFile({ path: area.name, device: area.device, inode: Number(area.inode) });
      files.set(key, file);
    }
    space.addArea({
      start: area.start,
      end: area.end,
      flags: area.flagText === null ? flags | may : flags,
      flagsHigh,
      file,
      ...(file === null ? {} : { pgoff: area.offset / 4096 }),
      anonVma: area.anonymous > 0,
      anonName: anonNameOf(area),
    });
  }
  return space;
}
