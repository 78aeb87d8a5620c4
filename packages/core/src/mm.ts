/** The address space record (`mm_struct`): its tree of areas, counters, limits and defaults. No operations. */

import { type Cursor, MapleTree } from "@vma/maple";
import { VM_SOFTDIRTY } from "./abi/flags.js";
import type { Limits } from "./abi/limits.js";
import type { KernelProfile } from "./abi/profile.js";
import { DefaultHost, type Host } from "./host.js";
import { AnonVmaSource } from "./object/anon-vma.js";
import type { EventSink } from "./object/event.js";
import type { Journal } from "./object/journal.js";
import type { PageTable } from "./object/page-table.js";
import { Rooms } from "./object/rooms.js";
import { SpareRecords } from "./object/spare-records.js";
import type { Vma } from "./object/vma.js";

/** Numbers and anonymous objects shared by an address space and all that fork from it. */
export class Family {
  readonly anonVmas: AnonVmaSource = new AnonVmaSource();
  #lastArea = 0;
  #lastContext = 0;

  /** A number no area of the family has had. */
  nextAreaId(): number {
    this.#lastArea += 1;
    return this.#lastArea;
  }

  /** @internal The number that the youngest area has. */
  get lastAreaId(): number {
    return this.#lastArea;
  }

  /** A number for a new userfaultfd context. */
  nextContextId(): number {
    this.#lastContext += 1;
    return this.#lastContext;
  }
}

/** Everything one address space is. Fields are read freely; boundaries change only through merge/ and region/. */
export class Mm {
  readonly tree: MapleTree<Vma> = new MapleTree<Vma>();
  /** The one cursor all writes go through, so that it is never stale. */
  readonly cursor: Cursor<Vma> = this.tree.cursor();
  readonly family: Family;
  readonly host: Host;
  readonly profile: KernelProfile;
  readonly limits: Limits;
  /** Where events go; null is nowhere and costs nothing. */
  events: EventSink | null = null;
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
  /** @internal Records of areas that are gone, to be used again. */
  readonly spare: SpareRecords = new SpareRecords();
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
    this.isPlainHost =
      Object.getPrototypeOf(host) === DefaultHost.prototype && Object.keys(host).length === 0;
    this.ignoredFlags = VM_SOFTDIRTY | profile.stickyFlags;
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

  /** To be called before anything of the area's record changes and before it is put into the tree or taken out. */
  remember(vma: Vma): void {
    const { journal } = this;
    if (journal !== null && !journal.hasSaved(vma)) journal.save(vma, this.tree.get(vma.start) === vma);
  }

  /** Nobody hears of single steps, wants to take them back or may refuse them: only their result counts. */
  get isUnobserved(): boolean {
    return this.events === null && this.journal === null && this.isPlainHost && !this.checked;
  }

  /** Whether somebody holds the lock for writing. */
  get isLocked(): boolean {
    return (this.lockSequence & 1) === 1;
  }

  /** @internal Says that every area there is may be in somebody's hands from now on. */
  handOut(): void {
    const { spare, family } = this;
    spare.seenUpTo = Math.max(spare.seenUpTo, family.lastAreaId);
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
