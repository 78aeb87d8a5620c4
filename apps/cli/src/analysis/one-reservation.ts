/**
 * What if all memory that the program asked the kernel for came out of one reservation?
 *
 * Each program reserves one region up front, without rights (mmap PROT_NONE, MAP_NORESERVE). Private anonymous memory
 * that the kernel placed is committed inside it instead (mmap MAP_FIXED), with the rights and flags the program asked
 * for; what is unmapped goes back to the reservation instead of leaving a hole. Pieces keep their order; what else lay
 * between them (files, thread stacks, holes) no longer does. Files, thread stacks (MAP_STACK), shared memory, the brk
 * heap and what was there before the recording stay where they are.
 *
 * Two looks at the trace: a replay tells which calls are about such memory, then their lines are written anew.
 */

import {
  MAP_32BIT,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_FIXED_NOREPLACE,
  MAP_GROWSDOWN,
  MAP_HUGETLB,
  MAP_PRIVATE,
  MAP_STACK,
  MAP_TYPE,
  MREMAP_DONTUNMAP,
  MREMAP_FIXED,
  MREMAP_MAYMOVE,
  pageAlignUp,
} from "@vma/core";
import {
  CALL_MMAP,
  CALL_MREMAP,
  CALL_MUNMAP,
  CALL_PRCTL,
  CALL_SHMAT,
  type CallRecord,
  callSpec,
  RESULT_ERROR,
  RESULT_VALUE,
  type ReplayFork,
  type ReplayStep,
} from "@vma/trace";
import { PackedRanges, RangeSet } from "./range-set.js";
import { LineEdits, type NewCall, ReservationChange, reserve } from "./reservation-change.js";

/** Mappings whose place is no matter of the allocator. */
const ELSEWHERE = MAP_FIXED | MAP_FIXED_NOREPLACE | MAP_GROWSDOWN | MAP_STACK | MAP_HUGETLB | MAP_32BIT;
/** Where the reservation may lie: far from where Linux puts programs, libraries and stacks. */
const BASES: readonly number[] = [2, 3, 1, 4].map((high) => high * 2 ** 44);

/** Watches a replay: which calls are about memory that moves. */
export class ReservationSurvey {
  readonly #edits = new LineEdits();
  /** Lines before which the reservation is made: the first of each program. */
  readonly #first: Set<number> = new Set();
  /** What each address space holds of the memory that moves. */
  readonly #owned: Map<number, RangeSet> = new Map();
  readonly #reserved: Set<number> = new Set();
  readonly #moved = new RangeSet();
  /** Places at which there was something else, too, at some time. */
  readonly #others = new RangeSet();
  /** Mappings that moved. */
  mappings = 0;

  /** A fork: the child has what its parent had. */
  fork({ parentId, spaceId }: ReplayFork): void {
    this.#owned.set(spaceId, this.#ownedBy(parentId).clone());
    if (this.#reserved.has(parentId)) this.#reserved.add(spaceId);
  }

  #ownedBy(spaceId: number): RangeSet {
    let owned = this.#owned.get(spaceId);
    if (owned === undefined) {
      owned = new RangeSet();
      this.#owned.set(spaceId, owned);
    }
    return owned;
  }

  /** A call that was applied. */
  step({ record, spaceId }: ReplayStep): void {
    const { call, resultKind } = record;
    const worked = resultKind === RESULT_VALUE;
    if (!worked && resultKind !== RESULT_ERROR) return;
    const owned = this.#ownedBy(spaceId);
    if (call === CALL_MMAP) {
      if (worked) this.#mmap(record, spaceId, owned);
    } else if (call === CALL_MREMAP) {
      if (worked) this.#mremap(record, owned);
    } else if (call === CALL_MUNMAP) {
      if (worked) this.#munmap(record, owned);
    } else if (call === CALL_SHMAT) {
      if (worked) this.#others.add(record.result, record.result + 1);
    } else if (call === CALL_PRCTL) {
      this.#ranged(record, 2, owned);
    } else if (callSpec(call).family === "memory") this.#ranged(record, 0, owned);
  }

  #mmap(record: CallRecord, spaceId: number, owned: RangeSet): void {
    const { args, result: start } = record;
    const [, length, , flags] = args as unknown as readonly number[] as [number, number, number, number];
    const end = start + pageAlignUp(length);
    const isPrivate = (flags & MAP_TYPE) === MAP_PRIVATE && (flags & MAP_ANONYMOUS) !== 0;
    if (isPrivate && (flags & ELSEWHERE) === 0) {
      this.mappings += 1;
      owned.add(start, end);
      this.#moved.add(start, end);
      if (!this.#reserved.has(spaceId)) {
        this.#reserved.add(spaceId);
        this.#first.add(record.line);
      }
      if (record.startLine === record.line) {
        this.#edits.set(record.line, "commit");
        return;
      }
      const placed = [start, length, args[2] as number, flags | MAP_FIXED, -1, 0];
      this.#set(record, [{ name: "mmap", args: placed, result: start }]);
      return;
    }
    const pieces = owned.pieces(start, end);
    if (pieces.length === 1 && pieces[0]?.inside === true && record.startLine === record.line) {
      // Put on purpose into memory that moves: it moves along.
      this.#edits.set(record.line, "place");
      return;
    }
    owned.remove(start, end);
    this.#others.add(start, end);
  }

  #munmap(record: CallRecord, owned: RangeSet): void {
    const start = record.args[0] as number;
    const end = start + pageAlignUp(record.args[1] as number);
    const pieces = owned.pieces(start, end);
    if (!pieces.some(({ inside }) => inside)) return;
    owned.remove(start, end);
    if (pieces.length === 1 && record.startLine === record.line) {
      this.#edits.set(record.line, "release");
      return;
    }
    this.#set(
      record,
      pieces.map((piece) =>
        piece.inside
          ? reserve(piece.start, piece.end)
          : { name: "munmap", args: [piece.start, piece.end - piece.start], result: "0" },
      ),
    );
  }

  #mremap(record: CallRecord, owned: RangeSet): void {
    const { args, result } = record;
    const [start, oldLength, newLength, flags] = args as unknown as readonly number[] as [
      number,
      number,
      number,
      number,
    ];
    const end = start + pageAlignUp(oldLength);
    const resultEnd = result + pageAlignUp(newLength);
    if (!owned.pieces(start, Math.max(end, start + 1)).every(({ inside }) => inside)) {
      owned.remove(result, resultEnd);
      this.#others.add(result, resultEnd);
      return;
    }
    owned.add(result, resultEnd);
    this.#moved.add(result, resultEnd);
    const sizes = [oldLength, newLength];
    if (result === start) {
      const inPlace: NewCall = { name: "mremap", args: [start, ...sizes, 0], result: start };
      if (resultEnd < end) {
        owned.remove(resultEnd, end);
        this.#set(record, [reserve(resultEnd, end)]);
      } else if (resultEnd > end) {
        // It grows over a piece of the reservation, which makes room.
        this.#set(record, [{ name: "munmap", args: [end, resultEnd - end], result: "0" }, inPlace]);
      }
      return;
    }
    const how = MREMAP_MAYMOVE | MREMAP_FIXED | (flags & MREMAP_DONTUNMAP);
    const move: NewCall = { name: "mremap", args: [start, ...sizes, how, result], result };
    if ((flags & MREMAP_DONTUNMAP) !== 0) {
      this.#set(record, [move]);
      return;
    }
    owned.remove(start, end);
    this.#set(record, [move, reserve(start, end)]);
  }

  /** A call about [args[at], args[at] + args[at + 1]). */
  #ranged(record: CallRecord, at: number, owned: RangeSet): void {
    const start = record.args[at] as number;
    const length = record.args[at + 1] as number;
    if (!(length > 0) || !(start >= 0)) return;
    const pieces = owned.pieces(start, start + pageAlignUp(length));
    if (!pieces.some(({ inside }) => inside)) return;
    if (pieces.length === 1 && record.startLine === record.line) {
      this.#edits.set(record.line, "place");
      return;
    }
    if (at !== 0) return;
    const rest = [...record.args.subarray(2, record.argCount)];
    const result = record.resultKind === RESULT_ERROR ? `-1 ${record.errorName} (as recorded)` : "0";
    this.#set(
      record,
      pieces.map((piece) => ({
        name: record.name,
        args: [piece.start, piece.end - piece.start, ...rest],
        result,
      })),
    );
  }

  #set(record: CallRecord, calls: readonly NewCall[]): void {
    // A call printed in two parts is written where it ended.
    if (record.startLine < record.line) this.#edits.set(record.startLine, []);
    this.#edits.set(record.line, calls);
  }

  /** The change, once the whole replay has been watched. */
  change(): ReservationChange {
    const base = BASES.find((at) =>
      this.#others.pieces(at, at + 2 ** 44).every(({ inside }) => !inside),
    ) as number;
    const placed = new PackedRanges(this.#moved, base);
    return new ReservationChange(this.#edits, this.#first, placed, this.#others);
  }
}
