/** The address space record (`mm_struct`): its tree of areas, counters, limits and defaults. No operations. */

import { type Cursor, MapleTree } from "@vma/maple";
import { VM_SOFTDIRTY } from "./abi/flags.js";
import type { Limits } from "./abi/limits.js";
import type { KernelProfile } from "./abi/profile.js";
import { DefaultHost, type Host } from "./host.js";
import { AreaCursor } from "./object/area-cursor.js";
import { type AreaCell, CompactTable } from "./object/compact.js";
import { type EventSink, type StepSink, StepTeller } from "./object/event.js";
import { Family } from "./object/family.js";
import { AreaImage, type Journal } from "./object/journal.js";
import type { PageTable } from "./object/page-table.js";
import { PassingRecords } from "./object/passing-records.js";
import { Rooms } from "./object/rooms.js";
import type { Tally } from "./object/tally.js";
import type { Vma } from "./object/vma.js";

/** Everything one address space is. Fields are read freely; boundaries change only through merge/ and region/. */
export class Mm {
  /** @internal The areas by range: those with a record, and the cells of those without. */
  readonly map: MapleTree<AreaCell> = new MapleTree<AreaCell>();
  /** @internal The one cursor all writes go through, so that it is never stale. */
  readonly cells: Cursor<AreaCell> = this.map.cursor();
  /** @internal What the cells mean. */
  readonly compact: CompactTable;
  /** The same cursor for those who want records: areas that it meets have one from then on. */
  readonly cursor: AreaCursor;
  /** @internal What the call under way has made for itself. */
  readonly passing: PassingRecords = new PassingRecords();
  /** Somebody has the tree: no area is without a record any more. */
  #keepsRecords = false;
  readonly family: Family;
  readonly host: Host;
  readonly profile: KernelProfile;
  readonly limits: Limits;
  #events: EventSink | null = null;
  /** @internal Where those events go that are told as numbers, with the numbers of areas. */
  steps: StepSink | null = null;
  /** @internal Where events are only counted: the sink of events then. */
  tally: Tally | null = null;
  /** The host does nothing but call hooks: no step of the engine fails or is seen. */
  readonly isPlainHost: boolean;
  /** Flags that never keep areas apart: soft-dirty, and what the profile calls sticky. */
  readonly ignoredFlags: number;
  /** Number of areas. */
  mapCount = 0;
  // Numbers that may pass 2^31 are infinite before the constructor sets them, and so doubles to the JS engine: a field
  // that begins as a small integer holds every other number as an object, which each write makes anew.
  /** All mapped pages. */
  totalVm: number = Infinity;
  /** Pages of locked areas. */
  lockedVm: number = Infinity;
  /** Pages that are private and writable but no stack. */
  dataVm: number = Infinity;
  /** Pages that are executable and not writable and no stack. */
  execVm: number = Infinity;
  /** Pages of growing areas. */
  stackVm: number = Infinity;
  /** Charged pages (VM_ACCOUNT areas). */
  committed: number = Infinity;
  /** First byte of the heap. */
  startBrk: number = Infinity;
  /** The program break, bytes, not aligned. */
  brk: number = Infinity;
  /** Searches for room go down from here (bytes, exclusive). */
  mmapBase: number = Infinity;
  /**
   * Where the next mapping goes for which the kernel would choose the place, when a recording knows it; -1 lets the
   * search decide. Used once.
   */
  nextPlacement: number = Infinity;
  /** What the search itself answered when `nextPlacement` was used; to compare. */
  searchedPlacement: number = Infinity;
  /** Flags every new mapping gets (mlockall MCL_FUTURE). */
  defFlags = 0;
  /** The process opted all its memory in to KSM. */
  ksmAll = false;
  /** @internal How far down searches for room have looked in vain. */
  readonly rooms: Rooms = new Rooms();
  /** Areas that an unmap in progress has collected. Scratch, empty between calls. */
  readonly gathered: Vma[] = [];
  /** Which pages are in memory; null when the address space does not keep track. */
  pages: PageTable | null = null;
  /** Allocated protection keys; key 0 always is. */
  readonly protectionKeys: Set<number> = new Set([0]);
  /** Memory-deny-write-execute is on (PR_SET_MDWE). */
  denyWriteExec = false;
  /**
   * Counts the times the lock was taken and dropped for writing: odd while it is held. An area is marked for writing
   * by the call in progress when its mark equals this. A record on its own counts as locked by who made it.
   */
  lockSequence = 1;
  /** @internal What was before the latest changes; null while nobody may want to go back. */
  journal: Journal | null = null;
  /** Check what callers promise even where that costs a look at the tree. */
  checked = false;

  constructor(profile: KernelProfile, limits: Limits, host: Host, family: Family = new Family()) {
    this.profile = profile;
    this.limits = limits;
    this.host = host;
    this.family = family;
    this.ignoredFlags = VM_SOFTDIRTY | profile.stickyFlags;
    this.compact = new CompactTable(this.ignoredFlags);
    this.cursor = new AreaCursor(this.cells, this.compact, family, this.passing);
    this.isPlainHost =
      Object.getPrototypeOf(host) === DefaultHost.prototype && Object.keys(host).length === 0;
    this.totalVm = 0;
    this.lockedVm = 0;
    this.dataVm = 0;
    this.execVm = 0;
    this.stackVm = 0;
    this.committed = 0;
    this.startBrk = 0;
    this.brk = 0;
    this.mmapBase = 0;
    this.nextPlacement = -1;
    this.searchedPlacement = -1;
  }

  /** Where events go; null is nowhere and costs nothing. A sink other than `StepTeller` and the tally wants records. */
  get events(): EventSink | null {
    return this.#events;
  }

  set events(sink: EventSink | null) {
    const hadIds = this.steps !== null;
    this.#events = sink;
    this.steps = sink instanceof StepTeller ? sink.steps : null;
    this.tally = null;
    if (this.steps !== null && !hadIds) this.#identify();
    else if (hadIds && this.steps === null) this.compact.forgetIds();
  }

  /** Numbers every area without a record: each gets a kind of its own. */
  #identify(): void {
    const { cells, compact, family } = this;
    for (let cell = cells.find(0); cell !== undefined; cell = cells.next()) {
      if (typeof cell !== "number" || compact.idOf(cell) !== 0) continue;
      if (compact.hasRoom) cells.replaceValue(compact.ownCell(cell, family.nextAreaId()));
      else this.cursor.seek(cells.start);
    }
  }

  /** @internal The number of an area; 0 for none, and where it has none. */
  idOf(area: AreaCell | undefined): number {
    if (typeof area === "number") return this.compact.idOf(area);
    return area === undefined ? 0 : area.id;
  }

  /** @internal A number for an area that comes to be, where anybody wants to know it; else 0. */
  nextId(): number {
    return this.steps === null ? 0 : this.family.nextAreaId();
  }

  /**
   * The areas by range. Every area gets a record, and from then on every new one: whoever has the tree may look at any
   * area at any time, which costs some time.
   */
  get tree(): MapleTree<Vma> {
    if (!this.#keepsRecords) {
      this.#keepsRecords = true;
      for (const _ of this.areas());
    }
    return this.map as MapleTree<Vma>;
  }

  /** The area that holds the byte at `address`. */
  areaAt(address: number): Vma | undefined {
    const cell = this.map.get(address);
    return typeof cell === "number" ? this.cursor.seek(address) : cell;
  }

  /** The areas in address order. Each has a record from then on. */
  *areas(): IterableIterator<Vma> {
    const { cells, cursor } = this;
    for (let vma = cursor.find(0); vma !== undefined; ) {
      const { end } = cells;
      yield vma;
      vma = cursor.find(end);
    }
  }

  /** The areas that touch [from, to) in address order as values, without a look at the areas: none gets a record for it. */
  *images(from: number, to: number): IterableIterator<AreaImage> {
    for (const [start, end, cell] of this.map.entries(from, to)) {
      yield new AreaImage(typeof cell === "number" ? this.compact.recordOf(cell, 0, start, end) : cell);
    }
  }

  /** @internal A call is over: the areas that it made records for do without again, where they can. */
  settle(): void {
    const { passing } = this;
    passing.isOpen = false;
    if (passing.records.length > 0) this.#settleRecords();
  }

  #settleRecords(): void {
    const { passing, cells, compact } = this;
    if (this.isCompact) {
      const wantsIds = this.steps !== null;
      for (let i = 0; i < passing.records.length && compact.hasRoom; i += 1) {
        const vma = passing.records[i] as Vma;
        if (cells.find(vma.start) !== vma) continue;
        const cell = compact.cellFor(vma, passing.cells[i] as number, wantsIds);
        if (cell >= 0) cells.replaceValue(cell);
      }
    }
    passing.clear();
    this.sweepKinds();
  }

  /** @internal Forgets kinds of areas without records that none has any more, when there are many. */
  sweepKinds(): void {
    // What a call has made for itself may be of a kind that no cell names just now.
    if (this.compact.isCrowded && this.passing.records.length === 0) this.compact.sweep(this.map);
  }

  /**
   * @internal The area that holds the byte at `address`, for those who are called back in the midst of a call: nothing is
   * changed, so an area without a record is shown by one of this moment.
   */
  shownAt(address: number): Vma | undefined {
    for (const vma of this.shown(address, address + 1)) return vma;
    return undefined;
  }

  /** @internal The areas that touch [from, to), as `shownAt` shows them. */
  *shown(from: number, to: number): IterableIterator<Vma> {
    for (const [start, end, cell] of this.map.entries(from, to)) {
      if (typeof cell === "number") yield this.compact.recordOf(cell, this.compact.idOf(cell), start, end);
      else {
        this.passing.keep(cell);
        yield cell;
      }
    }
  }

  /** To be called before anything of the area's record changes and before it is put into the tree or taken out. */
  remember(vma: Vma): void {
    const { journal } = this;
    if (journal !== null && !journal.hasSaved(vma)) journal.save(vma, this.map.get(vma.start) === vma);
  }

  /**
   * @internal Areas may do without records: nobody hears of single steps, wants to take them back or may refuse them, and
   * no setting of the process asks for more than flags, files and anonymous objects tell.
   */
  get isCompact(): boolean {
    return (
      (this.#events === null || this.tally !== null || (this.steps !== null && this.compact.hasRoom)) &&
      this.journal === null &&
      this.isPlainHost &&
      !this.checked &&
      !this.#keepsRecords &&
      this.defFlags === 0 &&
      !this.ksmAll &&
      !this.denyWriteExec &&
      !this.limits.softDirty
    );
  }

  /** Whether somebody holds the lock for writing. */
  get isLocked(): boolean {
    return (this.lockSequence & 1) === 1;
  }

  /** Takes the lock for writing (`mmap_write_lock`). Marks made before are no longer this call's. */
  lock(): void {
    this.lockSequence += this.isLocked ? 2 : 1;
  }

  /** Drops the lock (`mmap_write_unlock`, `vma_end_write_all`). */
  unlock(): void {
    if (this.isLocked) this.lockSequence += 1;
  }
}
