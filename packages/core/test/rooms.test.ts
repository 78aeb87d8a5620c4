// Searches for room begin where earlier ones have found that nothing is above: what is remembered, and that each way in
// which a hole opens is noticed.
import { describe, expect, it } from "vitest";
import { defaultLimits } from "../src/abi/limits.js";
import { profile } from "../src/abi/profile.js";
import { DefaultHost } from "../src/host.js";
import {
  AddressSpace,
  type AddressSpaceOptions,
  ENOMEM,
  MAP_FIXED,
  MAP_GROWSDOWN,
  MREMAP_FIXED,
  MREMAP_MAYMOVE,
  PAGE_SIZE,
  SharedMemorySegment,
  VM_GROWSDOWN,
  VM_MAYREAD,
  VM_READ,
} from "../src/index.js";
import { Mm } from "../src/mm.js";
import { Rooms } from "../src/object/rooms.js";
import { ANONYMOUS, down, fix, GUARD, newSpace, place, RW, TOP, top } from "./support/rooms.js";

/** Two areas of 100 pages each with a hole of one page between them, above the rest; the page has been looked for. */
function walled(options: AddressSpaceOptions = {}): AddressSpace {
  const space = newSpace(options);
  fix(space, 100, 100);
  fix(space, 201, 100);
  for (const pages of [2, 10, 40]) space.munmap(place(space, pages), pages * PAGE_SIZE);
  expect([1, 2, 10, 32, 40].map((pages) => top(space, pages))).toEqual([TOP, ...Array(4).fill(down(201))]);
  return space;
}

describe("a hole that opens above where searches begin is found", () => {
  it("when an area is unmapped, or its start, its middle or its end", () => {
    for (const [from, pages] of [
      [100, 100],
      [100, 9],
      [60, 10],
      [10, 10],
    ] as const) {
      const space = walled();
      space.munmap(down(from), pages * PAGE_SIZE);
      expect(place(space, 9)).toBe(down(from - pages + 9));
      expect(place(space, 41)).toBe(down(pages > 50 ? 50 : 242));
    }
  });

  it("when it is one with a hole below or above it", () => {
    const space = walled();
    space.munmap(down(100), PAGE_SIZE);
    expect(place(space, 2)).toBe(down(101));
    const other = walled();
    other.munmap(down(102), PAGE_SIZE);
    expect(place(other, 2)).toBe(down(102));
  });

  it("when an area shrinks, moves away or is moved over", () => {
    const shrunk = walled();
    shrunk.mremap(down(100), 100 * PAGE_SIZE, 50 * PAGE_SIZE, 0);
    expect(place(shrunk, 50)).toBe(down(50));
    const moved = walled();
    expect(
      moved.mremap(down(100), 60 * PAGE_SIZE, 60 * PAGE_SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, down(900)),
    ).toBe(down(900));
    expect(place(moved, 60)).toBe(down(100));
    const grown = walled();
    expect(grown.mremap(down(90), 10 * PAGE_SIZE, 20 * PAGE_SIZE, MREMAP_MAYMOVE)).toBe(down(221));
    expect(place(grown, 10)).toBe(down(90));
  });

  it("when the heap gets smaller", () => {
    const space = newSpace({ startBrk: down(90) });
    space.brk(down(0));
    expect(place(space, 5)).toBe(down(95));
    space.brk(down(50));
    expect(place(space, 5)).toBe(down(5));
  });

  it("when shared memory is detached", () => {
    const space = newSpace();
    const at = space.shmat(new SharedMemorySegment("/SYSV", 20), 0, 0);
    expect(at).toBe(down(20));
    expect(place(space, 5)).toBe(down(25));
    space.shmdt(at);
    expect(place(space, 5)).toBe(down(5));
  });

  it("when the address space goes back to a snapshot", () => {
    const space = newSpace();
    const snapshot = space.snapshot();
    fix(space, 100, 100);
    expect(place(space, 5)).toBe(down(105));
    space.restore(snapshot);
    expect(place(space, 5)).toBe(down(5));
  });

  it("when the process ends", () => {
    const space = walled();
    space.exit();
    expect(space.validate()).toEqual([]);
    expect(place(space, 40)).toBe(down(40));
  });

  it("when a mapping that has unmapped what was there fails", () => {
    class Poor extends DefaultHost {
      isPoor = false;
      override allocateArea(): boolean {
        return !this.isPoor;
      }
    }
    const host = new Poor();
    const space = walled({ host });
    host.isPoor = true;
    const call = { address: down(100), length: 100 * PAGE_SIZE, prot: RW, flags: ANONYMOUS | MAP_FIXED };
    expect(space.mmap(call)).toBe(-ENOMEM);
    host.isPoor = false;
    expect(place(space, 40)).toBe(down(40));
  });

  it("when searches begin elsewhere", () => {
    const space = walled();
    space.mm.mmapBase = down(-40);
    expect(place(space, 30)).toBe(down(-10));
    expect(place(space, 40)).toBe(down(241));
    space.mm.mmapBase = TOP;
    space.munmap(down(150), 40 * PAGE_SIZE);
    expect(place(space, 40)).toBe(down(150));
  });

  it("when the lowest address that may be used is lowered", () => {
    const space = newSpace();
    space.mm.limits.mmapMinAddr = down(20);
    expect(place(space, 30)).toBeGreaterThan(TOP);
    expect(place(space, 15)).toBe(down(15));
    space.mm.limits.mmapMinAddr = down(100);
    expect(place(space, 30)).toBe(down(45));
  });
});

describe("room below an area that grows down", () => {
  /** [down(9), down(5)) grows down; below its gap is room, which has been looked for. */
  function stacked(): AddressSpace {
    const space = newSpace();
    fix(space, 5, 5);
    fix(space, 9, 4, MAP_GROWSDOWN);
    expect(place(space, 10)).toBe(down(9 + GUARD + 10));
    return space;
  }

  it("is found when the area goes", () => {
    const space = stacked();
    space.munmap(down(9), 4 * PAGE_SIZE);
    expect(place(space, 10)).toBe(down(15));
  });

  it("is found when it loses its lowest page, its highest page or both", () => {
    const space = stacked();
    space.munmap(down(9), PAGE_SIZE);
    expect(place(space, 1)).toBe(down(25));
    space.munmap(down(6), PAGE_SIZE);
    expect(place(space, 1)).toBe(down(6));
  });

  it("is found when it moves away, and where it comes to", () => {
    const space = stacked();
    const to = down(300);
    expect(space.mremap(down(9), 4 * PAGE_SIZE, 4 * PAGE_SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, to)).toBe(to);
    expect(place(space, 10)).toBe(down(15));
    expect(place(space, 300)).toBe(down(316 + 300));
  });

  it("is found when it has grown", () => {
    const space = newSpace();
    fix(space, 9, 4, MAP_GROWSDOWN);
    const at = place(space, 6);
    expect(at).toBe(down(9 + GUARD + 6));
    space.munmap(at, 6 * PAGE_SIZE);
    expect(space.fault(down(30), false)).toBe(0);
    expect(place(space, 10)).toBe(down(30 + GUARD + 10));
  });

  it("is found when the gap becomes smaller", () => {
    const space = stacked();
    space.mm.limits.stackGuardGapPages = 2;
    expect(place(space, 10)).toBe(down(21));
  });

  it("is not found in the gap of one above another area", () => {
    const space = newSpace();
    space.addArea({ start: down(10), end: TOP, flags: VM_READ | VM_MAYREAD | VM_GROWSDOWN });
    fix(space, 15, 3);
    expect([place(space, 2), place(space, 3)]).toEqual([down(28), down(18)]);
  });
});

describe("a child", () => {
  it("knows nothing of where its parent has looked", () => {
    const mm = new Mm(profile("6.18"), defaultLimits(), new DefaultHost());
    mm.mmapBase = TOP;
    const space = new AddressSpace(mm);
    fix(space, 100, 100);
    place(space, 10);
    const child = space.fork();
    child.munmap(down(100), 100 * PAGE_SIZE);
    expect(place(child, 10)).toBe(down(10));
    expect(top(space, 10)).toBe(down(100));
    expect(place(space, 10)).toBe(down(120));
  });
});

describe("what is remembered", () => {
  const bytes = (pages: number): number => pages * PAGE_SIZE;

  it("holds for larger rooms, too, and for one size above 32 pages", () => {
    const rooms = new Rooms();
    expect(rooms.top(bytes(5), TOP)).toBe(TOP);
    rooms.found(bytes(5), down(10));
    expect([4, 5, 6, 32, 33, 1000].map((pages) => rooms.top(bytes(pages), TOP))).toEqual([
      TOP,
      ...Array(5).fill(down(10)),
    ]);
    rooms.found(bytes(100), down(50));
    expect([32, 99, 100, 101].map((pages) => rooms.top(bytes(pages), TOP))).toEqual([
      down(10),
      down(10),
      down(50),
      down(50),
    ]);
    rooms.found(bytes(60), down(30));
    expect([59, 60, 100].map((pages) => rooms.top(bytes(pages), TOP))).toEqual([
      down(10),
      down(30),
      down(30),
    ]);
  });

  it("ends for the sizes that a hole has room for", () => {
    const rooms = new Rooms();
    rooms.top(bytes(1), TOP);
    rooms.found(bytes(1), down(20));
    rooms.opened(down(100), down(30));
    expect(rooms.top(bytes(1), TOP)).toBe(down(20));
    rooms.opened(down(10), down(7));
    expect([1, 3, 4, 40].map((pages) => rooms.top(bytes(pages), TOP))).toEqual([
      down(7),
      down(7),
      down(20),
      down(20),
    ]);
    rooms.opened(down(2), down(-10));
    expect([1, 2, 3].map((pages) => rooms.top(bytes(pages), TOP))).toEqual([TOP, TOP, down(7)]);
    expect(rooms.misses(down(3), TOP)).toBe(true);
    expect(rooms.misses(down(2), TOP)).toBe(false);
    expect(rooms.misses(TOP, down(-99))).toBe(false);
  });

  it("is nothing for other limits", () => {
    const rooms = new Rooms();
    rooms.top(bytes(1), TOP);
    rooms.found(bytes(1), down(20));
    expect(rooms.top(bytes(1), down(1))).toBe(down(1));
    expect(rooms.top(bytes(1), TOP)).toBe(TOP);
  });
});

describe("where searches begin", () => {
  it.each([
    ["no page boundary", 4097],
    ["below 0", -4096],
    ["above user memory", 2 ** 47],
    ["no number", Number.NaN],
  ])("is refused when it is %s", (_, mmapBase) => {
    expect(() => new AddressSpace({ mmapBase })).toThrow(
      /mmapBase must be a multiple of 4096 from 0 to 0x7ffffffff000, got/,
    );
  });
});
