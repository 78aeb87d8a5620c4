// Records of areas that are gone are used again, but never one that somebody may hold.
import { describe, expect, it } from "vitest";
import { defaultLimits } from "../src/abi/limits.js";
import { profile } from "../src/abi/profile.js";
import { DefaultHost } from "../src/host.js";
import {
  AddressSpace,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  OpenFile,
  PAGE_SIZE,
  PROT_NONE,
  PROT_READ,
  PROT_WRITE,
} from "../src/index.js";
import { Mm } from "../src/mm.js";
import { AnonVma } from "../src/object/anon-vma.js";
import { Vma } from "../src/object/vma.js";

const BASE = 2 ** 33;
const RW = PROT_READ | PROT_WRITE;
const ANONYMOUS = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;

const at = (page: number): number => BASE + page * PAGE_SIZE;

function map(space: AddressSpace, page: number, pages = 1): void {
  const call = { address: at(page), length: pages * PAGE_SIZE, prot: RW, flags: ANONYMOUS };
  expect(space.mmap(call)).toBe(at(page));
}

/** A space whose record only this test has; it says itself that it keeps no area. */
function observed(): { readonly space: AddressSpace; readonly areaAt: (page: number) => Vma | undefined } {
  const mm = new Mm(profile("6.18"), defaultLimits(), new DefaultHost());
  const space = new AddressSpace(mm);
  mm.spare.seenUpTo = 0;
  return { space, areaAt: (page) => mm.tree.get(at(page)) };
}

describe("the record of an area that is gone", () => {
  it("is renewed in every field", () => {
    const vma = new Vma(1, at(0), at(4), 7, 3, 5);
    vma.file = new OpenFile({ path: "/a/file" });
    vma.takeAnon(new AnonVma(1));
    vma.anonName = "a name";
    vma.writeMark = 9;
    vma.renew(2, at(8), at(9), 11, 1, 0);
    expect(vma).toStrictEqual(new Vma(2, at(8), at(9), 11, 1, 0));
  });

  it("becomes the next area's, as if it were new", () => {
    const { space, areaAt } = observed();
    map(space, 0, 4);
    space.fault(at(0), true);
    const old = areaAt(0);
    const id = old?.id ?? 0;
    space.munmap(at(0), 4 * PAGE_SIZE);
    map(space, 10, 2);
    const fresh = areaAt(10);
    expect(fresh).toBe(old);
    expect(fresh?.id).toBeGreaterThan(id);
    expect([fresh?.start, fresh?.end, fresh?.pgoff]).toEqual([at(10), at(12), at(10) / PAGE_SIZE]);
    expect([fresh?.anonVma, fresh?.anonChainLength, fresh?.file, fresh?.isPlain]).toEqual([
      null,
      0,
      null,
      true,
    ]);
    expect(space.validate()).toEqual([]);
  });

  it("becomes a part of another area, or is that of one that another has taken", () => {
    const { space, areaAt } = observed();
    map(space, 0, 4);
    map(space, 8);
    const gone = areaAt(8);
    space.munmap(at(8), PAGE_SIZE);
    space.mprotect(at(2), 2 * PAGE_SIZE, PROT_NONE);
    const parts = [areaAt(0), areaAt(2)];
    expect(parts).toContain(gone);
    space.mprotect(at(2), 2 * PAGE_SIZE, RW);
    expect([space.mapCount, areaAt(0)?.end]).toEqual([1, at(4)]);
    map(space, 20);
    expect(parts).toContain(areaAt(20));
    expect(space.validate()).toEqual([]);
  });

  it("is not used again by the call that the area went with", () => {
    const { space, areaAt } = observed();
    map(space, 0);
    const old = areaAt(0);
    map(space, 0);
    expect(areaAt(0)).not.toBe(old);
    map(space, 5);
    expect(areaAt(5)).toBe(old);
  });

  it("is kept up to a bound", () => {
    const { space, areaAt } = observed();
    const pages = Array.from({ length: 2000 }, (_, i) => i * 2);
    for (const page of pages) map(space, page);
    const old = new Set(pages.map(areaAt));
    space.munmap(at(0), 4000 * PAGE_SIZE);
    for (const page of pages) map(space, page);
    expect(pages.filter((page) => old.has(areaAt(page)))).toHaveLength(1024);
  });

  it.each<[string, (space: AddressSpace) => Vma | null | undefined]>([
    ["areaAt", (space) => space.areaAt(at(0))],
    ["areas", (space) => [...space.areas()][0]],
    ["the first step of areas", (space) => space.areas().next().value],
    ["the record", (space) => space.mm.tree.get(at(0))],
  ])("stays its own once %s has handed it out", (_, look) => {
    const space = new AddressSpace({ kernel: "6.18" });
    map(space, 0);
    const held = look(space);
    const id = held?.id;
    expect(held?.start).toBe(at(0));
    space.munmap(at(0), PAGE_SIZE);
    for (let page = 0; page < 20; page += 2) map(space, page);
    expect([...space.areas()]).not.toContain(held);
    expect(held?.id).toBe(id);
  });

  it("stays its own when hooks of its mapping were given it, in the parent or in the child", () => {
    const held = new Map<Vma, number>();
    const keep = (vma: Vma): void => {
      held.set(vma, vma.id);
    };
    const space = new AddressSpace({ kernel: "6.18" });
    const call = { address: at(0), length: 3 * PAGE_SIZE, prot: RW, flags: ANONYMOUS };
    expect(space.mmap({ ...call, ops: { open: keep, close: keep } })).toBe(at(0));
    const child = space.fork();
    for (const each of [child, space]) {
      each.munmap(at(1), PAGE_SIZE);
      each.munmap(at(0), 3 * PAGE_SIZE);
      for (let page = 0; page < 20; page += 2) map(each, page);
      for (const vma of held.keys()) expect([...each.areas()]).not.toContain(vma);
    }
    expect(held.size).toBe(6);
    for (const [vma, id] of held) expect(vma.id).toBe(id);
  });

  it("stays its own when it was put there, given to a child or remembered by a snapshot", () => {
    const space = new AddressSpace({ kernel: "6.18" });
    const held: (readonly [Vma, number])[] = [];
    const keep = (vma: Vma): void => {
      held.push([vma, vma.id]);
    };
    keep(space.addArea({ start: at(0), end: at(1), flags: 0x73 }));
    const child = space.fork();
    for (const vma of child.areas()) keep(vma);
    expect(held).toHaveLength(2);
    for (const each of [space, child]) {
      each.munmap(at(0), 10 * PAGE_SIZE);
      for (let page = 0; page < 20; page += 2) map(each, page);
      for (const [vma, id] of held) {
        expect([...each.areas()]).not.toContain(vma);
        expect(vma.id).toBe(id);
      }
    }
    map(space, 30);
    const snapshot = space.snapshot();
    const before = [...space.areas()].map(({ id }) => id);
    space.munmap(at(0), 40 * PAGE_SIZE);
    for (let page = 0; page < 20; page += 2) map(space, page);
    space.restore(snapshot);
    expect([...space.areas()].map(({ id }) => id)).toEqual(before);
    expect(space.validate()).toEqual([]);
  });
});
