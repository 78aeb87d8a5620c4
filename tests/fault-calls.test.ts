// Every fallible step of every call of an address space fails once, on three kernels.
//
// Strategy and invariants are those of fault.test.ts. Where a call keeps what it did to the first areas or ends of its
// range, as the kernel's does, only pages and counters are compared with what was before.
import {
  AddressSpace,
  MADV_DONTFORK,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  MAP_SHARED,
  MREMAP_FIXED,
  MREMAP_MAYMOVE,
  OpenFile,
  PROT_NONE,
  PROT_READ,
  PROT_WRITE,
  SharedMemorySegment,
  type Vma,
} from "@vma/core";
import { failEachStep, StubHost } from "@vma/testkit";
import { describe, expect, it } from "vitest";

const PAGE = 4096;
const AT = 0x10_0000_0000;
const RW = PROT_READ | PROT_WRITE;
const PRIVATE = MAP_PRIVATE | MAP_ANONYMOUS;
const FIXED = PRIVATE | MAP_FIXED;

interface CallCase {
  /** Brings the address space to where the call is made. */
  readonly before: (space: AddressSpace, file: OpenFile, segment: SharedMemorySegment) => void;
  readonly call: (space: AddressSpace, file: OpenFile, segment: SharedMemorySegment) => number;
  /** The kernel keeps what it did to the first areas or ends of the range, so only pages are the same. */
  readonly partial?: true;
  /** What it answers without memory, when that is not ENOMEM. */
  readonly failure?: number;
}

const three = (space: AddressSpace): void => {
  for (const [index, prot] of [RW, PROT_READ, RW].entries()) {
    space.mmap({ address: AT + index * 4 * PAGE, length: 4 * PAGE, prot, flags: FIXED });
  }
};
const one = (space: AddressSpace): void => {
  space.mmap({ address: AT, length: 8 * PAGE, prot: RW, flags: FIXED });
  space.fault(AT, true);
};
const mapped = (space: AddressSpace, file: OpenFile): void => {
  space.mmap({ address: AT, length: 8 * PAGE, prot: RW, flags: MAP_SHARED | MAP_FIXED, file });
};

const calls: Record<string, CallCase> = {
  "mmap into nothing": {
    before: () => {},
    call: (space) => space.mmap({ address: AT, length: 4 * PAGE, prot: RW, flags: FIXED }),
  },
  "mmap of a file": {
    before: () => {},
    call: (space, file) =>
      space.mmap({ address: AT, length: PAGE, prot: RW, flags: MAP_SHARED | MAP_FIXED, file }),
  },
  "mmap beside an area": {
    before: one,
    call: (space) => space.mmap({ address: AT + 8 * PAGE, length: PAGE, prot: PROT_NONE, flags: FIXED }),
  },
  "munmap of the middle": {
    before: one,
    call: (space) => space.munmap(AT + 2 * PAGE, 2 * PAGE),
    partial: true,
  },
  "munmap of several areas": {
    before: three,
    call: (space) => space.munmap(AT + 2 * PAGE, 8 * PAGE),
    partial: true,
  },
  "munmap of a file": { before: mapped, call: (space) => space.munmap(AT, 8 * PAGE) },
  "mprotect of the middle": {
    before: one,
    call: (space) => space.mprotect(AT + 2 * PAGE, 2 * PAGE, PROT_READ),
    partial: true,
  },
  "mprotect that merges": { before: three, call: (space) => space.mprotect(AT + 4 * PAGE, 4 * PAGE, RW) },
  "brk up": { before: () => {}, call: (space) => grown(space, 0x50_0000) },
  "brk down": {
    before: (space) => space.brk(0x50_0000),
    call: (space) => grown(space, 0x48_0000),
    partial: true,
  },
  "mremap in place": { before: one, call: (space) => space.mremap(AT, 8 * PAGE, 12 * PAGE, MREMAP_MAYMOVE) },
  "mremap smaller": { before: one, call: (space) => space.mremap(AT, 8 * PAGE, 4 * PAGE, 0), partial: true },
  "mremap elsewhere": {
    before: one,
    call: (space) => space.mremap(AT, 8 * PAGE, 8 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, AT + 64 * PAGE),
    partial: true,
  },
  "madvise of the middle": {
    before: one,
    call: (space) => space.madvise(AT + 2 * PAGE, 2 * PAGE, MADV_DONTFORK),
    // madvise tells its callers to try again.
    failure: -11,
    partial: true,
  },
  "mlock of the middle": {
    before: one,
    call: (space) => space.mlock(AT + 2 * PAGE, 2 * PAGE),
    partial: true,
  },
  "munlock of the middle": {
    before: (space) => {
      one(space);
      space.mlock(AT, 8 * PAGE);
    },
    call: (space) => space.munlock(AT + 2 * PAGE, 2 * PAGE),
    partial: true,
  },
  "mbind of the middle": {
    before: one,
    call: (space) => space.mbind(AT + 2 * PAGE, 2 * PAGE, { text: "bind:0" }),
    partial: true,
  },
  shmat: { before: () => {}, call: (space, _, segment) => space.shmat(segment, AT, 0) },
  "mprotect of part of a segment": {
    before: (space, _, segment) => space.shmat(segment, AT, 0),
    call: (space) => space.mprotect(AT, PAGE, PROT_READ),
    partial: true,
  },
};

/** Calls that the oldest kernel does not have. */
const newer: Record<string, CallCase> = {
  "mseal of the middle": {
    before: one,
    call: (space) => space.mseal(AT + 2 * PAGE, 2 * PAGE),
    partial: true,
  },
};

/** brk answers with the break there is: not the one asked for means refused. */
function grown(space: AddressSpace, to: number): number {
  return space.brk(to) === to ? 0 : -12;
}

function told(vma: Vma): unknown {
  const { start, end, pgoff, flags, flagsHigh, file, policy, anonVma, anonChain } = vma;
  return {
    start,
    end,
    pgoff,
    flags,
    flagsHigh,
    file: file?.path,
    policy: policy?.text,
    anon: anonVma?.id,
    chain: anonChain.length,
  };
}

function snapshot(space: AddressSpace): unknown {
  const { mapCount, totalVm, lockedVm, dataVm, execVm, stackVm, committed, brk } = space.mm;
  return {
    areas: [...space.areas()].map(told),
    mapCount,
    totalVm,
    lockedVm,
    dataVm,
    execVm,
    stackVm,
    committed,
    brk,
  };
}

/** What each page is, and the counters that pages add up to. */
function pages(space: AddressSpace): unknown {
  const { totalVm, lockedVm, dataVm, execVm, stackVm, committed, brk } = space.mm;
  const table: Record<number, unknown> = {};
  for (const vma of space.areas()) {
    for (let at = vma.start; at < vma.end; at += PAGE) {
      table[at] = [
        vma.pgoff + (at - vma.start) / PAGE,
        vma.flags,
        vma.flagsHigh,
        vma.file?.path,
        vma.policy?.text,
      ];
    }
  }
  return { table, totalVm, lockedVm, dataVm, execVm, stackVm, committed, brk };
}

describe.each([
  { kernel: "6.1", known: calls },
  { kernel: "6.12", known: { ...calls, ...newer } },
  { kernel: "6.18", known: { ...calls, ...newer } },
])("the calls, on $kernel", ({ kernel, known }) => {
  it.each(Object.entries(known))("%s", (_, { before, call, partial, failure }) => {
    const ready = (): {
      space: AddressSpace;
      host: StubHost;
      file: OpenFile;
      segment: SharedMemorySegment;
    } => {
      const host = new StubHost();
      const space = new AddressSpace({ kernel, host, startBrk: 0x40_0000 });
      const file = new OpenFile({ path: "/data" });
      const segment = new SharedMemorySegment("/SYSV00000000", 3, 1);
      before(space, file, segment);
      host.restart();
      return { space, host, file, segment };
    };
    const whole = ready();
    const result = call(whole.space, whole.file, whole.segment);
    expect(result, "the call itself").toBeGreaterThanOrEqual(0);

    const steps = failEachStep((plan, step) => {
      const { space, host, file, segment } = ready();
      const held = [snapshot(space), pages(space)];
      host.restart(plan);
      const answer = call(space, file, segment);
      if (host.hit === null) return false;
      const where = `step ${step}, ${host.hit}`;
      expect(space.validate(), where).toEqual([]);
      expect(host.areasHeld, where).toBe(space.mapCount);
      const ofFile = [...space.areas()].filter((vma) => vma.file === file).length;
      expect(host.filesHeld.get(file), where).toBe(ofFile);
      expect(segment.nattch, where).toBe([...space.areas()].filter((vma) => vma.ops === segment.ops).length);
      if (answer >= 0) return true;
      expect(answer, where).toBe(failure ?? -12);
      if (partial === undefined) expect(snapshot(space), where).toEqual(held[0]);
      else expect(pages(space), where).toEqual(held[1]);

      host.restart();
      expect(call(space, file, segment), where).toBe(result);
      expect(pages(space), where).toEqual(pages(whole.space));
      expect(space.validate(), where).toEqual([]);
      return true;
    });
    expect(steps).toBeGreaterThan(0);
  });
});
