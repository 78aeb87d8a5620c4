/** One recorded call carried out on an address space, and held against what the kernel returned. */

import {
  EINVAL,
  errnoName,
  isError,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_FIXED_NOREPLACE,
  MREMAP_FIXED,
  type OpenFile,
  SharedMemorySegment,
} from "@vma/core";
import {
  CALL_BRK,
  CALL_IO_DESTROY,
  CALL_IO_SETUP,
  CALL_MADVISE,
  CALL_MBIND,
  CALL_MLOCK,
  CALL_MLOCK2,
  CALL_MLOCKALL,
  CALL_MMAP,
  CALL_MPROTECT,
  CALL_MREMAP,
  CALL_MSEAL,
  CALL_MUNLOCK,
  CALL_MUNLOCKALL,
  CALL_MUNMAP,
  CALL_PKEY_MPROTECT,
  CALL_PRCTL,
  CALL_PRLIMIT64,
  CALL_REMAP_FILE_PAGES,
  CALL_SETRLIMIT,
  CALL_SHMAT,
  CALL_SHMDT,
  CALL_SHMGET,
} from "../strace/call-numbers.js";
import type { CallRecord } from "../strace/record.js";
import { CALL_MASK, FAILED, RECORDED, WIDTH } from "./batch-layout.js";
import { CallBatch, isToldWhole } from "./call-batch.js";
import { setLimit } from "./resource-limit.js";
import type { ReplaySpace } from "./seed.js";

/**
 * What applying a call came to:
 * - `agreed`: carried out; the result is the kernel's.
 * - `differs`: carried out; the result is not the kernel's.
 * - `skipped`: it changes no areas, or the kernel refused it for want of something only it knows.
 * - `unseen`: it makes areas the trace does not tell enough of.
 */
export type ApplyOutcome = "agreed" | "differs" | "skipped" | "unseen";

const PR_SET_VMA = 0x53564d41;
const PR_SET_MDWE = 65;
const PR_SET_MEMORY_MERGE = 67;

/** System V segments by shmid, shared by all processes of a recording. */
export type Segments = Map<number, SharedMemorySegment>;

/** Carries out calls on address spaces. One for each replay; the fields tell of the last call. */
export class CallApplier {
  readonly #segments: Segments;
  /** The mmap call being carried out: one record for all of them. */
  readonly #mapping = { address: 0, length: 0, prot: 0, flags: 0, file: null as OpenFile | null, pgoff: 0 };
  /** A call that comes alone. */
  readonly #alone = new CallBatch(1);
  // Addresses are infinite before the constructor sets them, and so doubles to the JS engine from the start.
  /** What the model returned for the last call, an address, 0 or a negative errno. */
  predicted: number = Number.POSITIVE_INFINITY;
  /** First byte the last call was about, and the first behind; both 0 when it names no range. */
  start: number = Number.POSITIVE_INFINITY;
  end: number = Number.POSITIVE_INFINITY;
  /** Mappings for which the search found the kernel's own place, of those where the kernel chose. */
  readonly placements: { total: number; exact: number } = { total: 0, exact: 0 };

  constructor(segments: Segments) {
    this.#segments = segments;
    this.predicted = 0;
    this.start = 0;
    this.end = 0;
  }

  /**
   * Carries out `record` on `target`. `file` is the open file behind the call's descriptor, when it has one.
   *
   * Where the kernel chose an address the mapping goes where the kernel put it. A mapping the kernel refused is not
   * made; other refused calls are carried out, for they change what comes before the place where they stop.
   */
  apply(target: ReplaySpace, record: CallRecord, file: OpenFile | null): ApplyOutcome {
    const batch = this.#alone;
    batch.count = 0;
    batch.put(record, file);
    return this.applyAt(target, batch, 0);
  }

  /** @internal Carries out one call of a batch, as `apply` does. */
  applyAt(target: ReplaySpace, batch: CallBatch, index: number): ApplyOutcome {
    this.predicted = 0;
    this.start = 0;
    this.end = 0;
    const { numbers } = batch;
    const head = batch.heads[index]!;
    const call = head & CALL_MASK;
    const at = index * WIDTH;
    if (!isToldWhole(head)) return "unseen";
    const { space } = target;
    const address = unsigned(numbers[at]!);
    const length = unsigned(numbers[at + 1]!);
    const third = numbers[at + 2]!;
    const recorded = numbers[at + RECORDED]!;
    switch (call) {
      case CALL_MMAP:
        return this.#mmap(target, batch, index, address, length);
      case CALL_MUNMAP:
        return this.#ranged(address, length, space.munmap(address, length), recorded);
      case CALL_MPROTECT:
        return this.#ranged(address, length, space.mprotect(address, length, third), recorded);
      case CALL_PKEY_MPROTECT: {
        const pkey = numbers[at + 3]!;
        if (pkey > 0) target.mm.protectionKeys.add(pkey);
        return this.#ranged(address, length, space.pkeyMprotect(address, length, third, pkey), recorded);
      }
      case CALL_MADVISE:
        return this.#ranged(address, length, space.madvise(address, length, third), recorded);
      case CALL_MLOCK:
        return this.#ranged(address, length, space.mlock(address, length), recorded);
      case CALL_MLOCK2:
        return this.#ranged(address, length, space.mlock2(address, length, third), recorded);
      case CALL_MUNLOCK:
        return this.#ranged(address, length, space.munlock(address, length), recorded);
      case CALL_MSEAL:
        return this.#ranged(address, length, space.mseal(address, length, third), recorded);
      case CALL_MLOCKALL:
        return this.#judge(space.mlockall(address), recorded);
      case CALL_MUNLOCKALL:
        return this.#judge(space.munlockall(), recorded);
      case CALL_BRK:
        return this.#brk(target, batch, index);
      case CALL_MREMAP:
        return this.#mremap(target, batch, index, address, length);
      case CALL_MBIND: {
        const mode = third;
        const policy = mode === 0 ? null : { text: `${mode}:${numbers[at + 3]}` };
        return this.#ranged(address, length, space.mbind(address, length, policy), recorded);
      }
      case CALL_REMAP_FILE_PAGES: {
        const predicted = space.remapFilePages(address, length, third, numbers[at + 3]!, numbers[at + 4]!);
        return this.#ranged(address, length, predicted, recorded);
      }
      case CALL_SHMGET:
        if ((head & FAILED) === 0 && !this.#segments.has(recorded)) {
          const name = `/SYSV${toKey(address)} (deleted)`;
          const pages = Math.max(1, Math.ceil(length / 4096));
          this.#segments.set(recorded, new SharedMemorySegment(name, pages, recorded));
        }
        return "agreed";
      case CALL_SHMAT:
        return this.#shmat(target, batch, index);
      case CALL_SHMDT:
        return this.#judge(space.shmdt(address), recorded);
      case CALL_PRCTL:
        return this.#prctl(target, batch, index);
      case CALL_PRLIMIT64:
        if ((head & FAILED) === 0 && address === 0) setLimit(target, length, third);
        return "skipped";
      case CALL_SETRLIMIT:
        if ((head & FAILED) === 0) setLimit(target, address, length);
        return "skipped";
      case CALL_IO_SETUP:
      case CALL_IO_DESTROY:
        return (head & FAILED) === 0 ? "unseen" : "skipped";
      default:
        return "skipped";
    }
  }

  #judge(predicted: number, recorded: number): ApplyOutcome {
    this.predicted = predicted;
    return predicted === recorded ? "agreed" : "differs";
  }

  #ranged(start: number, length: number, predicted: number, recorded: number): ApplyOutcome {
    this.start = start;
    this.end = start + length;
    return this.#judge(predicted, recorded);
  }

  #mmap(target: ReplaySpace, batch: CallBatch, index: number, address: number, length: number): ApplyOutcome {
    if ((batch.heads[index]! & FAILED) !== 0) return "skipped";
    const { numbers } = batch;
    const at = index * WIDTH;
    const flags = numbers[at + 3]!;
    const file = batch.fileAt(index);
    if ((flags & MAP_ANONYMOUS) === 0 && file === null) return "unseen";
    const recorded = numbers[at + RECORDED]!;
    const chosen = (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) === 0;
    if (chosen) target.mm.nextPlacement = recorded;
    const call = this.#mapping;
    call.address = address;
    call.length = length;
    call.prot = numbers[at + 2]!;
    call.flags = flags;
    call.file = file;
    call.pgoff = numbers[at + 5]! / 4096;
    const outcome = this.#ranged(recorded, length, target.space.mmap(call), recorded);
    if (chosen) this.#countPlacement(target, recorded);
    return outcome;
  }

  /** To be called after each call that was told where to put what it maps. */
  #countPlacement({ mm }: ReplaySpace, recorded: number): void {
    if (mm.nextPlacement < 0 && mm.searchedPlacement >= 0) {
      this.placements.total += 1;
      if (mm.searchedPlacement === recorded) this.placements.exact += 1;
    }
    mm.nextPlacement = -1;
    mm.searchedPlacement = -1;
  }

  #mremap(
    target: ReplaySpace,
    batch: CallBatch,
    index: number,
    address: number,
    oldLength: number,
  ): ApplyOutcome {
    const { numbers } = batch;
    const at = index * WIDTH;
    const flags = numbers[at + 3]!;
    const recorded = numbers[at + RECORDED]!;
    const failed = (batch.heads[index]! & FAILED) !== 0;
    const chosen = (flags & MREMAP_FIXED) === 0 && !failed && recorded !== numbers[at];
    if (chosen) target.mm.nextPlacement = recorded;
    const newAddress = numbers[at + 4]!;
    const newLength = unsigned(numbers[at + 2]!);
    const to = Number.isNaN(newAddress) ? 0 : newAddress;
    const predicted = target.space.mremap(address, oldLength, newLength, flags, to);
    const outcome = this.#ranged(failed ? -1 : recorded, newLength, predicted, recorded);
    if (chosen) this.#countPlacement(target, recorded);
    return outcome;
  }

  #brk(target: ReplaySpace, batch: CallBatch, index: number): ApplyOutcome {
    const { space, mm } = target;
    const at = index * WIDTH;
    const asked = batch.numbers[at]!;
    const recorded = batch.numbers[at + RECORDED]!;
    const result = (batch.heads[index]! & FAILED) !== 0 ? -1 : recorded;
    if (!target.heapKnown) learnHeap(target, asked, result);
    this.start = Math.min(mm.brk, result);
    this.end = Math.max(mm.brk, result);
    return this.#judge(space.brk(Number.isNaN(asked) ? 0 : asked), recorded);
  }

  #shmat(target: ReplaySpace, batch: CallBatch, index: number): ApplyOutcome {
    if ((batch.heads[index]! & FAILED) !== 0) return "skipped";
    const { numbers } = batch;
    const at = index * WIDTH;
    const segment = this.#segments.get(numbers[at]!);
    if (segment === undefined) return "unseen";
    const asked = numbers[at + 1]!;
    const address = Number.isNaN(asked) ? 0 : asked;
    const recorded = numbers[at + RECORDED]!;
    if (address === 0) target.mm.nextPlacement = recorded;
    const predicted = target.space.shmat(segment, address, numbers[at + 2]!);
    const outcome = this.#ranged(recorded, segment.pages * 4096, predicted, recorded);
    this.#countPlacement(target, recorded);
    return outcome;
  }

  #prctl(target: ReplaySpace, batch: CallBatch, index: number): ApplyOutcome {
    const { space } = target;
    const { numbers } = batch;
    const at = index * WIDTH;
    const option = numbers[at]!;
    const failed = (batch.heads[index]! & FAILED) !== 0;
    const recorded = numbers[at + RECORDED]!;
    if (option === PR_SET_VMA) {
      const start = numbers[at + 2]!;
      const length = numbers[at + 3]!;
      if (!failed) target.mm.limits.anonNames = true;
      else if (recorded === -EINVAL) return "skipped";
      return this.#ranged(start, length, space.setAnonName(start, length, batch.textAt(index)), recorded);
    }
    if (failed) return "skipped";
    if (option === PR_SET_MEMORY_MERGE)
      return this.#judge(space.setMemoryMerge(numbers[at + 1] !== 0), recorded);
    if (option === PR_SET_MDWE) space.setDenyWriteExec();
    return "skipped";
  }
}

/**
 * The first brk of a program tells where its heap is. A snapshot with a heap has told where that begins; then only
 * the exact break is missing, which a call that changes nothing returns.
 */
function learnHeap(target: ReplaySpace, asked: number, result: number): void {
  const { mm } = target;
  target.heapKnown = true;
  if (mm.startBrk === 0) mm.startBrk = result;
  else if (!(asked < mm.startBrk)) return;
  mm.brk = result;
}

/** An address or a length as the kernel takes it: it knows no negative ones. */
function unsigned(value: number): number {
  return value < 0 ? value + 2 ** 64 : value;
}

/** The result of a call in words: an address in hexadecimal, 0, or an errno name. */
export function resultText(result: number): string {
  if (isError(result)) return errnoName(result);
  return result === 0 ? "0" : `0x${result.toString(16)}`;
}

function toKey(key: number): string {
  return (key >>> 0).toString(16).padStart(8, "0");
}
