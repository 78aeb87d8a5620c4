// Searches for room begin where earlier ones have found that nothing is above. After any calls they find what a search
// from the top would.
import { describe, expect, it } from "vitest";
import {
  type AddressSpace,
  MAP_32BIT,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_GROWSDOWN,
  MAP_SHARED,
  MREMAP_DONTUNMAP,
  MREMAP_FIXED,
  MREMAP_MAYMOVE,
  PAGE_SIZE,
  PROT_NONE,
  SharedMemorySegment,
  type Snapshot,
} from "../src/index.js";
import { ANONYMOUS, down, fix, GUARD, newSpace, PAGES, place, RW, top } from "./support/rooms.js";

/** Whole numbers below `below`, the same for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A random choice of everything that can open, fill, or search a hole. */
class Caller {
  space: AddressSpace = newSpace();
  /** Placements that began below the top. */
  shortened = 0;
  #snapshot: Snapshot | null = null;
  readonly #below: (n: number) => number;
  readonly #segments = [1, 3, 9].map((pages) => new SharedMemorySegment("/SYSV", pages));

  constructor(seed: number) {
    this.#below = numbers(seed);
    for (let at = 0; at < PAGES - 600; at += 1 + this.#below(16)) {
      const pages = 1 + this.#below(4);
      at += pages;
      fix(this.space, at, pages);
    }
  }

  /** An address in the arena, most often a border of an area. */
  #somewhere(): number {
    const address = down(this.#below(PAGES) - 20);
    const area = [...this.space.areas()].find((vma) => vma.end > address);
    if (area === undefined || this.#below(4) === 0) return address;
    return this.#below(3) === 0 ? area.end : area.start;
  }

  #place(): void {
    const below = this.#below;
    const kind = below(12);
    const pages = below(20) === 0 ? 512 : below(6) === 0 ? 33 + below(60) : 1 + below(40);
    if (top(this.space, pages) < this.space.mm.mmapBase) this.shortened += 1;
    if (kind === 0) place(this.space, pages, ANONYMOUS, this.#somewhere());
    else if (kind === 1) place(this.space, pages, ANONYMOUS | MAP_32BIT);
    else if (kind === 2) place(this.space, 1 + below(6), ANONYMOUS | MAP_GROWSDOWN);
    else if (kind === 3) place(this.space, pages, MAP_SHARED | MAP_ANONYMOUS);
    else place(this.space, pages);
  }

  #remap(): void {
    const below = this.#below;
    const { space } = this;
    const from = this.#somewhere();
    const length = (1 + below(8)) * PAGE_SIZE;
    const kind = below(4);
    const keep = MREMAP_MAYMOVE | MREMAP_DONTUNMAP;
    const flags = [MREMAP_MAYMOVE, MREMAP_MAYMOVE | MREMAP_FIXED, keep, 0][kind] ?? 0;
    const newLength = kind === 2 ? length : (1 + below(12)) * PAGE_SIZE;
    const to = kind === 1 ? this.#somewhere() : 0;
    const copied = space.fork().mremap(from, length, newLength, flags, to);
    expect(space.mremap(from, length, newLength, flags, to)).toBe(copied);
  }

  #turn(): void {
    const below = this.#below;
    const { space } = this;
    const kind = below(40);
    if (kind === 0) {
      this.space = space.fork();
      this.#snapshot = null;
    } else if (kind < 4) {
      this.#snapshot?.dispose();
      this.#snapshot = space.snapshot();
    } else if (kind < 7) {
      if (this.#snapshot?.isValid) space.restore(this.#snapshot);
    } else if (kind < 10) space.mm.mmapBase = down(below(50) - 5);
    else if (kind < 12) space.mm.limits.mmapMinAddr = down(PAGES - below(200));
    else if (kind < 13) space.mm.limits.stackGuardGapPages = below(2 * GUARD);
    else space.brk(space.mm.startBrk + below(60) * PAGE_SIZE);
  }

  call(): void {
    const below = this.#below;
    const { space } = this;
    const kind = below(24);
    if (kind < 9) this.#place();
    else if (kind < 14) {
      const pages = 1 + below(below(4) === 0 ? 120 : 12);
      space.munmap(this.#somewhere(), pages * PAGE_SIZE);
    } else if (kind < 16) this.#remap();
    else if (kind < 18) this.#turn();
    else if (kind < 20) space.fault(this.#somewhere() - (1 + below(3)) * PAGE_SIZE, true);
    else if (kind === 20) {
      const call = { length: (1 + below(9)) * PAGE_SIZE, prot: PROT_NONE, flags: ANONYMOUS | MAP_FIXED };
      space.mmap({ address: this.#somewhere(), ...call });
    } else if (kind === 21) {
      const segment = this.#segments[below(3)] as SharedMemorySegment;
      const copied = space.fork().shmat(segment, 0, 0);
      expect(space.shmat(segment, 0, 0)).toBe(copied);
    } else if (kind === 22) {
      const shared = [...space.areas()].filter((vma) => vma.file?.kind === "sysv");
      if (shared.length > 0) space.shmdt(shared[below(shared.length)]?.start ?? 0);
    } else space.mprotect(this.#somewhere(), (1 + below(4)) * PAGE_SIZE, RW);
  }
}

describe("any calls", () => {
  it.each([1, 2, 3, 4])("find the rooms that a search from the top finds: seed %i", (seed) => {
    const caller = new Caller(seed);
    for (let i = 0; i < 1500; i += 1) {
      caller.call();
      expect(caller.space.validate()).toEqual([]);
    }
    expect(caller.shortened).toBeGreaterThan(200);
  });
});
