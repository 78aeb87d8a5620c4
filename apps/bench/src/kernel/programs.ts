// The call streams: one for each kind of operation, at any number of areas.
import { PROT_READ, PROT_WRITE } from "@vma/core";
import { Random } from "../run/random.js";
import {
  CALL_BRK,
  CALL_FORK,
  CALL_MMAP_FIXED,
  CALL_MPROTECT,
  CALL_MREMAP,
  CALL_MUNMAP,
  CallList,
  type CallProgram,
} from "./call-list.js";

const RW: number = PROT_READ | PROT_WRITE;
/** Pages from one area to the next, and pages of an area: much room between them. */
const STRIDE = 32;
const AREA = 8;
/** Calls of a stretch: few enough that 60,000 areas and two more for each call stay below vm.max_map_count. */
const MOST = 2500;

/** n areas with holes between them. */
function scattered(n: number): CallList {
  const list = new CallList();
  for (let i = 0; i < n; i += 1) list.add(CALL_MMAP_FIXED, i * STRIDE, AREA, RW);
  return list;
}

/** Some of the areas, in random order: the page each begins with. */
function someAreas(n: number): number[] {
  return [...new Random(11).order(n).subarray(0, Math.min(MOST, Math.max(1, n >> 2)))].map((i) => i * STRIDE);
}

/** A call for each of some areas, and one that undoes it; one of the two is timed. */
function doAndUndo(
  n: number,
  act: (list: CallList, page: number, pages: number) => void,
  undo: (list: CallList, page: number, pages: number) => void,
  timed: "act" | "undo",
): CallProgram {
  const random = new Random(12);
  const [acts, undos] = [new CallList(), new CallList()];
  for (const page of someAreas(n)) {
    const pages = 1 + random.below(16);
    act(acts, page, pages);
    undo(undos, page, pages);
  }
  return {
    setup: scattered(n),
    round: [
      { timed: timed === "act", calls: acts },
      { timed: timed === "undo", calls: undos },
    ],
  };
}

const mapInHole = (list: CallList, page: number, pages: number): unknown =>
  list.add(CALL_MMAP_FIXED, page + AREA + 4, pages, RW);
const unmapFromHole = (list: CallList, page: number, pages: number): unknown =>
  list.add(CALL_MUNMAP, page + AREA + 4, pages);
const protectMiddle = (list: CallList, page: number): unknown =>
  list.add(CALL_MPROTECT, page + 3, 2, PROT_READ);
const unprotectMiddle = (list: CallList, page: number): unknown => list.add(CALL_MPROTECT, page + 3, 2, RW);

/** mmap with MAP_FIXED of 1 to 16 pages into a hole, touching nothing. */
export function mmapFixed(n: number): CallProgram {
  return doAndUndo(n, mapInHole, unmapFromHole, "act");
}

/** munmap of such a mapping. */
export function munmap(n: number): CallProgram {
  return doAndUndo(n, mapInHole, unmapFromHole, "undo");
}

/** mprotect of the middle of an area, which becomes three. */
export function mprotectSplit(n: number): CallProgram {
  return doAndUndo(n, protectMiddle, unprotectMiddle, "act");
}

/** mprotect back: three become one. */
export function mprotectMerge(n: number): CallProgram {
  return doAndUndo(n, protectMiddle, unprotectMiddle, "undo");
}

/** mmap right behind an area that takes it. */
export function mmapBeside(n: number): CallProgram {
  return doAndUndo(
    n,
    (list, page) => list.add(CALL_MMAP_FIXED, page + AREA, 2, RW),
    (list, page) => list.add(CALL_MUNMAP, page + AREA, 2),
    "act",
  );
}

/** mremap that grows an area into the hole behind it by a page. */
export function mremapGrow(n: number): CallProgram {
  return doAndUndo(
    n,
    (list, page) => list.add(CALL_MREMAP, page, AREA, AREA + 1),
    (list, page) => list.add(CALL_MREMAP, page, AREA + 1, AREA),
    "act",
  );
}

/** The heap grows page by page beside n areas. */
export function brkGrow(n: number): CallProgram {
  const grow = new CallList();
  for (let page = 1; page <= MOST; page += 1) grow.add(CALL_BRK, page, 0);
  return {
    setup: scattered(n),
    round: [
      { timed: true, calls: grow },
      { timed: false, calls: new CallList().add(CALL_BRK, 0, 0) },
    ],
  };
}

/** One fork of n untouched areas. */
export function forkAll(n: number): CallProgram {
  return { setup: scattered(n), round: [{ timed: true, calls: new CallList().add(CALL_FORK, 0, 0) }] };
}

/** Half mprotect, a quarter mmap, a quarter munmap, of 1 to 16 pages anywhere in an arena of n areas. */
export function mixOfCalls(n: number): CallProgram {
  const random = new Random(14);
  const protections = [0, PROT_READ, RW];
  const fill = new CallList();
  let arena = 0;
  let last = -1;
  // Lengths and holes as such a stream leaves them in the long run: five pages an area, half of the arena free.
  for (let areas = 0; areas < n; ) {
    const pages = 1 + random.below(7);
    const protection = random.below(3);
    fill.add(CALL_MMAP_FIXED, arena, pages, protections[protection]);
    arena += pages;
    // Without a hole between them, equals become one area.
    if (protection !== last) areas += 1;
    last = protection;
    if (random.below(7) > 2) continue;
    arena += 1 + random.below(19);
    last = -1;
  }
  const calls = new CallList();
  const count = Math.max(2000, Math.min(n >> 1, 50_000));
  for (let i = 0; i < count; i += 1) {
    const pages = 1 + random.below(16);
    const page = random.below(arena - pages);
    const protection = protections[random.below(3)];
    const kind = random.below(4);
    if (kind < 2) calls.add(CALL_MPROTECT, page, pages, protection);
    else if (kind === 2) calls.add(CALL_MMAP_FIXED, page, pages, protection);
    else calls.add(CALL_MUNMAP, page, pages);
  }
  // Run twice in a row, the calls would ask for what is so already: each round starts from the same fill.
  const clear = new CallList();
  for (let page = 0; page < arena; page += CLEARED_AT_ONCE) clear.add(CALL_MUNMAP, page, CLEARED_AT_ONCE);
  return {
    setup: fill,
    round: [
      { timed: true, calls },
      { timed: false, calls: clear },
      { timed: false, calls: fill },
    ],
  };
}

/** Pages unmapped by one call when the arena is emptied. */
const CLEARED_AT_ONCE = 65_536;
