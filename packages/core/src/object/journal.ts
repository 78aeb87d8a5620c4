/**
 * What an address space was before its latest changes, so that it can go back: old values of area records, and steps
 * that take a change of anything else back. Kept only while a snapshot is alive.
 */

import type { AnonChain, AnonVma } from "./anon-vma.js";
import type { MemoryPolicy, OpenFile, UserfaultContext, VmOps } from "./file.js";
import type { Vma } from "./vma.js";

/** The values of one area's record at a moment. Bytes, half-open; `pgoff` in pages. */
export class AreaImage {
  /** The record's number; 0 when the area had none. */
  readonly id: number;
  readonly start: number;
  readonly end: number;
  readonly pgoff: number;
  readonly flags: number;
  readonly flagsHigh: number;
  readonly file: OpenFile | null;
  readonly ops: VmOps | null;
  readonly anonVma: AnonVma | null;
  readonly anonChain: AnonChain;
  readonly policy: MemoryPolicy | null;
  readonly uffdContext: UserfaultContext | null;
  readonly anonName: string | null;

  constructor(vma: Vma) {
    this.id = vma.id;
    this.start = vma.start;
    this.end = vma.end;
    this.pgoff = vma.pgoff;
    this.flags = vma.flags;
    this.flagsHigh = vma.flagsHigh;
    this.file = vma.file;
    this.ops = vma.ops;
    this.anonVma = vma.anonVma;
    this.anonChain = vma.anonChain;
    this.policy = vma.policy;
    this.uffdContext = vma.uffdContext;
    this.anonName = vma.anonName;
  }

  /** Gives the record its values back. */
  writeTo(vma: Vma): void {
    vma.start = this.start;
    vma.end = this.end;
    vma.pgoff = this.pgoff;
    vma.flags = this.flags;
    vma.flagsHigh = this.flagsHigh;
    vma.file = this.file;
    vma.ops = this.ops;
    vma.anonVma = this.anonVma;
    vma.anonChain = this.anonChain;
    vma.policy = this.policy;
    vma.uffdContext = this.uffdContext;
    vma.anonName = this.anonName;
  }
}

/** A record as it was when it was first about to change after a snapshot. */
export interface SavedArea {
  readonly vma: Vma;
  readonly image: AreaImage;
  /** Whether the tree held it: not so for one about to be made. */
  readonly wasMapped: boolean;
}

/** Takes one change back. */
type Undo = () => void;

/** The place of one snapshot among the changes; compared by identity. */
export class Marker {
  readonly position: number;

  constructor(position: number) {
    this.position = position;
  }
}

export class Journal {
  /** Oldest first. */
  readonly #entries: (SavedArea | Undo | Marker)[] = [];
  /** Records saved since the latest marker: once is enough. */
  readonly #saved: Set<Vma> = new Set();
  /** Snapshots that have not been let go. */
  readers = 0;

  /** Remembers this moment. */
  mark(): Marker {
    const marker = new Marker(this.#entries.length);
    this.#entries.push(marker);
    this.#saved.clear();
    this.readers += 1;
    return marker;
  }

  /** Whether one can still go back to the moment: not so after going back to an earlier one. */
  holds(marker: Marker): boolean {
    return this.#entries[marker.position] === marker;
  }

  /** Whether the record is saved already for the latest snapshot. */
  hasSaved(vma: Vma): boolean {
    return this.#saved.has(vma);
  }

  /** Keeps the record's values, which are about to change. */
  save(vma: Vma, wasMapped: boolean): void {
    this.#saved.add(vma);
    this.#entries.push({ vma, image: new AreaImage(vma), wasMapped });
  }

  /** Keeps a step that takes back a change which is about to be made to something else than a record. */
  push(undo: Undo): void {
    this.#entries.push(undo);
  }

  /** Records that have changed, come or gone since the moment, each as it was then. */
  savedSince(marker: Marker): Map<Vma, SavedArea> {
    const first = new Map<Vma, SavedArea>();
    for (let i = this.#entries.length - 1; i > marker.position; i -= 1) {
      const entry = this.#entries[i];
      if (typeof entry === "object" && !(entry instanceof Marker)) first.set(entry.vma, entry);
    }
    return first;
  }

  /** Takes back everything since the moment but the records, which are the caller's, and forgets about it. */
  rewind(marker: Marker): void {
    for (let i = this.#entries.length - 1; i > marker.position; i -= 1) {
      const entry = this.#entries.pop();
      if (typeof entry === "function") entry();
    }
    this.#saved.clear();
  }
}

/** A map that tells a journal what takes each change back. */
export class JournaledMap<K, V> extends Map<K, V> {
  journal: Journal | null = null;

  override set(key: K, value: V): this {
    this.#remember(key);
    return super.set(key, value);
  }

  override delete(key: K): boolean {
    this.#remember(key);
    return super.delete(key);
  }

  override clear(): void {
    for (const key of [...this.keys()]) this.delete(key);
  }

  #remember(key: K): void {
    if (this.journal == null) return;
    const had = this.has(key);
    const old = this.get(key) as V;
    this.journal.push(() => {
      if (had) super.set(key, old);
      else super.delete(key);
    });
  }
}

/** A set that tells a journal what takes each change back. */
export class JournaledSet<T> extends Set<T> {
  journal: Journal | null = null;

  override add(value: T): this {
    if (this.journal != null && !this.has(value)) this.journal.push(() => super.delete(value));
    return super.add(value);
  }

  override delete(value: T): boolean {
    if (this.journal != null && this.has(value)) this.journal.push(() => super.add(value));
    return super.delete(value);
  }

  override clear(): void {
    for (const value of [...this]) this.delete(value);
  }
}
