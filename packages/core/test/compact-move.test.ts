// A move by mremap with records and without: the same calls on two address spaces, one of which checks itself, so that all
// its areas have records. Pieces are moved beside others, so that they join them, which memory that was written to does
// where its neighbour has made the same way.
import { describe, expect, it } from "vitest";
import {
  AddressSpace,
  type Limits,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  MREMAP_MAYMOVE,
  OpenFile,
  PAGE_SIZE,
  PROT_READ,
  PROT_WRITE,
  Tally,
} from "../src/index.js";
import { numbers, stateOf } from "./support/both-ways.js";

const ARENA = 2 ** 33;
const PAGES = 48;
const ROUNDS = 60;
const STEPS = 80;

const at = (page: number): number => ARENA + page * PAGE_SIZE;

/** Pages [from, to) of the arena with nothing in them, for each hole. */
function holesOf(space: AddressSpace): [from: number, to: number][] {
  const holes: [number, number][] = [];
  let from = 0;
  for (const [start, end] of space.mm.map.entries(at(0), at(PAGES))) {
    const page = (start - ARENA) / PAGE_SIZE;
    if (page > from) holes.push([from, page]);
    from = (end - ARENA) / PAGE_SIZE;
  }
  if (from < PAGES) holes.push([from, PAGES]);
  return holes;
}

/** What the moves of a test came to. */
interface Seen {
  moved: number;
  left: number;
  right: number;
  both: number;
  written: number;
  ofFile: number;
}

/** Limits that some rounds run into. */
const LIMITS: readonly Partial<Limits>[] = [
  {},
  { commit: 26 * PAGE_SIZE },
  { maxMapCount: 12 },
  { addressSpace: 40 * PAGE_SIZE },
  {},
];

function setUp(kernel: string, checked: boolean, limits: Partial<Limits>): AddressSpace {
  const space = new AddressSpace({ kernel, checked, limits: { hugePages: "never", ...limits } });
  const file = new OpenFile({ path: "/a/file", pages: 1000 });
  const call = { prot: PROT_READ | PROT_WRITE, flags: MAP_FIXED | MAP_PRIVATE };
  const anonymous = call.flags | MAP_ANONYMOUS;
  space.mmap({ ...call, address: at(2), length: 12 * PAGE_SIZE, flags: anonymous });
  space.mmap({ ...call, address: at(18), length: 8 * PAGE_SIZE, file, pgoff: 100 });
  // Three that have objects of their own once they are written to, and a hole between them for two pages that got longer.
  for (const page of [28, 32, 36]) {
    space.mmap({ ...call, address: at(page), length: PAGE_SIZE, flags: anonymous });
    if (page < 36) space.fault(at(page), true);
  }
  return space;
}

describe.each(["6.1", "6.12", "6.18-early", "6.18"])("memory that moves to get longer, on %s", (kernel) => {
  it.each([false, true])("comes to the same with records and without, counted: %s", (counted) => {
    const seen: Seen = { moved: 0, left: 0, right: 0, both: 0, written: 0, ofFile: 0 };
    for (let seed = 1; seed <= ROUNDS; seed += 1) {
      const below = numbers(seed);
      const limits = LIMITS[seed % LIMITS.length] ?? {};
      const spaces = [setUp(kernel, false, limits), setUp(kernel, true, limits)] as const;
      const [short, long] = spaces;
      const tallies = counted ? spaces.map(() => new Tally()) : [];
      for (const [i, tally] of tallies.entries()) spaces[i]?.tallyIn(tally);
      const calls: string[] = [];
      const both = (text: string, call: (space: AddressSpace) => number): number => {
        calls.push(text);
        const context = `seed ${seed}, after ${calls.slice(-5).join("; ")}`;
        const result = call(short);
        expect(result, context).toBe(call(long));
        expect(stateOf(short), context).toEqual(stateOf(long));
        expect(tallies[0]?.sums(), context).toEqual(tallies[1]?.sums());
        expect(short.validate(), context).toEqual([]);
        return result;
      };
      /** Moves pages [from, from + pages) to page `to`, one page longer, and takes that page off again. */
      const move = (from: number, pages: number, to: number): boolean => {
        const cellBefore = short.mm.cells.seek(at(from));
        const { compact } = short.mm;
        if (typeof cellBefore !== "number") return false;
        const isWritten = compact.anonVmaOf(cellBefore) !== null;
        const isOfFile = compact.fileOf(cellBefore) !== null;
        const wasMoved =
          both(`move ${pages} from ${from} to ${to}`, (space) => {
            space.mm.nextPlacement = at(to);
            const result = space.mremap(at(from), pages * PAGE_SIZE, (pages + 1) * PAGE_SIZE, MREMAP_MAYMOVE);
            space.mm.nextPlacement = -1;
            return result;
          }) === at(to);
        const cell = short.mm.cells.seek(at(to));
        if (!wasMoved || typeof cell !== "number") return false;
        const left = short.mm.cells.start < at(to);
        const right = short.mm.cells.end > at(to + pages + 1);
        seen.moved += 1;
        if (left && right) seen.both += 1;
        else if (left) seen.left += 1;
        else if (right) seen.right += 1;
        if (isWritten && (left || right)) seen.written += 1;
        if (isOfFile) seen.ofFile += 1;
        if (below(2) === 0) {
          both(`munmap ${to + pages}`, (space) => space.munmap(at(to + pages), PAGE_SIZE));
        }
        return true;
      };
      for (let step = 0; step < STEPS; step += 1) {
        const images = [...short.mm.map.entries(at(0), at(PAGES))];
        const [start, end] = images[below(images.length || 1)] ?? [at(0), at(1)];
        const page = (start - ARENA) / PAGE_SIZE;
        const length = (end - start) / PAGE_SIZE;
        const holes = holesOf(short);
        const [from, to] = holes[below(holes.length || 1)] ?? [0, 0];
        const kind = below(10);
        if (kind < 5) {
          const pages = 1 + below(Math.min(length, 4));
          const first = page + below(length - pages + 1);
          const targets = [from, to - pages - 1, from + 1];
          const target = targets[below(3)] ?? from;
          if (to - from <= pages || target < from || target + pages + 1 > to) continue;
          // The next piece goes the same way, where there is room for it.
          if (move(first, pages, target) && below(2) === 0 && first + 2 * pages <= page + length) {
            if (short.isMapped(at(first + pages), at(first + 2 * pages)))
              move(first + pages, pages, target + pages);
          }
        } else if (kind === 5) both(`fault ${page}`, (space) => space.fault(at(page + below(1)), true));
        else if (kind === 6) {
          const prot = below(3) === 0 ? PROT_READ : PROT_READ | PROT_WRITE;
          both(`mprotect ${page} ${prot}`, (space) => space.mprotect(start, end - start, prot));
        } else if (kind === 7 && to > from) {
          const call = { prot: PROT_READ | PROT_WRITE, flags: MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS };
          const pages = 1 + below(Math.min(3, to - from));
          both(`mmap ${from}`, (space) =>
            space.mmap({ ...call, address: at(from), length: pages * PAGE_SIZE }),
          );
        } else if (kind === 8 && images.length > 6) {
          both(`munmap ${page}`, (space) => space.munmap(start, PAGE_SIZE));
        }
      }
    }
    // Otherwise they would tell nothing.
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(1);
  });

  it("hands its object to untouched memory that it joins, where the kernel does", () => {
    const spaces = [new AddressSpace({ kernel }), new AddressSpace({ kernel, checked: true })] as const;
    const flags = MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS;
    const [short] = spaces;
    const both = (call: (space: AddressSpace) => number): void => {
      expect(call(spaces[0])).toBe(call(spaces[1]));
      expect(stateOf(spaces[0])).toEqual(stateOf(spaces[1]));
      expect(short.validate()).toEqual([]);
    };
    const map = (page: number): void =>
      both((space) =>
        space.mmap({ address: at(page), length: PAGE_SIZE, prot: PROT_READ | PROT_WRITE, flags }),
      );
    const move = (from: number, to: number): void =>
      both((space) => {
        space.mm.nextPlacement = at(to);
        return space.mremap(at(from), PAGE_SIZE, 2 * PAGE_SIZE, MREMAP_MAYMOVE);
      });
    map(10);
    both((space) => space.fault(at(10), true));
    // What is behind keeps it from growing in its place.
    map(11);
    both((space) => space.mprotect(at(11), PAGE_SIZE, PROT_READ));
    move(10, 20);
    both((space) => space.munmap(at(11), PAGE_SIZE));
    map(9);
    both((space) => space.mprotect(at(21), PAGE_SIZE, PROT_READ));
    // Home again, beside memory that nobody has touched.
    move(20, 10);
    const cell = short.mm.cells.seek(at(10));
    expect(cell).toBeTypeOf("number");
    const joins = kernel === "6.18-early" || kernel === "6.18";
    expect(short.mm.cells.start).toBe(at(joins ? 9 : 10));
    const hasObject = short.mm.compact.anonVmaOf(cell as number) !== null;
    expect(hasObject).toBe(kernel !== "6.18-early");
  });
});
