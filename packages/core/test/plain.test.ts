// The shorter way of plain memory against the longer one: the same calls on two address spaces, one of which checks
// itself, so it never goes that way nor uses a record again. After every call both have the same areas and counters.
import { describe, expect, it } from "vitest";
import {
  AddressSpace,
  MADV_DOFORK,
  MADV_DONTFORK,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_GROWSDOWN,
  MAP_NORESERVE,
  MAP_PRIVATE,
  MAP_SHARED,
  MREMAP_FIXED,
  MREMAP_MAYMOVE,
  OpenFile,
  PAGE_SIZE,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
  VM_ACCOUNT,
  VM_DONTEXPAND,
  VM_MAYEXEC,
  VM_MAYREAD,
  VM_MAYWRITE,
  VM_READ,
  VM_WRITE,
  type Vma,
} from "../src/index.js";

const ARENA = 2 ** 33;
const PAGES = 64;
const HEAP = 2 ** 40;
const PROTECTIONS = [0, PROT_READ, PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE, PROT_READ | PROT_EXEC];

/** Whole numbers below `below`, the same for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Small areas side by side, some written to, some with a flag that sticks. */
function fill(space: AddressSpace, below: (n: number) => number): void {
  const may = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
  for (let page = 0; page < PAGES; ) {
    const end = page + 1 + below(3);
    const sticky = below(2) === 0 ? space.profile.stickyFlags : 0;
    const access = below(2) === 0 ? VM_READ : VM_READ | VM_WRITE | VM_ACCOUNT;
    const [start, stop] = [ARENA + page * PAGE_SIZE, ARENA + end * PAGE_SIZE];
    if (below(8) > 0)
      space.addArea({ start, end: stop, flags: may | access | sticky, anonVma: below(2) === 0 });
    page = end;
  }
}

/** All that two address spaces must agree on. */
function stateOf(space: AddressSpace): unknown {
  const { mm } = space;
  const area = (vma: Vma): unknown => [
    [vma.id, vma.start / PAGE_SIZE, vma.end / PAGE_SIZE, vma.pgoff, vma.flags, vma.flagsHigh],
    [vma.anonVma?.id, vma.anonChain.map(({ id }) => id), vma.anonName, vma.file?.path],
  ];
  const { mapCount, totalVm, lockedVm, dataVm, execVm, stackVm, committed, brk } = mm;
  return {
    areas: [...space.areas()].map(area),
    counters: [mapCount, totalVm, lockedVm, dataVm, execVm, stackVm, committed, brk],
  };
}

type Call = (space: AddressSpace, file: OpenFile) => number;

/** A call on any range, or on exactly the range of an area or of the hole above one. */
function randomCall(space: AddressSpace, below: (n: number) => number): { text: string; call: Call } {
  const inArena = [...space.areas()].filter(({ start }) => start < ARENA + PAGES * PAGE_SIZE);
  const [area, above] = inArena.slice(below(inArena.length || 1));
  let page = below(PAGES);
  let pages = 1 + below(below(3) === 0 ? 16 : 4);
  if (area !== undefined && area.start >= ARENA && below(2) === 0) {
    const inHole = above !== undefined && above.start > area.end;
    page = ((inHole ? area.end : area.start) - ARENA) / PAGE_SIZE;
    pages = ((inHole ? above.start : area.end) - ARENA) / PAGE_SIZE - page;
  }
  const at = ARENA + page * PAGE_SIZE;
  const length = pages * PAGE_SIZE;
  const prot = PROTECTIONS[below(PROTECTIONS.length)] ?? 0;
  const kind = below(32);
  const text = `kind ${kind}: ${pages} pages at ${page}, prot ${prot}`;
  const flags = MAP_FIXED | MAP_ANONYMOUS;
  const choose = (): Call => {
    if (kind < 6) return (space) => space.mmap({ address: at, length, prot, flags: flags | MAP_PRIVATE });
    if (kind < 16) return (space) => space.mprotect(at, length, prot);
    if (kind < 20) return (space) => space.munmap(at, length);
    if (kind < 23) return (space) => space.fault(at, true);
    if (kind === 23) return (space) => space.brk(HEAP + below4(page) * PAGE_SIZE);
    if (kind === 24) return (space) => space.mremap(at, length, length + PAGE_SIZE * (1 + (page & 1)), 0);
    if (kind === 25) return (space) => space.mremap(at, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, ARENA);
    if (kind === 26)
      return (space, file) =>
        space.mmap({ address: at, length, prot, flags: MAP_FIXED | MAP_PRIVATE, file, pgoff: page });
    if (kind === 27)
      return (space) => space.madvise(at, length, (page & 1) === 0 ? MADV_DONTFORK : MADV_DOFORK);
    if (kind === 28) return (space) => space.setAnonName(at, length, (page & 1) === 0 ? "a name" : null);
    if (kind === 29)
      return (space) => ((page & 1) === 0 ? space.mlock(at, length) : space.munlock(at, length));
    if (kind === 30)
      return (space) => space.mmap({ address: at, length, prot, flags: flags | MAP_PRIVATE | MAP_NORESERVE });
    return (space) =>
      page < 8
        ? space.mmap({ address: at, length, prot, flags: flags | MAP_SHARED })
        : page < 12
          ? space.mmap({ address: at, length, prot, flags: flags | MAP_PRIVATE | MAP_GROWSDOWN })
          : page < 14
            ? space.mseal(at, PAGE_SIZE)
            : space.mmap({ address: 0, length, prot, flags: MAP_PRIVATE | MAP_ANONYMOUS });
  };
  return { text, call: choose() };
}

const below4 = (page: number): number => page >> 2;

describe.each(["6.1", "6.12", "6.18"])("plain memory on %s", (kernel) => {
  it.each([
    ["no limits", {}],
    ["few areas", { maxMapCount: 12 }],
    ["little memory", { addressSpace: 90 * PAGE_SIZE, data: 60 * PAGE_SIZE, commit: 70 * PAGE_SIZE }],
    ["soft-dirty pages", { softDirty: true }],
  ])("goes the shorter way to the same end: %s", (limited, limits) => {
    for (let seed = 1; seed <= 6; seed += 1) {
      const below = numbers(seed);
      const trackPages = seed % 3 === 0;
      const options = {
        kernel,
        startBrk: HEAP,
        limits: { anonNames: true, hugePages: "never", ...limits },
        trackPages,
      } as const;
      let short = new AddressSpace(options);
      let long = new AddressSpace({ ...options, checked: true });
      const files = [short, long].map(() => new OpenFile({ path: "/a/file", kind: "regular", pages: 100 }));
      fill(short, numbers(seed));
      fill(long, numbers(seed));
      const calls: string[] = [];
      for (let step = 0; step < 250; step += 1) {
        const { text, call } = randomCall(long, below);
        calls.push(text);
        // Nobody has kept an area of the last comparison: records may be used again.
        if (seed > 2) short.mm.spare.seenUpTo = 0;
        const results = [call(short, files[0] as OpenFile), call(long, files[1] as OpenFile)];
        const context = `${limited}, seed ${seed}, after ${calls.slice(-4).join("; ")}`;
        expect(results[0], context).toBe(results[1]);
        expect(stateOf(short), context).toEqual(stateOf(long));
        expect(short.validate(), context).toEqual([]);
        if (step === 120 && seed % 2 === 0) {
          short = short.fork();
          long = long.fork();
          long.mm.checked = true;
        }
      }
    }
  });

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
      // What was cut off, if anything, is a record of this call as well.
      for (const { writeMark } of space.areas()) expect(writeMark).toBe(before + 1);
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
