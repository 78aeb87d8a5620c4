// Snapshots of address spaces. Strategy: random calls of every kind on each kernel profile, snapshots at random steps,
// going back to a random one of those alive. Invariants: what comes back is what a full copy made at the time of the
// snapshot holds, records included by identity; nothing is wrong with the address space; and the same calls made
// again from there end in the same state as the first time.
import {
  AddressSpace,
  isAnonymous,
  MADV_DONTFORK,
  MADV_DONTNEED,
  MADV_GUARD_INSTALL,
  MADV_GUARD_REMOVE,
  MADV_HUGEPAGE,
  MADV_NORMAL,
  MADV_RANDOM,
  MADV_REMOVE,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  MAP_SHARED,
  MCL_CURRENT,
  MREMAP_DONTUNMAP,
  MREMAP_FIXED,
  MREMAP_MAYMOVE,
  OpenFile,
  PAGE_SIZE,
  PROFILES,
  PROT_READ,
  PROT_WRITE,
  type Snapshot,
} from "@vma/core";
import { describe, expect, it } from "vitest";

const BASE = 0x10000000;
const PAGES = 64;
const HEAP = 0x20000000;

/** Small repeatable random numbers. */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number in [0, sides). */
  roll(sides: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * sides);
  }
}

interface World {
  readonly space: AddressSpace;
  readonly files: readonly OpenFile[];
}

type Call = (world: World) => unknown;

function newWorld(kernel: string): World {
  const files = [
    new OpenFile({ path: "/data", pages: 40 }),
    new OpenFile({ path: "/dev/shm/s", kind: "shmem", pages: 80 }),
  ];
  const limits = { softDirty: true, anonNames: true };
  return { space: new AddressSpace({ kernel, startBrk: HEAP, trackPages: true, limits }), files };
}

/** One call with its arguments, which do not depend on when it is made. */
function anyCall(dice: Dice): Call {
  const at = BASE + dice.roll(PAGES) * PAGE_SIZE;
  const length = (1 + dice.roll(8)) * PAGE_SIZE;
  const to = BASE + dice.roll(PAGES) * PAGE_SIZE;
  const prot = [0, PROT_READ, PROT_READ | PROT_WRITE][dice.roll(3)] as number;
  const which = dice.roll(2);
  const pgoff = dice.roll(16);
  const delta = (dice.roll(5) - 2) * PAGE_SIZE;
  switch (dice.roll(20)) {
    case 0:
    case 1:
    case 2:
      return ({ space }) =>
        space.mmap({ address: at, length, prot, flags: MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED });
    case 3:
      return ({ space, files }) => {
        const file = files[which] as OpenFile;
        const flags = (delta < 0 ? MAP_PRIVATE : MAP_SHARED) | MAP_FIXED;
        return space.mmap({ address: at, length, prot, flags, file, pgoff });
      };
    case 4:
      return ({ space }) => space.mmap({ address: 0, length, prot, flags: MAP_PRIVATE | MAP_ANONYMOUS });
    case 5:
    case 6:
      return ({ space }) => space.munmap(at, length);
    case 7:
    case 8:
      return ({ space }) => space.mprotect(at, length, prot);
    case 9:
      return ({ space }) => space.mremap(at, length, length + delta, MREMAP_MAYMOVE);
    case 10:
      return ({ space }) => space.mremap(at, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, to);
    case 11:
      return ({ space }) =>
        space.mremap(at, length, length, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, to);
    case 12:
      return ({ space }) => space.brk(HEAP + pgoff * 2000);
    case 13: {
      const advice = [
        MADV_NORMAL,
        MADV_RANDOM,
        MADV_DONTFORK,
        MADV_DONTNEED,
        MADV_HUGEPAGE,
        MADV_REMOVE,
        MADV_GUARD_INSTALL,
        MADV_GUARD_REMOVE,
      ][dice.roll(8)] as number;
      return ({ space }) => space.madvise(at, length, advice);
    }
    case 14:
      return ({ space }) => (which === 0 ? space.mlock(at, length) : space.munlock(at, length));
    case 15:
      return ({ space }) => space.mbind(at, length, which === 0 ? null : { text: "bind:0" });
    case 16:
      return ({ space }) => space.setAnonName(at, length, which === 0 ? null : "name");
    case 17:
      return ({ space }) => {
        const kinds = [
          () => space.pkeyAlloc(),
          () => space.pkeyFree(1 + which),
          () => space.mlockall(MCL_CURRENT),
          () => space.munlockall(),
          () => space.setMemoryMerge(which === 0),
          () => space.fork().mapCount,
          () => space.userfaultRegister(space.userfaultfd(), at, length, 1 + which),
        ];
        return (kinds[pgoff % kinds.length] as () => unknown)();
      };
    case 18:
      return ({ space }) => {
        if (pgoff === 0) space.exit();
        return 0;
      };
    default:
      return ({ space }) => space.fault(at, which === 0);
  }
}

/** Everything an address space is, copied. */
function copyOf({ space, files }: World): unknown {
  const { mm } = space;
  const { tree: _tree, cursor: _cursor, lockSequence: _lock, journal: _journal, ...rest } = mm;
  const scalars = Object.entries(rest).filter(([, value]) => typeof value !== "object");
  const areas = [...mm.tree.entries()].map(([start, end, vma]) => ({
    vma,
    start,
    end,
    own: [vma.start, vma.end, vma.pgoff, vma.flags, vma.flagsHigh],
    links: [vma.file, vma.ops, vma.anonVma, ...vma.anonChain, vma.policy, vma.uffdContext, vma.anonName],
    anonymous: isAnonymous(vma),
  }));
  const pages = Array.from({ length: PAGES + 16 }, (_, i) => mm.pages?.stateOf(BASE + i * PAGE_SIZE));
  const resident = files.map(({ object }) => [...object.resident].sort((a, b) => a - b));
  const policies = files.map(({ object }) =>
    Array.from({ length: 40 }, (_, page) => object.policyAt(page)?.text),
  );
  return { scalars, keys: [...mm.protectionKeys].sort(), areas, pages, resident, policies };
}

/** The state without identities, to compare two runs of the same calls. */
function shapeOf({ space }: World): unknown {
  return [...space.areas()].map(
    ({ start, end, pgoff, flags, flagsHigh, file, policy, anonName, anonVma }) => ({
      own: [start, end, pgoff, flags, flagsHigh, file?.path, policy?.text, anonName, anonVma !== null],
    }),
  );
}

const RUNS = 30;
const STEPS = 120;

describe.each(PROFILES.map(({ name }) => name))("on %s", (kernel) => {
  it(`going back brings back what was (${RUNS} runs of ${STEPS} random calls)`, () => {
    for (let seed = 1; seed <= RUNS; seed += 1) {
      const dice = new Dice(seed * 7919);
      const world = newWorld(kernel);
      const { space } = world;
      for (let i = 0; i < 20; i += 1) anyCall(dice)(world);
      const alive: { snapshot: Snapshot; copy: unknown; areas: number }[] = [];
      for (let step = 0; step < STEPS; step += 1) {
        const kind = dice.roll(10);
        if (kind === 0) {
          alive.push({ snapshot: space.snapshot(), copy: copyOf(world), areas: space.mapCount });
        } else if (kind === 1 && alive.length > 0) {
          const chosen = alive[dice.roll(alive.length)] as (typeof alive)[number];
          const past = chosen.snapshot.areas();
          space.restore(chosen.snapshot);
          expect(copyOf(world), `seed ${seed}, step ${step}`).toEqual(chosen.copy);
          expect(space.validate(), `seed ${seed}, step ${step}`).toEqual([]);
          expect(chosen.snapshot.mapCount).toBe(chosen.areas);
          expect(past.map(({ id, start, end, flags }) => [id, start, end, flags])).toEqual(
            [...space.areas()].map(({ id, start, end, flags }) => [id, start, end, flags]),
          );
          for (const { snapshot } of alive.splice(alive.indexOf(chosen) + 1)) {
            expect(snapshot.isValid).toBe(false);
            snapshot.dispose();
          }
        } else anyCall(dice)(world);
      }
      for (const { snapshot } of alive) snapshot.dispose();
      expect(space.mm.journal).toBeNull();
    }
  });

  it("the same calls from the same past lead to the same present", () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const dice = new Dice(seed * 104729);
      const world = newWorld(kernel);
      for (let i = 0; i < 40; i += 1) anyCall(dice)(world);
      const calls = Array.from({ length: 40 }, () => anyCall(dice));
      const snapshot = world.space.snapshot();
      for (const call of calls) call(world);
      const first = shapeOf(world);
      world.space.restore(snapshot);
      for (const call of calls) call(world);
      expect(shapeOf(world), `seed ${seed}`).toEqual(first);
    }
  });
});

describe("a snapshot", () => {
  it("of another address space, or one disposed of, is refused", () => {
    const one = new AddressSpace();
    const other = new AddressSpace();
    const snapshot = one.snapshot();
    expect(() => other.restore(snapshot)).toThrow(TypeError);
    snapshot.dispose();
    snapshot.dispose();
    expect(() => one.restore(snapshot)).toThrow(TypeError);
    expect(() => snapshot.areas()).toThrow(TypeError);
  });

  it("gives back the anonymous object of an area whose pages moved away", () => {
    const space = new AddressSpace();
    const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    const to = BASE + 2 * PAGE_SIZE;
    expect(space.mmap({ address: BASE, length: PAGE_SIZE, prot: PROT_READ | PROT_WRITE, flags })).toBe(BASE);
    expect(space.fault(BASE, true)).toBe(0);
    const [area] = [...space.areas()];
    const object = area?.anonVma;
    expect(object).toBeTruthy();
    const snapshot = space.snapshot();
    const how = MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP;
    expect(space.mremap(BASE, PAGE_SIZE, PAGE_SIZE, how, to)).toBe(to);
    expect([area?.anonVma, area?.anonChain]).toEqual([null, []]);
    space.restore(snapshot);
    expect(area?.anonVma).toBe(object);
    expect(area?.anonChain).toEqual([object]);
    snapshot.dispose();
  });

  it("keeps as much as was touched since, not as much as there is", () => {
    const space = new AddressSpace();
    const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    for (let i = 0; i < 1000; i += 1) {
      space.mmap({ address: BASE + 2 * i * PAGE_SIZE, length: PAGE_SIZE, prot: PROT_READ, flags });
    }
    const snapshot = space.snapshot();
    space.munmap(BASE + 20 * PAGE_SIZE, PAGE_SIZE);
    const { journal } = space.mm;
    expect(journal?.hasSaved([...space.areas()][500] as never)).toBe(false);
    expect(space.mapCount).toBe(999);
    expect(snapshot.areas()).toHaveLength(1000);
    space.restore(snapshot);
    expect(space.mapCount).toBe(1000);
  });
});
