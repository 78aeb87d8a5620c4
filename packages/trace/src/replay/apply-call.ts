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
  CALL_SPECS,
} from "../strace/calls.js";
import { type CallRecord, RESULT_ERROR, RESULT_VALUE } from "../strace/record.js";
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

const RLIMIT_DATA = 2;
const RLIMIT_STACK = 3;
const RLIMIT_MEMLOCK = 8;
const RLIMIT_AS = 9;

/** System V segments by shmid, shared by all processes of a recording. */
export type Segments = Map<number, SharedMemorySegment>;

/** Carries out calls on address spaces. One for each replay; the fields tell of the last call. */
export class CallApplier {
  readonly #segments: Segments;
  /** The mmap call being carried out: one record for all of them. */
  readonly #mapping = { address: 0, length: 0, prot: 0, flags: 0, file: null as OpenFile | null, pgoff: 0 };
  /** What the model returned for the last call, an address, 0 or a negative errno. */
  predicted = 0;
  /** First byte the last call was about, and the first behind; both 0 when it names no range. */
  start = 0;
  end = 0;
  /** Mappings for which the search found the kernel's own place, of those where the kernel chose. */
  readonly placements: { total: number; exact: number } = { total: 0, exact: 0 };

  constructor(segments: Segments) {
    this.#segments = segments;
  }

  /**
   * Carries out `record` on `target`. `file` is the open file behind the call's descriptor, when it has one.
   *
   * Where the kernel chose an address the mapping goes where the kernel put it. A mapping the kernel refused is not
   * made; other refused calls are carried out, for they change what comes before the place where they stop.
   */
  apply(target: ReplaySpace, record: CallRecord, file: OpenFile | null): ApplyOutcome {
    this.predicted = 0;
    this.start = 0;
    this.end = 0;
    if (record.injected || (record.resultKind !== RESULT_VALUE && record.resultKind !== RESULT_ERROR)) {
      return "skipped";
    }
    if (!isToldWhole(record)) return "unseen";
    const { space } = target;
    const { args } = record;
    const address = unsigned(args[0] as number);
    const length = unsigned(args[1] as number);
    const third = args[2] as number;
    switch (record.call) {
      case CALL_MMAP:
        return this.#mmap(target, record, address, length, file);
      case CALL_MUNMAP:
        return this.#ranged(address, length, space.munmap(address, length), record);
      case CALL_MPROTECT:
        return this.#ranged(address, length, space.mprotect(address, length, third), record);
      case CALL_PKEY_MPROTECT: {
        const pkey = args[3] as number;
        if (pkey > 0) space.mm.protectionKeys.add(pkey);
        return this.#ranged(address, length, space.pkeyMprotect(address, length, third, pkey), record);
      }
      case CALL_MADVISE:
        return this.#ranged(address, length, space.madvise(address, length, third), record);
      case CALL_MLOCK:
        return this.#ranged(address, length, space.mlock(address, length), record);
      case CALL_MLOCK2:
        return this.#ranged(address, length, space.mlock2(address, length, third), record);
      case CALL_MUNLOCK:
        return this.#ranged(address, length, space.munlock(address, length), record);
      case CALL_MSEAL:
        return this.#ranged(address, length, space.mseal(address, length, third), record);
      case CALL_MLOCKALL:
        return this.#judge(space.mlockall(address), record);
      case CALL_MUNLOCKALL:
        return this.#judge(space.munlockall(), record);
      case CALL_BRK:
        return this.#brk(target, record);
      case CALL_MREMAP:
        return this.#mremap(target, record, address, length);
      case CALL_MBIND: {
        const mode = third;
        const policy = mode === 0 ? null : { text: `${mode}:${args[3]}` };
        return this.#ranged(address, length, space.mbind(address, length, policy), record);
      }
      case CALL_REMAP_FILE_PAGES:
        return this.#ranged(
          address,
          length,
          space.remapFilePages(address, length, third, args[3] as number, args[4] as number),
          record,
        );
      case CALL_SHMGET:
        if (record.resultKind === RESULT_VALUE && !this.#segments.has(record.result)) {
          const name = `/SYSV${toKey(address)} (deleted)`;
          const pages = Math.max(1, Math.ceil(length / 4096));
          this.#segments.set(record.result, new SharedMemorySegment(name, pages, record.result));
        }
        return "agreed";
      case CALL_SHMAT:
        return this.#shmat(target, record);
      case CALL_SHMDT:
        return this.#judge(space.shmdt(address), record);
      case CALL_PRCTL:
        return this.#prctl(target, record);
      case CALL_PRLIMIT64:
        if (record.resultKind === RESULT_VALUE && address === 0) setLimit(target, length, third);
        return "skipped";
      case CALL_SETRLIMIT:
        if (record.resultKind === RESULT_VALUE) setLimit(target, address, length);
        return "skipped";
      case CALL_IO_SETUP:
      case CALL_IO_DESTROY:
        return record.resultKind === RESULT_VALUE ? "unseen" : "skipped";
      default:
        return "skipped";
    }
  }

  #judge(predicted: number, record: CallRecord): ApplyOutcome {
    this.predicted = predicted;
    const recorded = record.resultKind === RESULT_ERROR ? -record.error : record.result;
    return predicted === recorded ? "agreed" : "differs";
  }

  #ranged(start: number, length: number, predicted: number, record: CallRecord): ApplyOutcome {
    this.start = start;
    this.end = start + length;
    return this.#judge(predicted, record);
  }

  #mmap(
    target: ReplaySpace,
    record: CallRecord,
    address: number,
    length: number,
    file: OpenFile | null,
  ): ApplyOutcome {
    if (record.resultKind === RESULT_ERROR) return "skipped";
    const { space } = target;
    const { args } = record;
    const flags = args[3] as number;
    const fixed = (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) !== 0;
    if ((flags & MAP_ANONYMOUS) === 0 && file === null) return "unseen";
    if (!fixed) space.mm.nextPlacement = record.result;
    const call = this.#mapping;
    call.address = address;
    call.length = length;
    call.prot = args[2] as number;
    call.flags = flags;
    call.file = file;
    call.pgoff = (args[5] as number) / 4096;
    const outcome = this.#ranged(record.result, length, space.mmap(call), record);
    this.#countPlacement(target, record.result);
    return outcome;
  }

  #countPlacement(target: ReplaySpace, recorded: number): void {
    const { mm } = target.space;
    if (mm.nextPlacement < 0 && mm.searchedPlacement >= 0) {
      this.placements.total += 1;
      if (mm.searchedPlacement === recorded) this.placements.exact += 1;
    }
    mm.nextPlacement = -1;
    mm.searchedPlacement = -1;
  }

  #mremap(target: ReplaySpace, record: CallRecord, address: number, oldLength: number): ApplyOutcome {
    const { space } = target;
    const { args } = record;
    const flags = args[3] as number;
    const fixed = (flags & MREMAP_FIXED) !== 0;
    const moved = record.resultKind === RESULT_VALUE && record.result !== args[0];
    if (!fixed && moved) space.mm.nextPlacement = record.result;
    const newAddress = Number.isNaN(args[4]) ? 0 : (args[4] as number);
    const newLength = unsigned(args[2] as number);
    const predicted = space.mremap(address, oldLength, newLength, flags, newAddress);
    const outcome = this.#ranged(record.result, newLength, predicted, record);
    this.#countPlacement(target, record.result);
    return outcome;
  }

  #brk(target: ReplaySpace, record: CallRecord): ApplyOutcome {
    const { space } = target;
    if (!target.heapKnown) learnHeap(target, record);
    const asked = record.args[0] as number;
    this.start = Math.min(space.mm.brk, record.result);
    this.end = Math.max(space.mm.brk, record.result);
    return this.#judge(space.brk(Number.isNaN(asked) ? 0 : asked), record);
  }

  #shmat(target: ReplaySpace, record: CallRecord): ApplyOutcome {
    if (record.resultKind === RESULT_ERROR) return "skipped";
    const { space } = target;
    const segment = this.#segments.get(record.args[0] as number);
    if (segment === undefined) return "unseen";
    const asked = record.args[1] as number;
    const address = Number.isNaN(asked) ? 0 : asked;
    if (address === 0) space.mm.nextPlacement = record.result;
    const predicted = space.shmat(segment, address, record.args[2] as number);
    const outcome = this.#ranged(record.result, segment.pages * 4096, predicted, record);
    this.#countPlacement(target, record.result);
    return outcome;
  }

  #prctl(target: ReplaySpace, record: CallRecord): ApplyOutcome {
    const { space } = target;
    const { args } = record;
    const option = args[0] as number;
    if (option === PR_SET_VMA) {
      const start = args[2] as number;
      const length = args[3] as number;
      const worked = record.resultKind === RESULT_VALUE;
      if (worked) space.mm.limits.anonNames = true;
      else if (record.error === EINVAL) return "skipped";
      return this.#ranged(start, length, space.setAnonName(start, length, record.text), record);
    }
    if (record.resultKind === RESULT_ERROR) return "skipped";
    if (option === PR_SET_MEMORY_MERGE) return this.#judge(space.setMemoryMerge(args[1] !== 0), record);
    if (option === PR_SET_MDWE) space.setDenyWriteExec();
    return "skipped";
  }
}

/**
 * The first brk of a program tells where its heap is. A snapshot with a heap has told where that begins; then only
 * the exact break is missing, which a call that changes nothing returns.
 */
function learnHeap(target: ReplaySpace, record: CallRecord): void {
  const { mm } = target.space;
  target.heapKnown = true;
  if (mm.startBrk === 0) mm.startBrk = record.result;
  else if (!(record.args[0]! < mm.startBrk)) return;
  mm.brk = record.result;
}

/** How many arguments of a call the model goes by; they have to be numbers. */
const ARGUMENTS: Uint8Array = new Uint8Array(CALL_SPECS.length);
for (const [call, count] of [
  [CALL_MMAP, 6],
  [CALL_MUNMAP, 2],
  [CALL_MPROTECT, 3],
  [CALL_PKEY_MPROTECT, 4],
  [CALL_MADVISE, 3],
  [CALL_MLOCK, 2],
  [CALL_MLOCK2, 3],
  [CALL_MUNLOCK, 2],
  [CALL_MSEAL, 2],
  [CALL_MLOCKALL, 1],
  [CALL_MREMAP, 4],
  [CALL_MBIND, 3],
  [CALL_REMAP_FILE_PAGES, 5],
] as const) {
  ARGUMENTS[call] = count;
}

/** Whether the line holds every number that the model needs; a damaged one may not. */
function isToldWhole({ call, args }: CallRecord): boolean {
  const count = ARGUMENTS[call]!;
  for (let slot = 0; slot < count; slot++) if (Number.isNaN(args[slot])) return false;
  return true;
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

function setLimit(target: ReplaySpace, resource: number, soft: number): void {
  if (Number.isNaN(soft)) return;
  const { limits } = target.space.mm;
  const value = soft >= 2 ** 63 ? Number.POSITIVE_INFINITY : soft;
  if (resource === RLIMIT_DATA) limits.data = value;
  else if (resource === RLIMIT_STACK) limits.stack = value;
  else if (resource === RLIMIT_MEMLOCK) limits.memlock = value;
  else if (resource === RLIMIT_AS) limits.addressSpace = value;
}
