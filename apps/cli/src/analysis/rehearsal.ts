/** What calls answer once a map is full: asked of the engine, on the very map, with the limit set to its size. */

import {
  errnoName,
  MADV_DONTDUMP,
  MADV_DONTNEED,
  MAP_ANONYMOUS,
  MAP_FIXED_NOREPLACE,
  MAP_PRIVATE,
  PAGE_SIZE,
  PROT_EXEC,
  PROT_READ,
  VM_DONTDUMP,
  VM_LOCKED_MASK,
  VM_SHARED,
  VM_SPECIAL,
  type Vma,
} from "@vma/core";
import { isAnonymousArea, type MapArea } from "../input/area.js";
import { modelSpace } from "./model-space.js";
import { flagsOf } from "./pair.js";

/** One call at the wall. */
export interface RehearsedCall {
  readonly call: string;
  /** "works", or an errno name. */
  readonly answer: string;
  /** What that does to a program; "" for nothing special. */
  readonly consequence: string;
}

/** An area of plain memory with room for a hole in its middle. */
function plainMemory(areas: readonly MapArea[]): MapArea | undefined {
  const unusual = VM_SHARED | VM_SPECIAL | VM_LOCKED_MASK | VM_DONTDUMP;
  return areas.find((area) => {
    const { flags } = flagsOf(area);
    return (
      isAnonymousArea(area) &&
      area.permissions === "rw-p" &&
      (flags & unusual) === 0 &&
      area.end - area.start >= 3 * PAGE_SIZE &&
      area.name !== "[heap]"
    );
  });
}

/** An address with unmapped pages on both sides, between two areas or above them. */
function freePlace(areas: readonly MapArea[]): number | null {
  for (let index = 1; index < areas.length; index += 1) {
    const lower = areas[index - 1] as MapArea;
    const upper = areas[index] as MapArea;
    if (upper.start - lower.end >= 16 * PAGE_SIZE && upper.end < 2 ** 47) return lower.end + 4 * PAGE_SIZE;
  }
  const last = areas.findLast((area) => area.end < 2 ** 47 - 64 * PAGE_SIZE);
  return last === undefined ? null : last.end + 32 * PAGE_SIZE;
}

/**
 * Asks the engine what each kind of call answers when the map holds as many areas as the limit allows. Empty when the
 * map has no plain memory to try on.
 */
export function rehearse(areas: readonly MapArea[], release: string): RehearsedCall[] {
  const memory = plainMemory(areas);
  const place = freePlace(areas);
  if (memory === undefined || place === null) return [];
  const space = modelSpace(areas, release);
  space.mm.limits.maxMapCount = space.mapCount;
  const middle = memory.start + PAGE_SIZE;
  const answer = (result: number): string => (result < 0 ? errnoName(result) : "works");
  const vma = space.areaAt(middle) as Vma;
  const whole: readonly [number, number] = [vma.start, vma.end - vma.start];
  const mapAt = (address: number): number =>
    space.mmap({
      address,
      length: PAGE_SIZE,
      prot: PROT_READ | PROT_EXEC,
      flags: MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
    });
  return [
    {
      call: "mprotect of a part",
      answer: answer(space.mprotect(middle, PAGE_SIZE, PROT_READ)),
      consequence: "allocators and JITs that take it for granted abort",
    },
    {
      call: "madvise of a part, with an advice that sets a flag",
      answer: answer(space.madvise(middle, PAGE_SIZE, MADV_DONTDUMP)),
      consequence: "EAGAIN is the limit here, not contention: trying again cannot help",
    },
    { call: "mlock of a part", answer: answer(space.mlock(middle, PAGE_SIZE)), consequence: "" },
    {
      call: "munmap of a middle",
      answer: answer(space.munmap(middle, PAGE_SIZE)),
      consequence: "memory that cannot be given back leaks",
    },
    {
      call: "madvise(MADV_DONTNEED)",
      answer: answer(space.madvise(middle, PAGE_SIZE, MADV_DONTNEED)),
      consequence: "",
    },
    {
      call: "mprotect of a whole area",
      answer: answer(space.mprotect(whole[0], whole[1], PROT_READ)),
      consequence: "",
    },
    {
      call: "mmap, the first that needs an area",
      answer: answer(mapAt(place)),
      consequence: "one more than the limit is let in",
    },
    {
      call: "mmap, the next one",
      answer: answer(mapAt(place + 3 * PAGE_SIZE)),
      consequence: "malloc returns NULL with memory to spare",
    },
  ];
}
