// An address space in which there is little room, and searches in it that are held against the rule.

import { expect } from "vitest";
import {
  AddressSpace,
  type AddressSpaceOptions,
  ENOMEM,
  MAP_32BIT,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  PAGE_SIZE,
  PROT_READ,
  PROT_WRITE,
  VM_GROWSDOWN,
  type Vma,
} from "../../src/index.js";

/** Where searches begin: below 2 GiB, so that MAP_32BIT goes to the same places. */
export const TOP = 0x6000_0000;
/** Pages below it that searches may use, and of the gap below areas that grow down. */
export const PAGES = 4096;
export const GUARD = 16;
export const RW: number = PROT_READ | PROT_WRITE;
export const ANONYMOUS: number = MAP_PRIVATE | MAP_ANONYMOUS;

/** The address `pages` below the top. */
export const down = (pages: number): number => TOP - pages * PAGE_SIZE;

export function newSpace(options: AddressSpaceOptions = {}): AddressSpace {
  const limits = { mmapMinAddr: down(PAGES), stackGuardGapPages: GUARD };
  return new AddressSpace({ kernel: "6.18", mmapBase: TOP, startBrk: down(600), limits, ...options });
}

/** The search's rule, from nothing: the highest hole, and below it again where a guard gap leaves too little. */
function searchFromTop(space: AddressSpace, length: number): number {
  const { mmapBase, limits } = space.mm;
  const areas: Vma[] = [...space.areas()].reverse();
  for (let limit = mmapBase; ; ) {
    let above: Vma | undefined;
    let end = Number.POSITIVE_INFINITY;
    let next = limit;
    for (const area of [...areas, undefined]) {
      const holeEnd = Math.min(end, limit);
      const holeStart = Math.max(area?.end ?? 0, limits.mmapMinAddr);
      if (holeEnd - holeStart >= length) {
        if (above === undefined || (above.flags & VM_GROWSDOWN) === 0) return holeEnd - length;
        next = above.start - limits.stackGuardGapPages * PAGE_SIZE;
        if (next >= holeEnd) return holeEnd - length;
        break;
      }
      if (area === undefined) return -ENOMEM;
      above = area;
      end = area.start;
    }
    limit = next;
  }
}

/** Maps `pages` wherever there is room, after comparing with the rule and with a copy that remembers nothing. */
export function place(space: AddressSpace, pages: number, flags: number = ANONYMOUS, hint = 0): number {
  const call = { address: hint, length: pages * PAGE_SIZE, prot: RW, flags };
  const ruled = searchFromTop(space, call.length);
  const copied = space.fork().mmap(call);
  const address = space.mmap(call);
  expect(address).toBe(copied);
  if (ruled >= 0 && hint === 0 && (flags & MAP_32BIT) === 0 && pages % 512 !== 0) expect(address).toBe(ruled);
  return address;
}

/** Maps [down(from), down(from) + pages), whatever is there. */
export function fix(space: AddressSpace, from: number, pages: number, flags = 0): void {
  const call = { address: down(from), length: pages * PAGE_SIZE, prot: PROT_READ, flags: ANONYMOUS | flags };
  expect(space.mmap({ ...call, flags: call.flags | MAP_FIXED })).toBe(down(from));
}

/** Where a search for `pages` would begin. */
export function top(space: AddressSpace, pages: number): number {
  return space.mm.rooms.top(pages * PAGE_SIZE, space.mm.mmapBase);
}
