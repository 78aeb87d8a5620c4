// Areas without records against areas with: the same calls on two address spaces, one of which checks itself, so that all
// its areas have records and go the longer way. After every call both have the same areas and counters.
import { describe, expect, it } from "vitest";
import {
  AddressSpace,
  ENOMEM,
  MADV_COLD,
  MADV_DOFORK,
  MADV_DONTFORK,
  MADV_DONTNEED,
  MADV_DONTNEED_LOCKED,
  MADV_PAGEOUT,
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
  reasonCodes,
  Tally,
  VM_ACCOUNT,
  VM_MAYEXEC,
  VM_MAYREAD,
  VM_MAYWRITE,
  VM_READ,
  VM_WRITE,
} from "../src/index.js";
import { type StepSink, StepTeller } from "../src/object/event.js";
import { numbers, stateOf } from "./support/both-ways.js";

const ARENA = 2 ** 33;
const PAGES = 64;
const HEAP = 2 ** 40;
/** Rounds of random calls for each kernel and setting. */
const ROUNDS = 8;
/** Kinds of calls that are drawn, and those that memory without records is for, which come first. */
const KINDS = 32;
const COMMON_KINDS = 26;
const DROPPING = [MADV_DONTNEED, MADV_DONTNEED_LOCKED, MADV_COLD, MADV_PAGEOUT];
const PROTECTIONS = [0, PROT_READ, PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE, PROT_READ | PROT_EXEC];

/** Small areas side by side: mapped by calls, or put there with records, some written to, some with a flag that sticks. */
function fill(space: AddressSpace, below: (n: number) => number, records: boolean): void {
  const may = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
  for (let page = 0; page < PAGES; ) {
    const end = page + 1 + below(3);
    const sticky = below(2) === 0 ? space.profile.stickyFlags : 0;
    const access = below(2) === 0 ? VM_READ : VM_READ | VM_WRITE | VM_ACCOUNT;
    const [start, stop] = [ARENA + page * PAGE_SIZE, ARENA + end * PAGE_SIZE];
    page = end;
    if (below(8) === 0) continue;
    const written = below(2) === 0;
    if (records) space.addArea({ start, end: stop, flags: may | access | sticky, anonVma: written });
    else {
      const flags = MAP_FIXED | MAP_ANONYMOUS | MAP_PRIVATE;
      space.mmap({ address: start, length: stop - start, prot: access & (PROT_READ | PROT_WRITE), flags });
      if (written) space.fault(start, true);
    }
  }
}

/** How many areas have no record. */
function cellCount(space: AddressSpace): number {
  return [...space.mm.map.values()].filter((cell) => typeof cell === "number").length;
}

type Call = (space: AddressSpace, file: OpenFile) => number;

/** A call on any range, or on exactly the range of an area or of the hole above one. */
function randomCall(
  space: AddressSpace,
  below: (n: number) => number,
  kinds: number,
): { text: string; call: Call } {
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
  const kind = below(kinds);
  const text = `kind ${kind}: ${pages} pages at ${page}, prot ${prot}`;
  const flags = MAP_FIXED | MAP_ANONYMOUS;
  const choose = (): Call => {
    if (kind < 6) return (space) => space.mmap({ address: at, length, prot, flags: flags | MAP_PRIVATE });
    if (kind < 16) return (space) => space.mprotect(at, length, prot);
    if (kind < 20) return (space) => space.munmap(at, length);
    if (kind < 22) return (space) => space.fault(at, true);
    if (kind === 22) return (space) => space.madvise(at, length, DROPPING[page & 3] ?? 0);
    if (kind === 23) return (space) => space.brk(HEAP + below4(page) * PAGE_SIZE);
    if (kind === 24)
      return (space) =>
        space.mremap(
          at,
          length,
          length + PAGE_SIZE * ((page & 3) - 1),
          (page & 4) === 0 ? 0 : MREMAP_MAYMOVE,
        );
    if (kind === 26) return (space) => space.mremap(at, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, ARENA);
    if (kind === 25)
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

/** Asks an address space all that may be asked in the midst of a call. */
function lookAround(space: AddressSpace): void {
  const areas = [...space.areas()];
  for (const { id, start, end } of areas) {
    expect(space.areaAt(start)).toMatchObject({ id, start, end });
    expect(space.isMapped(start, end)).toBe(true);
  }
  expect([...space.images()].map(({ start, end }) => [start, end])).toEqual(
    areas.map(({ start, end }) => [start, end]),
  );
}

/** Hears what happens. */
class Told implements StepSink {
  steps: unknown[] = [];
  readonly #names = new Map<number, number>();
  /** Done at each step. */
  atStep: () => void = () => {};

  /** What was told since this was last asked. */
  take(): unknown[] {
    const { steps } = this;
    this.steps = [];
    return steps;
  }

  #tell(what: string, ids: number[], ...others: unknown[]): void {
    this.atStep();
    this.steps.push([what, ...ids.map((id) => this.#nameOf(id)), ...others]);
  }

  /** Areas by the order in which they were first told of: when an area gets its number is not a matter of the rules. */
  #nameOf(id: number): number {
    if (id === 0) return 0;
    const name = this.#names.get(id) ?? this.#names.size + 1;
    this.#names.set(id, name);
    return name;
  }

  created(id: number, ...range: number[]): void {
    this.#tell("created", [id], ...range);
  }

  grew(id: number, ...ranges: number[]): void {
    this.#tell("grew", [id], ...ranges);
  }

  shrank(id: number, ...ranges: number[]): void {
    this.#tell("shrank", [id], ...ranges);
  }

  split(id: number, piece: number, at: number): void {
    this.#tell("split", [id, piece], at);
  }

  merged(geometry: string, survivor: number, removed: number, removedNext: number, ...range: number[]): void {
    this.#tell("merged", [survivor, removed, removedNext], geometry, ...range);
  }

  refused(
    start: number,
    end: number,
    prev: number,
    next: number,
    leftReasons: number,
    rightReasons: number,
  ): void {
    this.#tell("refused", [prev, next], start, end, reasonCodes(leftReasons), reasonCodes(rightReasons));
  }

  changed(id: number, ...flags: number[]): void {
    this.#tell("changed", [id], ...flags);
  }

  removed(id: number, ...range: number[]): void {
    this.#tell("removed", [id], ...range);
  }
}

describe.each(["6.1", "6.12", "6.18"])("plain memory on %s", (kernel) => {
  it.each([
    ["no limits", {}],
    ["few areas", { maxMapCount: 12 }],
    ["little memory", { addressSpace: 90 * PAGE_SIZE, data: 60 * PAGE_SIZE, commit: 70 * PAGE_SIZE }],
    ["soft-dirty pages", { softDirty: true }],
  ])("comes to the same with records and without, and tells and counts the same: %s", (limited, limits) => {
    let withoutRecord = 0;
    for (let seed = 1; seed <= ROUNDS; seed += 1) {
      const below = numbers(seed);
      const options = {
        kernel,
        startBrk: HEAP,
        limits: { anonNames: true, hugePages: "never", ...limits },
      } as const;
      let short = new AddressSpace(options);
      let long = new AddressSpace({ ...options, checked: true });
      const files = [short, long].map(() => new OpenFile({ path: "/a/file", kind: "regular", pages: 100 }));
      // Nobody listens, somebody is told, or counts.
      const ears = seed % 3 === 1 ? [new Told(), new Told()] : [];
      const tallies = seed % 3 === 2 ? [new Tally(), new Tally()] : [];
      const listen = (): void => {
        for (const [i, space] of [short, long].entries()) {
          const [ear, tally] = [ears[i], tallies[i]];
          if (ear !== undefined) space.mm.events = new StepTeller(ear);
          if (tally !== undefined) space.tallyIn(tally);
        }
        // Who looks around in the midst of a call changes nothing by it.
        const looked = short;
        if (seed % 6 === 1 && ears[0] !== undefined) ears[0].atStep = () => lookAround(looked);
      };
      listen();
      const records = seed % 4 === 1;
      fill(short, numbers(seed), records);
      fill(long, numbers(seed), records);
      const calls: string[] = [];
      for (let step = 0; step < 250; step += 1) {
        const { text, call } = randomCall(long, below, seed % 2 === 0 ? COMMON_KINDS : KINDS);
        calls.push(text);
        const results = [call(short, files[0] as OpenFile), call(long, files[1] as OpenFile)];
        const context = `${limited}, seed ${seed}, after ${calls.slice(-4).join("; ")}`;
        expect(results[0], context).toBe(results[1]);
        expect(stateOf(short), context).toEqual(stateOf(long));
        expect(ears[0]?.take(), context).toEqual(ears[1]?.take());
        expect(tallies[0]?.sums(), context).toEqual(tallies[1]?.sums());
        expect(short.validate(), context).toEqual([]);
        withoutRecord += cellCount(short);
        // Now and then somebody looks at one area, or at all.
        if (seed > 4 && step % 16 === 3) short.areaAt(ARENA + below(PAGES) * PAGE_SIZE);
        if (seed > 4 && step % 128 === 9) for (const _ of short.areas());
        if (step === 120 && seed % 2 === 0) {
          short = short.fork();
          long = long.fork();
          long.mm.checked = true;
          listen();
        }
      }
    }
    // Soft-dirty memory always has records.
    if (!("softDirty" in limits)) expect(withoutRecord).toBeGreaterThan(ROUNDS * 1200);
  });
});

describe("an mprotect over several areas at the limit", () => {
  it.each([false, true])("counts what its first areas have become once: with records %s", (checked) => {
    const space = new AddressSpace({ kernel: "6.18", checked });
    const anonymous = MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS;
    const at = (page: number): number => ARENA + page * PAGE_SIZE;
    const map = (page: number, pages: number, prot: number): void => {
      const call = { address: at(page), length: pages * PAGE_SIZE, prot, flags: anonymous };
      expect(space.mmap(call)).toBe(at(page));
    };
    map(0, 1, PROT_READ);
    map(1, 1, PROT_READ | PROT_WRITE);
    const file = new OpenFile({ path: "/a/file", pages: 100 });
    const call = { address: at(2), length: PAGE_SIZE, prot: PROT_READ, flags: MAP_FIXED | MAP_PRIVATE, file };
    expect(space.mmap({ ...call, pgoff: 50 })).toBe(at(2));
    map(3, 3, PROT_READ | PROT_WRITE);
    space.mm.limits.maxMapCount = 3;
    // The first area joins the one below it, the second is so already, and no third may be cut in two.
    expect(space.mprotect(at(1), 3 * PAGE_SIZE, PROT_READ)).toBe(-ENOMEM);
    expect([...space.images()].map(({ start, end }) => [start, end])).toEqual([
      [at(0), at(2)],
      [at(2), at(3)],
      [at(3), at(6)],
    ]);
    expect(space.validate()).toEqual([]);
  });
});
