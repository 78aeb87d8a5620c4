// At vm.max_map_count: which call fails with which errno, and what it leaves behind. The limit is lowered here; the
// rules are the kernel's: a split fails at the limit, a new mapping only above it.
import {
  AddressSpace,
  drawAreas,
  errnoName,
  MADV_DONTDUMP,
  MADV_DONTNEED,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  MREMAP_FIXED,
  MREMAP_MAYMOVE,
  PROT_NONE,
  PROT_READ,
  PROT_WRITE,
} from "@vma/core";
import { beforeEach, describe, expect, it } from "vitest";

const PAGE = 4096;
const LIMIT = 10;
let space: AddressSpace;

const call = (result: number): string => (result < 0 ? errnoName(result) : "ok");
const map = (page: number, pages: number, prot: number = PROT_READ | PROT_WRITE): string =>
  call(
    space.mmap({
      address: page * PAGE,
      length: pages * PAGE,
      prot,
      flags: MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
    }),
  );
const picture = (from: number, to: number): string => drawAreas(space.areas(), from * PAGE, to * PAGE).areas;

/** Areas of 6 pages at page 100 and of one page at every second page above, `count` in all. */
function fill(count: number): void {
  map(100, 6);
  for (let i = 1; i < count; i += 1) map(200 + 2 * i, 1);
  expect(space.mapCount).toBe(count);
}

beforeEach(() => {
  space = new AddressSpace({ kernel: "6.18", limits: { maxMapCount: LIMIT, mmapMinAddr: PAGE } });
});

describe("at the limit", () => {
  beforeEach(() => fill(LIMIT));

  it("one more mapping is made, and the next is refused", () => {
    expect(map(300, 1)).toBe("ok");
    expect(map(310, 1)).toBe("ENOMEM");
    expect(space.mapCount).toBe(LIMIT + 1);
  });

  it("mprotect of a part fails with ENOMEM and changes nothing", () => {
    const before = picture(99, 107);
    expect(call(space.mprotect(102 * PAGE, PAGE, PROT_READ))).toBe("ENOMEM");
    expect(picture(99, 107)).toBe(before);
  });

  it("mprotect of a whole area is fine", () => {
    expect(call(space.mprotect(100 * PAGE, 6 * PAGE, PROT_READ))).toBe("ok");
  });

  it("munmap of a middle fails with ENOMEM; of an end it does not", () => {
    expect(call(space.munmap(102 * PAGE, PAGE))).toBe("ENOMEM");
    expect(picture(99, 107)).toBe(".AAAAAA.");
    expect(call(space.munmap(105 * PAGE, PAGE))).toBe("ok");
    expect(picture(99, 107)).toBe(".AAAAA..");
  });

  it("madvise that splits fails with EAGAIN; advice on pages does not", () => {
    expect(call(space.madvise(102 * PAGE, PAGE, MADV_DONTDUMP))).toBe("EAGAIN");
    expect(call(space.madvise(102 * PAGE, PAGE, MADV_DONTNEED))).toBe("ok");
  });

  it("mlock of a part fails with ENOMEM", () => {
    expect(call(space.mlock(102 * PAGE, PAGE))).toBe("ENOMEM");
  });

  it("mremap that moves is refused", () => {
    expect(call(space.mremap(100 * PAGE, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, 400 * PAGE))).toBe(
      "ENOMEM",
    );
    expect(picture(99, 107)).toBe(".AAAAAA.");
  });
});

describe("one below the limit", () => {
  beforeEach(() => fill(LIMIT - 1));

  it("mprotect of a middle leaves its first split behind", () => {
    expect(call(space.mprotect(102 * PAGE, PAGE, PROT_NONE))).toBe("ENOMEM");
    expect(picture(99, 107)).toBe(".AABBBB.");
    expect(space.mapCount).toBe(LIMIT);
    expect(space.validate()).toEqual([]);
  });

  it("munmap of a middle works", () => {
    expect(call(space.munmap(102 * PAGE, PAGE))).toBe("ok");
    expect(picture(99, 107)).toBe(".AA.BBB.");
  });

  it("a merge needs no room", () => {
    expect(call(space.mprotect(100 * PAGE, 3 * PAGE, PROT_READ))).toBe("ok");
    expect(space.mapCount).toBe(LIMIT);
    expect(call(space.mprotect(103 * PAGE, 3 * PAGE, PROT_READ))).toBe("ok");
    expect(space.mapCount).toBe(LIMIT - 1);
  });
});
