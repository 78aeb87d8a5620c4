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
 *   bits 9-29   which kind: the file, the offset, the anonymous object
 *   bit 30      no file, no offset of its own, no anonymous object: the kind has nothing to say but a number
 * ```
 *
 * Cells of areas that differ in nothing are equal. Bare ones, most of the time, are of kind 0.
 */

import type { MapleTree } from "@vma/maple";
import {
  VM_ACCESS_FLAGS,
  VM_ACCOUNT,
  VM_DONTCOPY,
  VM_GROWSDOWN,
  VM_HUGETLB,
  VM_LOCKED_MASK,
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

/** Neither file nor anonymous object, and the offset is where the area lies. */
export const CELL_BARE = 0x40000000;

const ACCOUNT_SHIFT = 16;
const WORD_SHIFT = 5;
const WORDS = 16;
const KIND_SHIFT = 9;
const MOST_KINDS: number = 1 << 21;

/** Which kind a cell names. */
function indexOf(cell: number): number {
  return (cell >> KIND_SHIFT) & (MOST_KINDS - 1);
}

/** Flags whose areas have records: they take other ways through the calls. */
const WITH_RECORD: number =
  VM_GROWSDOWN | VM_UFFD_LOW | VM_LOCKED_MASK | VM_HUGETLB | VM_SPECIAL | VM_DONTCOPY | VM_WIPEONFORK;

/**
 * The words and kinds that the cells of one address space name. A kind is what is known of an area besides its flags:
 * file, offset and anonymous object. Areas share kinds, which are then never changed, unless somebody is told of single
 * areas by number: then each has a kind of its own, which has the number.
 */
export class CompactTable {
  /** Flags whose areas have records. */
  readonly #withRecord: number;
  /** Flags other than access and VM_ACCOUNT. */
  readonly words: Int32Array = new Int32Array(WORDS);
  #wordCount = 0;
  /** The word found last, and what says in a cell that it is that one; no word at first. */
  #lastWord = VM_ACCOUNT;
  #lastBits = 0;
  #files: (OpenFile | null)[] = [null];
  #anonVmas: (AnonVma | null)[] = [null];
  /** Offset of an area less the number of its first page; 0 for memory without a file. Pages. */
  #offsets: Float64Array = new Float64Array(16);
  /** The number of the only area of a kind; 0 when areas share it. */
  #ids: Float64Array = new Float64Array(16);
  /** Kinds that no area has. */
  #free: number[] = [];
  /** So many kinds and it is time to look which are still in use. */
  #crowd = 1024;

  /** `ignored`: flags that never keep areas apart. What has them cannot be told by equal cells, and has a record. */
  constructor(ignored: number) {
    this.#withRecord = WITH_RECORD | ignored;
  }

  /** What says in a cell that an area has these flags, or -1 where such an area has a record. */
  cellOf(flags: number): number {
    // Most calls ask for the same other flags as the one before.
    if ((flags & ~(VM_ACCESS_FLAGS | VM_ACCOUNT)) !== this.#lastWord && !this.#find(flags)) return -1;
    return (flags & VM_ACCESS_FLAGS) | ((flags & VM_ACCOUNT) >> ACCOUNT_SHIFT) | this.#lastBits;
  }

  /** Looks for the word of other flags. False where such areas have records. */
  #find(flags: number): boolean {
    if ((flags & this.#withRecord) !== 0) return false;
    const word = flags & ~(VM_ACCESS_FLAGS | VM_ACCOUNT);
    const at = this.#wordAt(word);
    if (at < 0) return false;
    this.#lastWord = word;
    this.#lastBits = at << WORD_SHIFT;
    return true;
  }

  #wordAt(word: number): number {
    const count = this.#wordCount;
    for (let i = 0; i < count; i += 1) if (this.words[i] === word) return i;
    if (count === WORDS) return -1;
    this.words[count] = word;
    this.#wordCount = count + 1;
    return count;
  }

  /**
   * The cell that says the same as a record, or -1 where there is none. `before` is the cell that the area had before it
   * got the record, -1 for none.
   */
  cellFor(vma: Vma, before: number, wantsIds: boolean): number {
    const { file, anonVma } = vma;
    if (vma.flagsHigh !== 0 || !vma.isPlain || file?.kind === "zero") return -1;
    if (vma.anonChainLength !== (anonVma === null ? 0 : 1)) return -1;
    const cell = this.cellOf(vma.flags);
    if (cell < 0) return -1;
    const offset = vma.pgoff - vma.start / PAGE_SIZE;
    if (wantsIds) return cell | this.kindBits(file, offset, anonVma, vma.id);
    if (file === null && anonVma === null && offset === 0) return cell | CELL_BARE;
    const isBefore =
      before >= 0 &&
      this.fileOf(before) === file &&
      this.offsetOf(before) === offset &&
      this.anonVmaOf(before) === anonVma;
    return cell | (isBefore ? before & CELL_KIND : this.kindBits(file, offset, anonVma));
  }

  /** The flags of an area, bits 0 to 31. */
  flagsOf(cell: number): number {
    return (
      (cell & VM_ACCESS_FLAGS) |
      ((cell & CELL_ACCOUNT) << ACCOUNT_SHIFT) |
      (this.words[(cell >> WORD_SHIFT) & (WORDS - 1)] as number)
    );
  }

  fileOf(cell: number): OpenFile | null {
    return (cell & CELL_BARE) !== 0 ? null : (this.#files[indexOf(cell)] as OpenFile | null);
  }

  /** Offset of an area less the number of its first page; 0 for memory without a file. Pages. */
  offsetOf(cell: number): number {
    return (cell & CELL_BARE) !== 0 ? 0 : (this.#offsets[indexOf(cell)] as number);
  }

  anonVmaOf(cell: number): AnonVma | null {
    return (cell & CELL_BARE) !== 0 ? null : (this.#anonVmas[indexOf(cell)] as AnonVma | null);
  }

  /** The number of an area; 0 when nobody is told of single areas. */
  idOf(cell: number): number {
    return this.#ids[indexOf(cell)] as number;
  }

  /** Gives an area that has a number another one. */
  setId(cell: number, id: number): void {
    this.#ids[indexOf(cell)] = id;
  }

  /** A record as the area [start, end) with this cell would have, bytes. The tree does not have it. */
  recordOf(cell: number, id: number, start: number, end: number): Vma {
    const pgoff = start / PAGE_SIZE + this.offsetOf(cell);
    const vma = new Vma(id, start, end, pgoff, this.flagsOf(cell), 0);
    const anonVma = this.anonVmaOf(cell);
    vma.file = this.fileOf(cell);
    if (anonVma !== null) vma.takeAnon(anonVma);
    return vma;
  }

  /**
   * What says in a cell that it is of a new kind, or -1 when there are too many. Until a cell of the map has it, the next
   * `sweep` takes it for one that nobody has.
   */
  kindBits(file: OpenFile | null, offset: number, anonVma: AnonVma | null, id: number = 0): number {
    let at = this.#files.length;
    if (this.#free.length > 0) at = this.#free.pop() as number;
    else {
      if (at === MOST_KINDS) return -1;
      this.#files.push(null);
      this.#anonVmas.push(null);
      if (at === this.#ids.length) this.#grow();
    }
    this.#ids[at] = id;
    const bits = at << KIND_SHIFT;
    // Of bare areas nothing but the number is ever looked up.
    if (file === null && anonVma === null && offset === 0) return bits | CELL_BARE;
    this.#offsets[at] = offset;
    if (file !== null) this.#files[at] = file;
    if (anonVma !== null) this.#anonVmas[at] = anonVma;
    return file === null && anonVma !== null ? bits | CELL_WRITTEN : bits;
  }

  #grow(): void {
    const size = this.#ids.length * 2;
    const [ids, offsets] = [new Float64Array(size), new Float64Array(size)];
    ids.set(this.#ids);
    offsets.set(this.#offsets);
    this.#ids = ids;
    this.#offsets = offsets;
  }

  /** A kind is free: it is of no single area, and nothing is kept alive for it. */
  #forget(at: number): void {
    this.#ids[at] = 0;
    if (this.#files[at] !== null) this.#files[at] = null;
    if (this.#anonVmas[at] !== null) this.#anonVmas[at] = null;
    this.#free.push(at);
  }

  /** Whether a call may make the kinds that it needs: a few, if areas have one each. */
  get hasRoom(): boolean {
    return this.#free.length + MOST_KINDS - this.#files.length > 8;
  }

  /** Nobody is told of single areas any more: their kinds may be shared. */
  forgetIds(): void {
    this.#ids.fill(0);
  }

  /** As `cell`, but of a new kind, for the area numbered `id`. */
  ownCell(cell: number, id: number): number {
    const kind = this.kindBits(this.fileOf(cell), this.offsetOf(cell), this.anonVmaOf(cell), id);
    return (cell & CELL_FLAGS) | kind;
  }

  /** The area is gone: its kind, if it was its own, is free. */
  drop(cell: number): void {
    if (this.idOf(cell) === 0) return;
    this.setId(cell, 0);
    if ((cell & CELL_BARE) === 0) this.#forget(indexOf(cell));
    else this.#free.push(indexOf(cell));
  }

  /** What says in a cell that the area, like the one of `target`, now also has the anonymous object of `source`. */
  kindTaken(target: number, source: number): number {
    if (((target ^ source) & CELL_KIND) === 0 || this.anonVmaOf(target) !== null) return target & CELL_KIND;
    const anonVma = this.anonVmaOf(source);
    if (anonVma === null) return target & CELL_KIND;
    if (this.idOf(target) === 0) return source & CELL_KIND;
    const at = indexOf(target);
    this.#anonVmas[at] = anonVma;
    this.#offsets[at] = this.offsetOf(target);
    return (target & CELL_KIND & ~CELL_BARE) | (this.fileOf(target) === null ? CELL_WRITTEN : 0);
  }

  /** Whether there are so many kinds that it is worth a look which are in use. */
  get isCrowded(): boolean {
    return this.#free.length === 0 && this.#files.length >= this.#crowd;
  }

  /** Forgets the kinds that no cell of the map has. Takes time for each. Assumes: `isCrowded`, so that none is free yet. */
  sweep(map: MapleTree<AreaCell>): void {
    const used = new Uint8Array(this.#files.length);
    used[0] = 1;
    map.forEach((cell) => {
      if (typeof cell === "number") used[indexOf(cell)] = 1;
    });
    let inUse = 0;
    for (let at = used.length - 1; at >= 0; at -= 1) {
      if (used[at] === 1) inUse += 1;
      else this.#forget(at);
    }
    // Half of them free again before the next look: each then pays for itself.
    this.#crowd = Math.max(1024, inUse * 2);
  }

  /** Makes this table, which is new, know what `other` does: cells of kinds that areas share mean the same in both. */
  copyFrom(other: CompactTable): void {
    this.words.set(other.words);
    this.#wordCount = other.#wordCount;
    this.#crowd = other.#crowd;
    this.#files = other.#files.slice();
    this.#anonVmas = other.#anonVmas.slice();
    this.#offsets = other.#offsets.slice();
    this.#ids = other.#ids.slice();
    this.#free = other.#free.slice();
    for (let at = 1; at < this.#files.length; at += 1) {
      // One of a single area may change with that.
      if (this.#ids[at] !== 0) this.#forget(at);
    }
  }

  /** Whether a cell is one that this table could have made. For validation. */
  isSound(cell: number): boolean {
    if (!Number.isInteger(cell) || cell < 0 || cell > 0x7fffffff) return false;
    if (indexOf(cell) >= this.#files.length) return false;
    if (((cell >> WORD_SHIFT) & (WORDS - 1)) >= this.#wordCount) return false;
    return ((cell & CELL_WRITTEN) !== 0) === (this.fileOf(cell) === null && this.anonVmaOf(cell) !== null);
  }
}
