/** The cursor of an address space as those see it who want records: an area that has none gets one when it is met. */

import type { Cursor } from "@vma/maple";
import type { AreaCell, CompactTable } from "./compact.js";
import type { Family } from "./family.js";
import type { PassingRecords } from "./passing-records.js";
import type { Vma } from "./vma.js";

/** As the cursor of a tree of records. Ranges are half-open bytes. */
export class AreaCursor {
  readonly #cells: Cursor<AreaCell>;
  readonly #table: CompactTable;
  readonly #family: Family;
  readonly #passing: PassingRecords;

  /** @internal */
  constructor(cells: Cursor<AreaCell>, table: CompactTable, family: Family, passing: PassingRecords) {
    this.#cells = cells;
    this.#table = table;
    this.#family = family;
    this.#passing = passing;
  }

  /** First byte of the area or hole under the cursor. */
  get start(): number {
    return this.#cells.start;
  }

  /** First byte behind the area or hole under the cursor. */
  get end(): number {
    return this.#cells.end;
  }

  /** The area under the cursor; undefined on a hole. */
  get value(): Vma | undefined {
    return this.#met(this.#cells.value);
  }

  /** Goes to the area or hole at `address`. */
  seek(address: number): Vma | undefined {
    return this.#met(this.#cells.seek(address));
  }

  /** Goes to the first area that ends above `address`; to the last hole if there is none. */
  find(address: number): Vma | undefined {
    return this.#met(this.#cells.find(address));
  }

  /** Goes to the next area; behind the last one, to the last hole. */
  next(): Vma | undefined {
    return this.#met(this.#cells.next());
  }

  /** Goes to the previous area; before the first one, to the first hole. */
  prev(): Vma | undefined {
    return this.#met(this.#cells.prev());
  }

  /** The next area, without moving. */
  peekNext(): Vma | undefined {
    const cell = this.#cells.peekNext();
    return typeof cell === "number" ? this.#metBeside(true) : cell;
  }

  /** The previous area, without moving. */
  peekPrev(): Vma | undefined {
    const cell = this.#cells.peekPrev();
    return typeof cell === "number" ? this.#metBeside(false) : cell;
  }

  /** Writes `vma` over whatever is in [start, end) and stands there. */
  set(start: number, end: number, vma: Vma): void {
    this.#cells.set(start, end, vma);
  }

  /** Makes [start, end) a hole and stands on it. Returns how many areas went or were cut. */
  delete(start: number, end: number): number {
    return this.#cells.delete(start, end);
  }

  #met(cell: AreaCell | undefined): Vma | undefined {
    return typeof cell === "number" ? this.#record(cell) : cell;
  }

  /** Goes to the next or the previous area, which has no record, and back. */
  #metBeside(above: boolean): Vma {
    const cells = this.#cells;
    const at = cells.start;
    const cell = above ? cells.next() : cells.prev();
    const vma = this.#record(cell as number);
    cells.seek(at);
    return vma;
  }

  /** Gives the area under the cursor a record. */
  #record(cell: number): Vma {
    const { start, end } = this.#cells;
    const id = this.#table.idOf(cell);
    const vma = this.#table.recordOf(cell, id === 0 ? this.#family.nextAreaId() : id, start, end);
    this.#table.drop(cell);
    this.#cells.replaceValue(vma);
    this.#passing.add(vma, cell);
    return vma;
  }
}
