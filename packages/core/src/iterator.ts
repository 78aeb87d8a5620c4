/**
 * The area iterator (`vma_iterator`): a position in the address space, told as a range and a status, and the writes
 * the engine makes to the tree. Nothing else writes to the tree.
 */

import type { Mm } from "./mm.js";
import type { Vma } from "./object/vma.js";

/**
 * - `start`: at `index`, not walked yet.
 * - `active`: on the area or hole that covers exactly [index, end).
 * - `overflow` / `underflow`: ran out of areas above / below.
 * - `error`: a write for which there was no memory.
 */
export type IteratorStatus = "start" | "active" | "overflow" | "underflow" | "error";

export class AreaIterator {
  readonly mm: Mm;
  // Infinite at first, and so a double to the JS engine: a field that begins as a small integer holds every other
  // number as an object, which each write makes anew.
  /** First byte of the position. */
  index: number = Infinity;
  /** First byte behind the position. */
  end: number = Infinity;
  status: IteratorStatus = "start";

  constructor(mm: Mm, address: number = 0) {
    this.mm = mm;
    this.index = address;
    this.end = address;
  }

  /** Goes to `address` without walking (`vma_iter_set`). */
  reset(address: number): void {
    this.index = address;
    this.end = address;
    this.status = "start";
  }

  /** States that the position is the range of `vma`, which is in the tree. */
  moveTo(vma: Vma): void {
    this.index = vma.start;
    this.end = vma.end;
    this.status = "active";
  }

  /** States the range the next write will cover (`vma_iter_config`); the status stays what it was until then. */
  configure(start: number, end: number): void {
    this.index = start;
    this.end = end;
  }

  /** The area at `address` or the first one above it, and goes there (`vma_find`). Null at the end. */
  find(address: number): Vma | null {
    const cursor = this.mm.cursor;
    const vma = cursor.find(address);
    if (vma === undefined) {
      this.status = "overflow";
      return null;
    }
    this.index = cursor.start;
    this.end = cursor.end;
    this.status = "active";
    return vma;
  }

  /**
   * The area at `address` or the first one above it that starts below `limit`, and goes there (`vma_find` with a
   * bound). Null when there is none: the iterator then stands on the hole at `address`.
   */
  findBefore(address: number, limit: number): Vma | null {
    const vma = this.load(address);
    return vma !== null || this.end >= limit ? vma : this.find(this.end);
  }

  /** The area that holds `address`, or null; goes there either way (`vma_iter_load`). */
  load(address: number): Vma | null {
    const cursor = this.mm.cursor;
    const vma = cursor.seek(address);
    this.index = cursor.start;
    this.end = cursor.end;
    this.status = "active";
    return vma === undefined ? null : vma;
  }

  /** The area just above the position's area, and goes there (`vma_next`). Null at the end. */
  next(): Vma | null {
    return this.find(this.end);
  }

  /** The area above the position, without moving (`vma_iter_next_rewind`). */
  nextRewind(): Vma | null {
    return this.mm.cursor.find(this.end) ?? null;
  }

  /** The area below `address`, without moving (`vma_prev` on a copy). */
  areaBelow(address: number): Vma | null {
    const cursor = this.mm.cursor;
    cursor.seek(address);
    const vma = cursor.peekPrev();
    return vma === undefined ? null : vma;
  }

  /**
   * The area that holds `address`, or undefined, without moving. What is asked next about the same place finds the
   * cursor there.
   */
  areaAt(address: number): Vma | undefined {
    const cursor = this.mm.cursor;
    const vma = cursor.find(address);
    return vma === undefined || cursor.start > address ? undefined : vma;
  }

  /** The area that starts at `address`, or null, without moving. */
  areaStartingAt(address: number): Vma | null {
    const cursor = this.mm.cursor;
    const vma = cursor.seek(address);
    return vma === undefined || cursor.start !== address ? null : vma;
  }

  /** Writes `vma` over [start, end) and stands there (`vma_iter_store`). Memory was reserved before. */
  store(start: number, end: number, vma: Vma): void {
    this.mm.cursor.set(start, end, vma);
    this.index = start;
    this.end = end;
    this.status = "active";
  }

  /**
   * Makes [start, end) a hole and stands on it, as wide as it has become (`vma_iter_clear`). Memory was reserved
   * before. When no area is left the iterator is as one that has not walked.
   */
  clear(start: number, end: number): void {
    const { cursor, map, rooms } = this.mm;
    cursor.delete(start, end);
    rooms.opened(cursor.start, cursor.end);
    if (map.size === 0) {
      this.reset(0);
      return;
    }
    this.index = cursor.start;
    this.end = cursor.end;
    this.status = "active";
  }
}
