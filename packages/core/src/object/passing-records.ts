/**
 * Records that a call made for itself: of areas without one that it met on the way of records, and of new areas. Nobody
 * outside has seen them, so that at the end of the call the areas may do without again.
 */

import type { Vma } from "./vma.js";

export class PassingRecords {
  /** A call is under way: records that are made now are its own. Else whoever asks for one keeps it. */
  isOpen = false;
  readonly records: Vma[] = [];
  /** The cell that each area had before; -1 for a new one. */
  readonly cells: number[] = [];

  /** Takes note of a record, if it is a call's own. */
  add(vma: Vma, cell: number = -1): void {
    if (!this.isOpen) return;
    this.records.push(vma);
    this.cells.push(cell);
  }

  /** Somebody has seen the record: it stays. */
  keep(vma: Vma): void {
    const at = this.records.indexOf(vma);
    if (at < 0) return;
    this.records.splice(at, 1);
    this.cells.splice(at, 1);
  }

  /** Forgets them all. One by one: setting an array's length leaves compiled code. */
  clear(): void {
    while (this.records.length > 0) {
      this.records.pop();
      this.cells.pop();
    }
  }
}
