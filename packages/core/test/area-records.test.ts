// Who looks at an area gives it a record, which follows it; who does not, leaves it without one.
import { describe, expect, it } from "vitest";
import {
  AddressSpace,
  type AreaEvent,
  MADV_DONTDUMP,
  MADV_DONTFORK,
  MADV_HUGEPAGE,
  MADV_NOHUGEPAGE,
  MADV_RANDOM,
  MADV_SEQUENTIAL,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  MREMAP_MAYMOVE,
  OpenFile,
  PAGE_SIZE,
  PROT_NONE,
  PROT_READ,
  PROT_WRITE,
  VM_READ,
  type Vma,
} from "../src/index.js";

const BASE = 2 ** 33;
const RW = PROT_READ | PROT_WRITE;
const ANONYMOUS = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;

const at = (page: number): number => BASE + page * PAGE_SIZE;

function map(space: AddressSpace, page: number, pages = 1, prot = RW): void {
  const call = { address: at(page), length: pages * PAGE_SIZE, prot, flags: ANONYMOUS };
  expect(space.mmap(call)).toBe(at(page));
}

function mapFile(space: AddressSpace, page: number, file: OpenFile, pgoff: number): void {
  const call = { address: at(page), length: PAGE_SIZE, prot: PROT_READ, flags: MAP_PRIVATE | MAP_FIXED };
  expect(space.mmap({ ...call, file, pgoff })).toBe(at(page));
}

/** The cells of areas that have no record. */
function cellsOf(space: AddressSpace): number[] {
  return [...space.mm.map.values()].filter((cell) => typeof cell === "number");
}

/** Two areas and one that is written to, none of which anybody has looked at. */
function unseen(): AddressSpace {
  const space = new AddressSpace({ kernel: "6.18" });
  map(space, 0, 4);
  map(space, 8, 2, PROT_READ);
  map(space, 20, 6);
  expect(space.fault(at(20), true)).toBe(0);
  expect(cellsOf(space)).toHaveLength(3);
  return space;
}

describe("an area that nobody has looked at", () => {
  it("has no record, and tells what it is as a value", () => {
    const space = unseen();
    const images = [...space.images()];
    expect(images.map(({ id, start, end }) => [id, start, end])).toEqual([
      [0, at(0), at(4)],
      [0, at(8), at(10)],
      [0, at(20), at(26)],
    ]);
    expect(images.map(({ anonVma }) => anonVma?.id)).toEqual([undefined, undefined, 1]);
    expect(space.imageAt(at(9) + 5)).toEqual(images[1]);
    expect(space.imageAt(at(10))).toBeNull();
    expect(cellsOf(space)).toHaveLength(3);
    const areas = [...space.areas()];
    expect(areas.map((vma) => [vma.start, vma.end, vma.flags, vma.pgoff])).toEqual(
      images.map((image) => [image.start, image.end, image.flags, image.pgoff]),
    );
    expect(new Set(areas.map(({ id }) => id)).size).toBe(3);
    expect(cellsOf(space)).toEqual([]);
  });

  it("gets a record when it is looked at, the same each time, and alone", () => {
    const space = unseen();
    const vma = space.areaAt(at(2));
    expect(space.areaAt(at(0))).toBe(vma);
    expect(cellsOf(space)).toHaveLength(2);
    expect(space.areaAt(at(5))).toBe(null);
    expect(cellsOf(space)).toHaveLength(2);
  });

  it("has a record that follows it", () => {
    const space = unseen();
    const vma = space.areaAt(at(0));
    map(space, 4, 2);
    expect([vma?.start, vma?.end]).toEqual([at(0), at(6)]);
    expect(space.mprotect(at(4), 2 * PAGE_SIZE, PROT_NONE)).toBe(0);
    // The part that changes keeps the record.
    expect([vma?.start, vma?.end]).toEqual([at(4), at(6)]);
    expect(space.munmap(at(1), 3 * PAGE_SIZE)).toBe(0);
    expect(space.areaAt(at(0))?.end).toBe(at(1));
    expect(space.validate()).toEqual([]);
  });

  it("gets one for good when the tree is asked for", () => {
    const space = unseen();
    const { tree } = space.mm;
    expect([...tree.values()].map((vma) => vma.flags & VM_READ)).toEqual([1, 1, 1]);
    map(space, 40);
    expect(tree.get(at(40))?.start).toBe(at(40));
    expect(cellsOf(space)).toEqual([]);
  });

  it("is the same for a child, which has areas of its own", () => {
    const space = unseen();
    const child = space.fork();
    expect(child.munmap(at(0), PAGE_SIZE)).toBe(0);
    expect([...space.images()].map(({ start }) => start)).toEqual([at(0), at(8), at(20)]);
    expect([...child.images()].map(({ start }) => start)).toEqual([at(1), at(8), at(20)]);
    // Where it was written to, the child has an object of its own.
    const [mine, theirs] = [space, child].map((each) => each.areaAt(at(20)));
    expect([mine?.anonChain.length, theirs?.anonChain.length]).toEqual([1, 2]);
    expect([...space.validate(), ...child.validate()]).toEqual([]);
  });

  it("comes back as it was when its address space goes back", () => {
    const space = unseen();
    const before = [...space.images()].map((image) => [image.start, image.end, image.flags, image.anonVma]);
    const snapshot = space.snapshot();
    expect(space.munmap(at(1), 22 * PAGE_SIZE)).toBe(0);
    map(space, 30);
    expect(space.mprotect(at(24), PAGE_SIZE, PROT_NONE)).toBe(0);
    space.restore(snapshot);
    snapshot.dispose();
    expect([...space.images()].map((image) => [image.start, image.end, image.flags, image.anonVma])).toEqual(
      before,
    );
    map(space, 30);
    expect(space.validate()).toEqual([]);
    expect(cellsOf(space).length).toBeGreaterThan(0);
  });
});

describe("whoever is called back in the midst of a call", () => {
  it("is shown areas as they are, and keeps no record that the call gives up", () => {
    const space = unseen();
    const seen: (number | undefined)[] = [];
    const before = space.areaAt(at(0));
    const ops = {
      open: () => {
        expect(space.areaAt(at(0))).toBe(before);
        seen.push(space.areaAt(at(22))?.end, space.areaAt(at(9))?.flags);
        expect([...space.areas()].length).toBeGreaterThan(3);
      },
    };
    const call = { address: at(60), length: 4 * PAGE_SIZE, prot: RW, flags: ANONYMOUS, ops };
    expect(space.mmap(call)).toBe(at(60));
    expect(space.munmap(at(61), PAGE_SIZE)).toBe(0);
    // A piece on each side of the hole is opened anew.
    expect(seen).toEqual([0, 1].flatMap(() => [at(26), space.areaAt(at(9))?.flags]));
    expect(space.validate()).toEqual([]);
  });

  it("keeps the record of a new area that it was shown", () => {
    const space = new AddressSpace({ kernel: "6.18" });
    // Locked memory goes the way of records; beside it, so does the mapping.
    map(space, 0, 2);
    expect(space.mlock(at(0), 2 * PAGE_SIZE)).toBe(0);
    const held: (Vma | null)[] = [];
    space.onEvent((event) => {
      if (event.kind === "created") held.push(space.areaAt(event.start));
    });
    map(space, 2, 2);
    expect(held).toHaveLength(1);
    expect(space.areaAt(at(2))).toBe(held[0]);
    map(space, 10, 2);
    expect(held[1]).toMatchObject({ start: at(10), end: at(12) });
    expect(space.validate()).toEqual([]);
  });
});

describe("what areas without records share", () => {
  it("is forgotten when none has it any more", () => {
    const space = new AddressSpace({ kernel: "6.18" });
    const file = new OpenFile({ path: "/a/file" });
    for (let round = 0; round < 20; round += 1) {
      for (let i = 0; i < 500; i += 1) mapFile(space, i * 2, file, (i * 7 + round * 31) % 1000);
      expect(space.mapCount).toBe(500);
      if (round % 2 === 1) expect(space.munmap(at(0), 1000 * PAGE_SIZE)).toBe(0);
    }
    // Kinds have numbers from bit 9 on: of 10,000 mappings, no more than some thousand at once.
    for (let i = 0; i < 500; i += 1) mapFile(space, i * 2, file, i * 9);
    expect(Math.max(...cellsOf(space).map((cell) => (cell >> 9) & 0x1fffff))).toBeLessThan(2048);
    expect(space.validate()).toEqual([]);
  });

  it("are few words of flags: areas with others have records", () => {
    const space = new AddressSpace({ kernel: "6.18", limits: { hugePages: "never" } });
    const advice = [
      MADV_RANDOM,
      MADV_SEQUENTIAL,
      MADV_DONTDUMP,
      MADV_NOHUGEPAGE,
      MADV_DONTFORK,
      MADV_HUGEPAGE,
    ];
    for (let page = 0; page < 64; page += 1) {
      map(space, page * 2);
      for (const [bit, value] of advice.entries()) {
        if (((page >> bit) & 1) === 1) expect(space.madvise(at(page * 2), PAGE_SIZE, value)).toBe(0);
      }
      // Written over in part, what is left of it may do without a record or not; the areas are the same.
      map(space, page * 2);
    }
    expect(space.mapCount).toBe(64);
    expect(space.validate()).toEqual([]);
  });

  it("keeps what was written to apart from what was not, once a file is behind it as well", () => {
    const space = new AddressSpace({ kernel: "6.18" });
    const file = new OpenFile({ path: "/a/file", pages: 10 });
    const call = { length: 4 * PAGE_SIZE, prot: RW, flags: MAP_PRIVATE | MAP_FIXED, file, pgoff: 0 };
    expect(space.mmap({ ...call, address: at(0) })).toBe(at(0));
    expect(space.fault(at(1), true)).toBe(0);
    expect(cellsOf(space)).toHaveLength(1);
    const [image] = space.images();
    expect([image?.file, image?.anonVma?.id, image?.pgoff]).toEqual([file, 1, 0]);
    expect(space.mremap(at(0), 4 * PAGE_SIZE, 5 * PAGE_SIZE, MREMAP_MAYMOVE)).toBe(at(0));
    expect(space.mprotect(at(2), PAGE_SIZE, PROT_READ)).toBe(0);
    expect(space.mprotect(at(2), PAGE_SIZE, RW)).toBe(0);
    expect([space.mapCount, cellsOf(space).length]).toEqual([1, 1]);
    expect(space.validate()).toEqual([]);
  });
});

describe("mappings of files without records", () => {
  const ends = (space: AddressSpace): number[][] =>
    [...space.images()].map(({ start, end }) => [(start - BASE) / PAGE_SIZE, (end - BASE) / PAGE_SIZE]);

  it("join where one file goes on, and nowhere else", () => {
    const space = new AddressSpace({ kernel: "6.18" });
    const [a, b] = [new OpenFile({ path: "/a/file" }), new OpenFile({ path: "/a/file" })];
    mapFile(space, 0, a, 10);
    mapFile(space, 1, b, 11);
    mapFile(space, 2, a, 12);
    mapFile(space, 3, a, 14);
    mapFile(space, 4, a, 15);
    map(space, 5, 1, PROT_READ);
    expect(ends(space)).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 5],
      [5, 6],
    ]);
    mapFile(space, 1, a, 11);
    expect(ends(space)[0]).toEqual([0, 3]);
    expect(cellsOf(space)).toHaveLength(3);
    expect(space.validate()).toEqual([]);
  });

  it("do not join two that were written to apart", () => {
    const space = new AddressSpace({ kernel: "6.18" });
    const file = new OpenFile({ path: "/a/file" });
    const call = { prot: RW, flags: MAP_PRIVATE | MAP_FIXED, file };
    for (const page of [0, 2]) {
      expect(space.mmap({ ...call, address: at(page), length: PAGE_SIZE, pgoff: page })).toBe(at(page));
      expect(space.fault(at(page), true)).toBe(0);
    }
    expect(space.mmap({ ...call, address: at(1), length: PAGE_SIZE, pgoff: 1 })).toBe(at(1));
    expect(ends(space)).toEqual([
      [0, 2],
      [2, 3],
    ]);
    expect(space.mprotect(at(1), PAGE_SIZE, PROT_READ)).toBe(0);
    expect(space.mprotect(at(1), PAGE_SIZE, RW)).toBe(0);
    expect(cellsOf(space)).toHaveLength(2);
    expect(space.validate()).toEqual([]);
  });
});

describe("whoever listens", () => {
  it("is told areas by the numbers that their records have", () => {
    const space = unseen();
    const events: AreaEvent[] = [];
    space.onEvent((event) => events.push(event));
    map(space, 4, 2);
    map(space, 50);
    const [merged, created] = [
      events.find(({ kind }) => kind === "merged"),
      events.find(({ kind }) => kind === "created"),
    ];
    expect(cellsOf(space)).toHaveLength(4);
    expect(merged).toMatchObject({ survivor: space.areaAt(at(0))?.id });
    expect(created).toMatchObject({ id: space.areaAt(at(50))?.id });
    space.onEvent(null);
    map(space, 60);
    expect(events.filter(({ kind }) => kind === "created")).toHaveLength(1);
    expect(space.mprotect(at(21), PAGE_SIZE, PROT_NONE)).toBe(0);
    space.onEvent((event) => events.push(event));
    expect(space.mprotect(at(21), PAGE_SIZE, RW)).toBe(0);
    expect(events.at(-1)).toMatchObject({ kind: "merged", geometry: "existing-both" });
    const ids = [...space.areas()].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(space.validate()).toEqual([]);
  });
});
