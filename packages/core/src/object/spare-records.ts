/**
 * Records of areas that are gone, to be used again. A new record costs the collector more than the engine's own work on
 * it, so one that nobody outside can hold is taken for the next area.
 */

import { Vma } from "./vma.js";

/** Most records that are kept. Where areas come and go, a few do. */
const MOST = 1024;

export class SpareRecords {
  /**
   * Areas with numbers up to this may be in somebody's hands, and their records are not used again. Infinite, all of
   * them: whoever has the address space's record may look at any area at any time.
   */
  seenUpTo: number = Infinity;
  private readonly records: Vma[] = [];
  /** Records that earlier calls gave. What the call in progress gives, it may still look at. */
  private ready = 0;

  /** A call begins: what was given until now may be taken. */
  beginCall(): void {
    this.ready = this.records.length;
  }

  /** Keeps the record of an area that is gone, unless somebody may hold it. */
  give(vma: Vma): void {
    if (vma.id > this.seenUpTo && this.records.length < MOST) this.records.push(vma);
  }

  /** A record with these values and nothing else, as `new Vma` makes it. */
  take(id: number, start: number, end: number, pgoff: number, flags: number, flagsHigh: number): Vma {
    if (this.ready === 0) return new Vma(id, start, end, pgoff, flags, flagsHigh);
    const { records } = this;
    const at = this.ready - 1;
    const vma = records[at] as Vma;
    const last = records.pop() as Vma;
    if (last !== vma) records[at] = last;
    this.ready = at;
    vma.renew(id, start, end, pgoff, flags, flagsHigh);
    return vma;
  }
}
