// What becomes of areas that join or are cut, in cases of their own: with records, as areas have that were looked at or put
// there, on a space that checks itself and on one that does not.
import { describe, expect, it } from "vitest";
import {
  AddressSpace,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  PAGE_SIZE,
  PROT_READ,
  PROT_WRITE,
  VM_ACCOUNT,
  VM_DONTEXPAND,
  VM_MAYEXEC,
  VM_MAYREAD,
  VM_MAYWRITE,
  VM_READ,
  VM_WRITE,
} from "../src/index.js";

const ARENA = 2 ** 33;

/** All that two address spaces must agree on. */
function stateOf(space: AddressSpace): unknown {
  const { mapCount, totalVm, lockedVm, dataVm, execVm, stackVm, committed, brk } = space.mm;
  const areas = [...space.areas()].map((vma) => [
    [vma.start / PAGE_SIZE, vma.end / PAGE_SIZE, vma.pgoff, vma.flags, vma.flagsHigh],
    [vma.anonVma?.id, vma.anonChain.map(({ id }) => id), vma.anonName, vma.file?.path],
  ]);
  return { areas, counters: [mapCount, totalVm, lockedVm, dataVm, execVm, stackVm, committed, brk] };
}

describe.each(["6.1", "6.12", "6.18"])("areas that join on %s", (kernel) => {
  it("does not join two areas through a hole when each has an anonymous object of its own", () => {
    const ends = [false, true].map((checked) => {
      const space = new AddressSpace({ kernel, checked });
      const flags = VM_READ | VM_WRITE | VM_ACCOUNT | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
      const [a, b, c, d] = [0, 1, 2, 3].map((page) => ARENA + page * PAGE_SIZE) as [
        number,
        number,
        number,
        number,
      ];
      space.addArea({ start: a, end: b, flags, anonVma: true });
      space.addArea({ start: c, end: d, flags, anonVma: true });
      const prot = PROT_READ | PROT_WRITE;
      space.mmap({ address: b, length: PAGE_SIZE, prot, flags: MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED });
      expect(space.mapCount).toBe(2);
      return stateOf(space);
    });
    expect(ends[0]).toEqual(ends[1]);
  });

  it("joins no areas whose flags never merge", () => {
    for (const checked of [false, true]) {
      const space = new AddressSpace({ kernel, checked });
      const flags = VM_READ | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_DONTEXPAND;
      space.addArea({ start: ARENA, end: ARENA + PAGE_SIZE, flags });
      space.addArea({ start: ARENA + PAGE_SIZE, end: ARENA + 2 * PAGE_SIZE, flags: flags & ~VM_READ });
      expect(space.mprotect(ARENA + PAGE_SIZE, PAGE_SIZE, PROT_READ)).toBe(0);
      expect(space.mapCount).toBe(2);
    }
  });

  it("gives no new mapping to an area above that has a name", () => {
    for (const checked of [false, true]) {
      const space = new AddressSpace({ kernel, checked, limits: { anonNames: true } });
      const [prot, flags] = [PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED];
      const [below, named] = [ARENA, ARENA + PAGE_SIZE];
      expect(space.mmap({ address: named, length: PAGE_SIZE, prot, flags })).toBe(named);
      expect(space.setAnonName(named, PAGE_SIZE, "a name")).toBe(0);
      expect(space.mmap({ address: below, length: PAGE_SIZE, prot, flags })).toBe(below);
      expect([...space.areas()].map(({ start, anonName }) => [start, anonName])).toEqual([
        [below, null],
        [named, "a name"],
      ]);
    }
  });

  it.each([
    ["both neighbours", [0, 1, 2], [1, 1]],
    ["the area below, in part", [0, 1], [1, 1]],
    ["the area above, in part", [1, 2], [2, 1]],
    ["no neighbour", [1], [2, 1]],
  ] as const)("marks every area that a change of protection writes to: %s", (_, parts, [page, pages]) => {
    for (const checked of [false, true]) {
      const space = new AddressSpace({ kernel, checked });
      const flags = VM_READ | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
      const ranges = [
        [0, 1],
        [1, parts.length === 3 ? 2 : 3],
        [parts.length === 3 ? 2 : 3, 5],
      ] as const;
      const areas = parts.map((part) => {
        const [from, to] = ranges[part];
        const range = { start: ARENA + from * PAGE_SIZE, end: ARENA + to * PAGE_SIZE };
        return space.addArea({ ...range, flags: part === 1 ? flags & ~VM_READ : flags });
      });
      const before = space.mm.lockSequence;
      expect(space.mprotect(ARENA + page * PAGE_SIZE, pages * PAGE_SIZE, PROT_READ)).toBe(0);
      for (const [index, part] of parts.entries()) {
        expect(areas[index]?.writeMark, `area ${part}`).toBe(before + 1);
      }
      // What was cut off, if anything, is a record of this call as well, where it keeps one.
      if (checked) for (const { writeMark } of space.areas()) expect(writeMark).toBe(before + 1);
    }
  });

  it("marks the areas that a new mapping joins", () => {
    for (const checked of [false, true]) {
      const space = new AddressSpace({ kernel, checked });
      const [prot, flags] = [PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED];
      const at = (page: number): number => ARENA + page * PAGE_SIZE;
      for (const page of [0, 2]) space.mmap({ address: at(page), length: PAGE_SIZE, prot, flags });
      const joined = [...space.areas()];
      const before = space.mm.lockSequence;
      space.mmap({ address: at(1), length: PAGE_SIZE, prot, flags });
      expect(space.mapCount).toBe(1);
      for (const { writeMark } of joined) expect(writeMark).toBeGreaterThan(before);
    }
  });

  it.each([
    ["a change of protection", (space: AddressSpace, at: number) => space.mprotect(at, PAGE_SIZE, PROT_READ)],
    [
      "a new mapping",
      (space: AddressSpace, address: number) => {
        const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
        expect(space.munmap(address, PAGE_SIZE)).toBe(0);
        expect(space.mmap({ address, length: PAGE_SIZE, prot: PROT_READ, flags })).toBe(address);
        return 0;
      },
    ],
  ])("passes on the sticky flags of the area above when it is joined by %s", (_, join) => {
    for (const checked of [false, true]) {
      const space = new AddressSpace({ kernel: "6.18", checked });
      const { stickyFlags } = space.profile;
      const flags = VM_READ | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
      for (const [page, own] of [flags, flags & ~VM_READ, flags | stickyFlags].entries()) {
        const start = ARENA + page * PAGE_SIZE;
        space.addArea({ start, end: start + PAGE_SIZE, flags: own });
      }
      expect(join(space, ARENA + PAGE_SIZE)).toBe(0);
      expect([...space.areas()].map((area) => area.flags & stickyFlags)).toEqual([stickyFlags]);
    }
    expect(new AddressSpace({ kernel: "6.18" }).profile.stickyFlags).not.toBe(0);
  });

  it.each([
    ["above", 2],
    ["in the midst", 1],
    ["below", 0],
  ])("keeps the anonymous object of the area %s when a change of protection joins three", (_, owner) => {
    for (const checked of [false, true]) {
      const space = new AddressSpace({ kernel, checked });
      const flags = VM_READ | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
      const areas = [flags, flags & ~VM_READ, flags].map((own, page) => {
        const start = ARENA + page * PAGE_SIZE;
        return space.addArea({ start, end: start + PAGE_SIZE, flags: own, anonVma: page === owner });
      });
      const object = areas[owner]?.anonVma;
      expect(space.mprotect(ARENA + PAGE_SIZE, PAGE_SIZE, PROT_READ)).toBe(0);
      // Older kernels join no area that was never written to with a range that was.
      const asksNeighbour = space.profile.anonRule === "neighbour-singular";
      expect(space.mapCount).toBe(asksNeighbour && owner === 1 ? 3 : 1);
      const area = space.areaAt(ARENA + PAGE_SIZE);
      expect(area?.anonVma).toBe(object);
      expect(area?.anonChain).toEqual([object]);
      for (const gone of space.mapCount === 1 ? areas.filter((other) => other !== area) : []) {
        expect([gone.anonVma, gone.anonChain]).toEqual([null, []]);
      }
    }
  });

  it.each([
    ["a sealed area stops an unmap", { lengths: [4, 2], sealed: true }],
    ["a mapping over others is refused", { lengths: [4, 2], sealed: false }],
    ["a mapping over the midst of one is refused", { lengths: [9], sealed: false }],
  ])("keeps what was cut when %s", (_, { lengths, sealed }) => {
    const ends = [false, true].map((checked) => {
      const limits = { addressSpace: 10 * PAGE_SIZE };
      const space = new AddressSpace({ kernel: "6.18", checked, limits });
      let at = ARENA;
      for (const pages of lengths) {
        const flags = VM_READ | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
        const area = { start: at, end: at + pages * PAGE_SIZE, pgoff: at / PAGE_SIZE + lengths.length * 2 };
        space.addArea({ ...area, flags, anonVma: true });
        at = area.end;
      }
      const [start, end] = [ARENA + 2 * PAGE_SIZE, at - PAGE_SIZE];
      if (sealed) {
        expect(space.mseal(ARENA + 4 * PAGE_SIZE, PAGE_SIZE)).toBe(0);
        expect(space.munmap(start, end - start)).toBe(-1);
      } else {
        const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
        space.mm.limits.addressSpace = 0;
        expect(space.mmap({ address: start, length: end - start, prot: PROT_READ, flags })).toBe(-12);
      }
      expect(space.validate()).toEqual([]);
      expect(space.mapCount).toBeGreaterThan(lengths.length);
      return stateOf(space);
    });
    expect(ends[0]).toEqual(ends[1]);
  });

  it("lets go of no page table that the part below a new mapping still uses", () => {
    for (const checked of [false, true]) {
      const space = new AddressSpace({ kernel, checked, trackPages: true });
      const [prot, flags] = [PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED];
      const over = { address: ARENA + 10 * PAGE_SIZE, length: 502 * PAGE_SIZE };
      expect(space.mmap({ address: ARENA, length: 512 * PAGE_SIZE, prot, flags })).toBe(ARENA);
      expect(space.fault(ARENA + PAGE_SIZE, true)).toBe(0);
      expect(space.mmap({ ...over, prot: PROT_READ, flags })).toBe(over.address);
      expect(space.mm.pages?.canMapHuge(ARENA)).toBe(false);
    }
  });
});
