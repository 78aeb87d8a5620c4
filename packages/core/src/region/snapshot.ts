/**
 * Snapshots of an address space and going back to them. A snapshot is a place in the journal and a copy of the
 * counters: taking one costs the same at any size, what is changed later costs what it touches, and so does going back.
 */

import type { Mm } from "../mm.js";
import { AreaImage, Journal, type Marker } from "../object/journal.js";
import type { Vma } from "../object/vma.js";

type ScalarField = {
  [Field in keyof Mm]-?: Mm[Field] extends number | boolean ? Field : never;
}[keyof Mm];

/** Not part of the state: the lock's count, what profile and host say, how much is checked. */
type Excluded = "lockSequence" | "isLocked" | "ignoredFlags" | "checked" | "isPlainHost" | "isCompact";

type Counters = Pick<Mm, Exclude<ScalarField, Excluded>>;

/** Every number and switch of an address space. The compiler asks for the ones that are added to `Mm`. */
const COUNTERS: { readonly [Field in keyof Counters]: true } = {
  mapCount: true,
  totalVm: true,
  lockedVm: true,
  dataVm: true,
  execVm: true,
  stackVm: true,
  committed: true,
  startBrk: true,
  brk: true,
  mmapBase: true,
  nextPlacement: true,
  searchedPlacement: true,
  defFlags: true,
  ksmAll: true,
  denyWriteExec: true,
};

const COUNTER_NAMES = Object.keys(COUNTERS) as (keyof Counters)[];

function assign<K extends keyof Counters>(to: Counters, from: Counters, name: K): void {
  to[name] = from[name];
}

function copyCounters(from: Counters, to: Counters): void {
  for (const name of COUNTER_NAMES) assign(to, from, name);
}

/** An address space at a moment. Keeps what changes later alive until it is disposed of. */
export class Snapshot {
  readonly #mm: Mm;
  readonly #journal: Journal;
  readonly #marker: Marker;
  readonly #counters: Counters;
  readonly #protectionKeys: readonly number[];
  #disposed = false;

  /** @internal `AddressSpace.snapshot` makes them. */
  constructor(mm: Mm) {
    this.#mm = mm;
    mm.journal ??= startJournal(mm);
    this.#journal = mm.journal;
    this.#marker = this.#journal.mark();
    this.#counters = {} as Counters;
    copyCounters(mm, this.#counters);
    this.#protectionKeys = [...mm.protectionKeys];
  }

  /** Number of areas at that moment. */
  get mapCount(): number {
    return this.#counters.mapCount;
  }

  /** False after it was disposed of, or its address space went back to an earlier one. */
  get isValid(): boolean {
    return !this.#disposed && this.#journal.holds(this.#marker);
  }

  /** The areas as they were, in address order. Takes time for every area. Throws TypeError when it is not valid. */
  areas(): AreaImage[] {
    this.#check();
    const changed = this.#journal.savedSince(this.#marker);
    const areas: AreaImage[] = [];
    for (const vma of this.#mm.areas()) if (!changed.has(vma)) areas.push(new AreaImage(vma));
    for (const { image, wasMapped } of changed.values()) if (wasMapped) areas.push(image);
    return areas.sort((a, b) => a.start - b.start);
  }

  /** Lets go of what was kept for it. Harmless twice. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#journal.readers -= 1;
    if (this.#journal.readers === 0) stopJournal(this.#mm);
  }

  /** @internal `AddressSpace.restore` calls it: everything is as it was, and later snapshots are not valid any more. */
  goBack(mm: Mm): void {
    this.#check();
    if (mm !== this.#mm) throw new TypeError("the snapshot is of another address space");
    const changed = this.#journal.savedSince(this.#marker);
    this.#journal.rewind(this.#marker);
    for (const vma of changed.keys()) takeOut(mm, vma);
    for (const [vma, { image, wasMapped }] of changed) {
      image.writeTo(vma);
      // Nothing overlaps: what is there now was there then.
      if (wasMapped) mm.map.insert(vma.start, vma.end, vma);
    }
    copyCounters(this.#counters, mm);
    mm.protectionKeys.clear();
    for (const key of this.#protectionKeys) mm.protectionKeys.add(key);
    mm.rooms.forget();
    mm.cells.find(0);
  }

  #check(): void {
    if (!this.isValid)
      throw new TypeError("the snapshot was disposed of, or lies behind one that was gone back to");
  }
}

function takeOut(mm: Mm, vma: Vma): void {
  if (mm.map.get(vma.start) === vma) mm.map.delete(vma.start, vma.end);
}

function startJournal(mm: Mm): Journal {
  const journal = new Journal();
  mm.pages?.keepJournal(journal);
  return journal;
}

function stopJournal(mm: Mm): void {
  mm.journal = null;
  mm.pages?.keepJournal(null);
}
