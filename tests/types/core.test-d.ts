// What the compiler promises users of @vma/core and its entries. Checked against the sources by `npm run typecheck`,
// and against the packed packages by tools/pack-check.mjs.
import {
  AddressSpace,
  type AreaEvent,
  errnoName,
  type KERNEL_RULES,
  type KernelProfile,
  type KernelRules,
  type MergeGeometry,
  type MmapCall,
  PROFILES,
  profileForRelease,
  REASON_CODES,
  type ReasonCode,
  reasonCodes,
  type Vma,
} from "@vma/core";
import { onMark, validateMm } from "@vma/core/debug";
import { DefaultHost, type Host, MergeRequest, type MergeState, mergeNewRange } from "@vma/core/engine";
import { describe, expectTypeOf, it } from "vitest";

const space = new AddressSpace();

describe("an address space", () => {
  it("answers calls with numbers", () => {
    expectTypeOf(space.mmap).returns.toBeNumber();
    expectTypeOf(space.munmap).toEqualTypeOf<(address: number, length: number) => number>();
    expectTypeOf(space.brk).parameters.toEqualTypeOf<[address: number]>();
    expectTypeOf(errnoName).returns.toBeString();
    // @ts-expect-error addresses are numbers, not bigints
    space.munmap(0n, 4096);
  });

  it("takes mmap's arguments by name, the first four of them always", () => {
    expectTypeOf(space.mmap).parameter(0).toEqualTypeOf<MmapCall>();
    const call = { address: 0, length: 4096, prot: 1, flags: 0x22 };
    expectTypeOf(call).toExtend<MmapCall>();
    // @ts-expect-error the length is missing
    space.mmap({ address: 0, prot: 1, flags: 0x22 });
    // @ts-expect-error an offset is in pages and called pgoff
    space.mmap({ ...call, offset: 4096 });
    // @ts-expect-error absent and undefined are not the same
    space.mmap({ ...call, pgoff: undefined });
  });

  it("is of a kernel given by name, release or profile", () => {
    new AddressSpace({ kernel: "6.18" });
    new AddressSpace({ kernel: profileForRelease("6.12.1").profile });
    // @ts-expect-error a version is text: 6.10 is not 6.1
    new AddressSpace({ kernel: 6.1 });
  });

  it("shows its areas and lets nobody change what it counts", () => {
    expectTypeOf(space.areas()).toEqualTypeOf<IterableIterator<Vma>>();
    expectTypeOf(space.areaAt(0)).toEqualTypeOf<Vma | null>();
    // @ts-expect-error counted by the engine
    space.mapCount = 1;
    // @ts-expect-error it stays the one it was made for
    space.profile = PROFILES[0];
  });

  it("forks into another one", () => {
    expectTypeOf(space.fork()).toEqualTypeOf<AddressSpace>();
  });
});

describe("events", () => {
  it("are told apart by their kind", () => {
    space.onEvent((event) => {
      expectTypeOf(event).toEqualTypeOf<AreaEvent>();
      if (event.kind === "merged") {
        expectTypeOf(event.geometry).toEqualTypeOf<MergeGeometry>();
        expectTypeOf(event.removed).toEqualTypeOf<readonly number[]>();
      } else if (event.kind === "refused") {
        expectTypeOf(event.leftReasons).toBeNumber();
      } else {
        // @ts-expect-error only merges have a geometry
        event.geometry;
      }
    });
    space.onEvent(null);
  });

  it("are all kinds there are", () => {
    expectTypeOf<AreaEvent["kind"]>().toEqualTypeOf<
      "created" | "grew" | "shrank" | "split" | "merged" | "refused" | "changed" | "removed"
    >();
  });
});

describe("reasons", () => {
  it("are a closed set of codes, each with a bit", () => {
    expectTypeOf(REASON_CODES).toEqualTypeOf<Readonly<Record<ReasonCode, number>>>();
    expectTypeOf(reasonCodes(3)).toEqualTypeOf<ReasonCode[]>();
    // @ts-expect-error the code is "flags"
    REASON_CODES.flag;
  });
});

describe("kernels", () => {
  it("differ by the rules of KernelRules and no others", () => {
    expectTypeOf<keyof typeof KERNEL_RULES>().toEqualTypeOf<keyof KernelRules>();
    expectTypeOf<Exclude<keyof KernelProfile, keyof KernelRules>>().toEqualTypeOf<"name" | "versions">();
    // @ts-expect-error a profile is data that nobody changes
    (PROFILES[0] as KernelProfile).seal = true;
  });
});

describe("the engine below the calls", () => {
  it("has one seam, all of which an implementation must have", () => {
    expectTypeOf<DefaultHost>().toExtend<Host>();
    expectTypeOf<{ allocateArea: () => boolean }>().not.toExtend<Host>();
  });

  it("leaves the outcome in the request", () => {
    expectTypeOf<MergeRequest["state"]>().toEqualTypeOf<MergeState>();
    expectTypeOf<MergeState>().toEqualTypeOf<"start" | "nomerge" | "nomem" | "success">();
    expectTypeOf(mergeNewRange).toEqualTypeOf<(request: MergeRequest) => Vma | null>();
    expectTypeOf(MergeRequest).instance.toHaveProperty("leftReasons").toBeNumber();
    expectTypeOf(DefaultHost).toBeConstructibleWith();
  });

  it("is checked from nothing, with findings as sentences", () => {
    expectTypeOf(validateMm).returns.toEqualTypeOf<string[]>();
    expectTypeOf(onMark).parameter(0).toEqualTypeOf<((name: string) => void) | undefined>();
  });
});
