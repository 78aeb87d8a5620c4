/**
 * Areas without a record. An area that is nothing but flags, an open file and an anonymous object needs none until
 * somebody looks at it: in the tree it is a small integer, its cell, and its range is that of the entry. What changes,
 * merges or cuts such areas reads and writes the tree alone.
 *
 * ```
 *   bits 0-2    VM_READ, VM_WRITE, VM_EXEC, as in the flags
 *   bit 3       memory without a file that has an anonymous object: access it permits changes nothing
 *   bit 4       VM_ACCOUNT
 *   bits 5-8    which word of other flags
 *   bits 9-30   which kind: the file, the offset, the anonymous object
 * ```
 *
 * Cells of areas that differ in nothing are equal, and those of kind 0 are memory without a file that was never written.
 */

import {
  VM_ACCESS_FLAGS,
  VM_ACCOUNT,
  VM_DONTCOPY,
  VM_GROWSDOWN,
  VM_HUGETLB,
  VM_LOCKED_MASK,
  VM_MAYBE_GUARD,
  VM_SOFTDIRTY,
  VM_SPECIAL,
  VM_UFFD_LOW,
  VM_WIPEONFORK,
} from "../abi/flags.js";
import { PAGE_SIZE } from "../abi/page.js";
import type { AnonVma } from "./anon-vma.js";
import type { OpenFile } from "./file.js";
import { Vma } from "./vma.js";

/** What the tree has for an area: its record, or its cell. */
export type AreaCell = Vma | number;

/** Memory without a file that has an anonymous object. */
export const CELL_WRITTEN = 0x8;
/** VM_ACCOUNT. */
export const CELL_ACCOUNT = 0x10;
/** Everything that flags say. */
export const CELL_FLAGS = 0x1f7;
/** Everything that flags do not say. */
export const CELL_KIND = 0x7ffffe08;

const ACCOUNT_SHIFT = 16;
const WORD_SHIFT = 5;
const WORDS = 16;
const KIND_SHIFT = 9;
const MOST_KINDS: number = 1 << 22;

/** Flags whose areas have records: they take other ways through the calls, or are no obstacle to a merge. */
const WITH_RECORD: number =
  VM_GROWSDOWN |
  VM_UFFD_LOW |
  VM_MAYBE_GUARD |
  VM_LOCKED_MASK |
  VM_HUGETLB |
  VM_SPECIAL |
  VM_SOFTDIRTY |
  VM_DONTCOPY |
  VM_WIPEONFORK;

/** What is known of the areas of a kind besides their flags. Never changed while an area has it. */
export class AreaKind {
  readonly file: OpenFile | null;
  /** Offset of an area less the number of its first page; 0 for memory without a file. Pages. */
  readonly offset: number;
  readonly anonVma: AnonVma | null;

  constructor(file: OpenFile | null, offset: number, anonVma: AnonVma | null) {
    this.file = file;
    this.offset = offset;
    this.anonVma = anonVma;
  }
}

/** The words and kinds that the cells of one address space name. */
export class CompactTable {
  /** Flags other than access and VM_ACCOUNT. */
  readonly words: Int32Array = new Int32Array(WORDS);
  #wordCount = 0;
  readonly #kinds: AreaKind[] = [new AreaKind(null, 0, null)];
  /** Kinds that no area has. */
  readonly #free: number[] = [];
  /** So many kinds and it is time to look which are still in use. */
  #crowd = 1024;

  /** The cell of an area of kind 0 with these flags, or -1 where such an area has a record. */
  cellOf(flags: number): number {
    if ((flags & WITH_RECORD) !== 0) return -1;
    const word = this.#wordAt(flags & ~(VM_ACCESS_FLAGS | VM_ACCOUNT));
    if (word < 0) return -1;
    return (flags & VM_ACCESS_FLAGS) | ((flags & VM_ACCOUNT) >> ACCOUNT_SHIFT) | (word << WORD_SHIFT);
  }

  #wordAt(word: number): number {
    const count = this.#wordCount;
    for (let i = 0; i < count; i += 1) if (this.words[i] === word) return i;
    if (count === WORDS) return -1;
    this.words[count] = word;
    this.#wordCount = count + 1;
    return count;
  }

  /** The flags of an area, bits 0 to 31. */
  flagsOf(cell: number): number {
    return (
      (cell & VM_ACCESS_FLAGS) |
      ((cell & CELL_ACCOUNT) << ACCOUNT_SHIFT) |
      (this.words[(cell >> WORD_SHIFT) & (WORDS - 1)] as number)
    );
  }

  /** The kind of an area. */
  kindOf(cell: number): AreaKind {
    return this.#kinds[cell >> KIND_SHIFT] as AreaKind;
  }

  /** A record as the area [start, end) with this cell would have, bytes. The tree does not have it. */
  recordOf(cell: number, id: number, start: number, end: number): Vma {
    const { file, offset, anonVma } = this.kindOf(cell);
    const vma = new Vma(id, start, end, start / PAGE_SIZE + offset, this.flagsOf(cell), 0);
    vma.file = file;
    if (anonVma !== null) vma.takeAnon(anonVma);
    return vma;
  }

  /**
   * What says in a cell that it is of a new kind, or -1 when there are too many.
   * Assumes: not in the midst of a call (`sweep` comes before).
   */
  kindBits(file: OpenFile | null, offset: number, anonVma: AnonVma | null): number {
    const kinds = this.#kinds;
    const at = this.#free.length > 0 ? (this.#free.pop() as number) : kinds.length;
    if (at === MOST_KINDS) return -1;
    kinds[at] = new AreaKind(file, offset, anonVma);
    return (at << KIND_SHIFT) | (file === null && anonVma !== null ? CELL_WRITTEN : 0);
  }

  /** Whether there are so many kinds that it is worth a look which are in use. */
  get isCrowded(): boolean {
    return this.#free.length === 0 && this.#kinds.length >= this.#crowd;
  }

  /** Forgets the kinds that none of the cells has. Takes time for each. */
  sweep(cells: Iterable<AreaCell>): void {
    const kinds = this.#kinds;
    const used = new Uint8Array(kinds.length);
    used[0] = 1;
    for (const cell of cells) if (typeof cell === "number") used[cell >> KIND_SHIFT] = 1;
    const none = kinds[0] as AreaKind;
    let inUse = 0;
    for (let i = kinds.length - 1; i >= 0; i -= 1) {
      if (used[i] === 1) inUse += 1;
      else {
        kinds[i] = none;
        this.#free.push(i);
      }
    }
    // Half of them free again before the next look: each then pays for itself.
    this.#crowd = Math.max(1024, inUse * 2);
  }

  /** Makes this table, which is new, know all that `other` does: cells of the one are cells of the other. */
  copyFrom(other: CompactTable): void {
    this.words.set(other.words);
    this.#wordCount = other.#wordCount;
    for (let i = 1; i < other.#kinds.length; i += 1) this.#kinds.push(other.#kinds[i] as AreaKind);
    for (const at of other.#free) this.#free.push(at);
    this.#crowd = other.#crowd;
  }

  /** Whether a cell is one that this table could have made. For validation. */
  isSound(cell: number): boolean {
    if (!Number.isInteger(cell) || cell < 0 || cell > 0x7fffffff) return false;
    const kind = this.#kinds[cell >> KIND_SHIFT];
    if (kind === undefined || ((cell >> WORD_SHIFT) & (WORDS - 1)) >= this.#wordCount) return false;
    return ((cell & CELL_WRITTEN) !== 0) === (kind.file === null && kind.anonVma !== null);
  }
}
