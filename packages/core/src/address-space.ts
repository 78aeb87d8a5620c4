/**
 * An address space as programs see it: one method per system call, each returning what the kernel returns. No rules
 * live here.
 *
 * Longer than 350 lines because every call has its method here, and nothing else.
 */

import { EINVAL, ENOSPC } from "./abi/errno.js";
import { defaultLimits, type Limits } from "./abi/limits.js";
import { isPageAligned, PAGE_SIZE, TASK_SIZE } from "./abi/page.js";
import { type KernelProfile, profileForRelease } from "./abi/profile.js";
import { DefaultHost, type Host } from "./host.js";
import { MergeRequest } from "./merge/request.js";
import { Mm } from "./mm.js";
import { type AnonChain, type AnonVma, EMPTY_CHAIN } from "./object/anon-vma.js";
import { type AreaEvent, EventListener, StepTeller } from "./object/event.js";
import type { MemoryPolicy, OpenFile, UserfaultContext, VmOps } from "./object/file.js";
import type { AreaImage } from "./object/journal.js";
import { PageTable } from "./object/page-table.js";
import type { Tally } from "./object/tally.js";
import { Vma } from "./object/vma.js";
import { accountPages, isCharged } from "./region/accounting.js";
import { faultPage, isServed } from "./region/fault.js";
import { Snapshot } from "./region/snapshot.js";
import { brk } from "./syscall/brk.js";
import { exitMmap } from "./syscall/exit.js";
import { fork } from "./syscall/fork.js";
import { madvise } from "./syscall/madvise.js";
import { mbind } from "./syscall/mbind.js";
import { setMemoryMerge } from "./syscall/memory-merge.js";
import { mlock, mlock2, mlockall, munlock, munlockall } from "./syscall/mlock.js";
import { type MmapCall, mmap } from "./syscall/mmap.js";
import { mprotect } from "./syscall/mprotect.js";
import { mremap } from "./syscall/mremap.js";
import { mseal } from "./syscall/mseal.js";
import { munmap } from "./syscall/munmap.js";
import { remapFilePages } from "./syscall/remap-file-pages.js";
import { setAnonName } from "./syscall/set-vma-name.js";
import { type SharedMemorySegment, shmat, shmdt } from "./syscall/shm.js";
import { Userfault, userfaultClose, userfaultRegister, userfaultUnregister } from "./syscall/userfaultfd.js";
import { validateMm } from "./validate.js";

/** Where the kernel's searches for room begin with an unrandomized 8 MiB stack: 2^47 less 128 MiB and a page. */
export const DEFAULT_MMAP_BASE = 0x7ffff7fff000;

/** Protection keys an x86-64 processor has. */
const PROTECTION_KEYS = 16;

export interface AddressSpaceOptions {
  /** A profile, its name ("6.1", "6.12", "6.18"), or a release as `uname -r` prints it. Default "6.12". */
  readonly kernel?: string | KernelProfile;
  readonly limits?: Partial<Limits>;
  /** What the engine cannot do alone. The default host never fails. */
  readonly host?: Host;
  /** Searches for room go down from here (bytes, page aligned, at most TASK_SIZE; else a RangeError). */
  readonly mmapBase?: number;
  /** First byte of the heap; 0 is no heap. */
  readonly startBrk?: number;
  /**
   * Remember which pages are in memory. Needed where that decides a fault: userfaultfd, guard pages, huge pages by
   * read faults. Costs memory per touched page.
   */
  readonly trackPages?: boolean;
  /** Check what the engine's parts promise one another even where that costs time. For tests. */
  readonly checked?: boolean;
}

/** An area as it is, for seeding an address space. Bytes, half-open; `pgoff` in pages. */
export interface AreaInit {
  readonly start: number;
  readonly end: number;
  /** VM_ bits 0 to 31. */
  readonly flags: number;
  /** VM_ bits 32 to 63. */
  readonly flagsHigh?: number;
  /** Offset in pages; by default the page number for memory without a file, 0 with one. */
  readonly pgoff?: number;
  readonly file?: OpenFile | null;
  readonly ops?: VmOps | null;
  /** True: it has been written to, so it has an anonymous object of its own. Or the object itself. */
  readonly anonVma?: AnonVma | boolean | null;
  /** Its chain; by default just its object. */
  readonly anonChain?: AnonChain;
  readonly policy?: MemoryPolicy | null;
  readonly uffdContext?: UserfaultContext | null;
  readonly anonName?: string | null;
}

/**
 * One process's memory. Results are the kernel's: an address or 0, or a negative errno (`errnoName` names it).
 * Addresses and lengths are bytes.
 */
export class AddressSpace {
  readonly #mm: Mm;
  readonly #request: MergeRequest;

  /** A new, empty address space; or one around a record that exists already. */
  constructor(options: AddressSpaceOptions | Mm = {}) {
    this.#mm = options instanceof Mm ? options : createMm(options);
    this.#request = new MergeRequest(this.#mm);
    this.#mm.unlock();
  }

  /** The record behind it: counters, limits, tree. Read it freely; change it only through the calls. */
  get mm(): Mm {
    return this.#mm;
  }

  /** What its kernel does differently from others. */
  get profile(): KernelProfile {
    return this.#mm.profile;
  }

  /** Sends every event to `listen` from now on; null ends that. Events cost nothing while nobody listens. */
  onEvent(listen: ((event: AreaEvent) => void) | null): void {
    this.#mm.events = listen === null ? null : new StepTeller(new EventListener(listen));
  }

  /**
   * Counts in `tally` what happens from now on, in place of telling of it (`onEvent`), for less; null ends that. Several
   * address spaces may share a tally.
   */
  tallyIn(tally: Tally | null): void {
    this.#mm.events = tally;
    this.#mm.tally = tally;
  }

  /**
   * Puts an area in place as it is, without merging it with anything: for building a known state. Throws RangeError
   * when the range is misaligned or taken. Open hooks are not called.
   */
  addArea(init: AreaInit): Vma {
    const mm = this.#mm;
    const { start, end, flags } = init;
    if (!isPageAligned(start) || !isPageAligned(end) || !(start < end) || start < 0 || end > 2 ** 64) {
      throw new RangeError(`area [${hex(start)}, ${hex(end)}) is not a page-aligned range below 2^64`);
    }
    const file = init.file ?? null;
    const pgoff = init.pgoff ?? (file === null ? start / PAGE_SIZE : 0);
    const vma = new Vma(mm.family.nextAreaId(), start, end, pgoff, flags | 0, (init.flagsHigh ?? 0) | 0);
    vma.file = file;
    vma.ops = init.ops ?? null;
    vma.policy = init.policy ?? null;
    vma.uffdContext = init.uffdContext ?? null;
    vma.anonName = init.anonName ?? null;
    const { anonVma } = init;
    if (anonVma === true) vma.anonVma = mm.family.anonVmas.create();
    else if (anonVma !== undefined && anonVma !== false) vma.anonVma = anonVma;
    vma.anonChain = init.anonChain ?? (vma.anonVma === null ? EMPTY_CHAIN : vma.anonVma.singular);
    mm.remember(vma);
    mm.map.insert(start, end, vma);
    mm.mapCount += 1;
    const pages = (end - start) / PAGE_SIZE;
    accountPages(mm, vma.flags, pages);
    if (isCharged(vma.flags)) mm.committed += pages;
    return vma;
  }

  /** mmap: the address of the mapping, or a negative errno. */
  mmap(call: MmapCall): number {
    return this.#end(mmap(this.#begin(), call));
  }

  /** munmap: 0 or a negative errno. */
  munmap(address: number, length: number): number {
    return this.#end(munmap(this.#begin(), address, length));
  }

  /** mprotect: 0 or a negative errno. `prot` is PROT_ bits, PROT_GROWSDOWN among them. */
  mprotect(address: number, length: number, prot: number): number {
    return this.#end(mprotect(this.#begin(), address, length, prot));
  }

  /** pkey_mprotect: as mprotect, with a protection key; -1 keeps the keys there are. */
  pkeyMprotect(address: number, length: number, prot: number, pkey: number): number {
    if (pkey !== -1 && !this.#mm.protectionKeys.has(pkey)) return -EINVAL;
    return this.#end(mprotect(this.#begin(), address, length, prot, pkey));
  }

  /** pkey_alloc: the lowest free key, or -ENOSPC. */
  pkeyAlloc(): number {
    const keys = this.#mm.protectionKeys;
    for (let key = 1; key < PROTECTION_KEYS; key += 1) {
      if (keys.has(key)) continue;
      keys.add(key);
      return key;
    }
    return -ENOSPC;
  }

  /** pkey_free: 0, or -EINVAL when the key is not allocated. */
  pkeyFree(pkey: number): number {
    return pkey > 0 && this.#mm.protectionKeys.delete(pkey) ? 0 : -EINVAL;
  }

  /** brk: the program break afterwards, which is the old one when the kernel refuses. */
  brk(address: number): number {
    return this.#end(brk(this.#begin(), address));
  }

  /** mremap: the new address or a negative errno. `newAddress` counts with MREMAP_FIXED, and as a hint with MREMAP_DONTUNMAP. */
  mremap(
    oldAddress: number,
    oldLength: number,
    newLength: number,
    flags: number,
    newAddress: number = 0,
  ): number {
    return this.#end(mremap(this.#begin(), oldAddress, oldLength, newLength, flags, newAddress));
  }

  /** remap_file_pages: 0 or a negative errno. `pgoff` in pages. */
  remapFilePages(address: number, length: number, prot: number, pgoff: number, _flags: number = 0): number {
    return this.#end(remapFilePages(this.#begin(), address, length, prot, pgoff));
  }

  /** madvise: 0 or a negative errno. */
  madvise(address: number, length: number, advice: number): number {
    return this.#end(madvise(this.#begin(), address, length, advice));
  }

  /** mlock: 0 or a negative errno. */
  mlock(address: number, length: number): number {
    return this.#end(mlock(this.#begin(), address, length));
  }

  /** mlock2: 0 or a negative errno. */
  mlock2(address: number, length: number, flags: number): number {
    return this.#end(mlock2(this.#begin(), address, length, flags));
  }

  /** munlock: 0 or a negative errno. */
  munlock(address: number, length: number): number {
    return this.#end(munlock(this.#begin(), address, length));
  }

  /** mlockall: 0 or a negative errno. `flags` is MCL_ bits. */
  mlockall(flags: number): number {
    return this.#end(mlockall(this.#begin(), flags));
  }

  /** munlockall: 0. */
  munlockall(): number {
    return this.#end(munlockall(this.#begin()));
  }

  /** mseal: 0 or a negative errno. */
  mseal(address: number, length: number, flags: number = 0): number {
    return this.#end(mseal(this.#begin(), address, length, flags));
  }

  /** prctl PR_SET_VMA_ANON_NAME: 0 or a negative errno. Null clears the name. */
  setAnonName(address: number, length: number, name: string | null): number {
    return this.#end(setAnonName(this.#begin(), address, length, name));
  }

  /** prctl PR_SET_MEMORY_MERGE: 0 or -EINVAL. */
  setMemoryMerge(on: boolean): number {
    return this.#end(setMemoryMerge(this.#begin(), on));
  }

  /** prctl PR_SET_MDWE: from now on no memory becomes both writable and executable. */
  setDenyWriteExec(): void {
    this.#mm.denyWriteExec = true;
  }

  /** mbind: 0 or a negative errno. Null is the default policy. */
  mbind(address: number, length: number, policy: MemoryPolicy | null): number {
    return this.#end(mbind(this.#begin(), address, length, policy));
  }

  /**
   * The policy of the page an area begins with, as /proc/PID/numa_maps shows it; null is the default. Shared memory
   * has policies of its own, by page of the object, whichever area they were set through.
   */
  policyOf(vma: Vma | AreaImage): MemoryPolicy | null {
    const { file } = vma;
    return file?.isShmem === true ? file.object.policyAt(vma.pgoff) : vma.policy;
  }

  /** shmat: the address or a negative errno. Address 0 lets the kernel choose. `flags` is SHM_ bits. */
  shmat(segment: SharedMemorySegment, address: number, flags: number): number {
    return this.#end(shmat(this.#begin(), segment, address, flags));
  }

  /** shmdt: 0 or -EINVAL. */
  shmdt(address: number): number {
    return this.#end(shmdt(this.#begin(), address));
  }

  /** A new userfaultfd descriptor of this address space. */
  userfaultfd(): Userfault {
    return new Userfault(this.#mm);
  }

  /** UFFDIO_REGISTER: 0 or a negative errno. `modes` is UFFDIO_REGISTER_MODE_ bits. */
  userfaultRegister(uffd: Userfault, address: number, length: number, modes: number): number {
    return this.#end(userfaultRegister(this.#begin(), uffd, address, length, modes));
  }

  /** UFFDIO_UNREGISTER: 0 or a negative errno. */
  userfaultUnregister(uffd: Userfault, address: number, length: number): number {
    return this.#end(userfaultUnregister(this.#begin(), uffd, address, length));
  }

  /** The last close of a userfaultfd descriptor: all its areas are released. */
  userfaultClose(uffd: Userfault): void {
    userfaultClose(this.#begin(), uffd);
    this.#end(0);
  }

  /** One access to the byte at `address`: 0, or the signal it ends in (SIGSEGV 11, SIGBUS 7). */
  fault(address: number, write: boolean): number {
    const mm = this.#mm;
    if (isServed(mm, address, write)) return 0;
    mm.passing.isOpen = true;
    const signal = faultPage(mm, address, write);
    mm.settle();
    return signal;
  }

  /** fork: the child's address space. */
  fork(): AddressSpace {
    const mm = this.#mm;
    mm.passing.isOpen = true;
    const child = fork(mm);
    mm.settle();
    return new AddressSpace(child);
  }

  /** exit, or the old half of exec: everything is unmapped and the address space is as new. */
  exit(): void {
    exitMmap(this.#begin());
    this.#end(0);
  }

  /**
   * Remembers the address space as it is, at a cost that does not depend on its size. From then on changes keep what
   * they replace, until the snapshot's `dispose` is called.
   */
  snapshot(): Snapshot {
    return new Snapshot(this.#mm);
  }

  /**
   * Goes back to the snapshot, in time that follows what has changed since; records keep their identity. Snapshots
   * taken after it are not valid any more. What was done to files that others share is taken back, too. Events are
   * not sent. Throws TypeError for a snapshot that is not valid or of another address space.
   */
  restore(snapshot: Snapshot): void {
    snapshot.goBack(this.#mm);
  }

  /**
   * The areas in address order, each with its record, which follows the area from then on: calls on areas that have been
   * looked at take longer. `images` tells the same without that. Whoever is called back in the midst of a call is shown
   * areas without a record by one of that moment.
   */
  areas(): IterableIterator<Vma> {
    const mm = this.#mm;
    return mm.passing.isOpen ? mm.shown(0, 2 ** 64) : mm.areas();
  }

  /**
   * The areas that touch [start, end) (bytes), by default all, in address order as they are now, as values. Throws
   * TypeError when a call changes areas meanwhile.
   */
  images(start: number = 0, end: number = 2 ** 64): IterableIterator<AreaImage> {
    return this.#mm.images(start, end);
  }

  /** The area that holds the byte at `address` as it is now, as a value, or null. */
  imageAt(address: number): AreaImage | null {
    for (const image of this.#mm.images(address, address + 1)) return image;
    return null;
  }

  /** Whether any byte of [start, end) is mapped. */
  isMapped(start: number, end: number): boolean {
    for (const _ of this.#mm.map.keys(start, end)) return true;
    return false;
  }

  /** The area that holds the byte at `address`, or null. */
  areaAt(address: number): Vma | null {
    const mm = this.#mm;
    return (mm.passing.isOpen ? mm.shownAt(address) : mm.areaAt(address)) ?? null;
  }

  /** Number of areas (`mm->map_count`). */
  get mapCount(): number {
    return this.#mm.mapCount;
  }

  /** Every rule that does not hold, recomputed from nothing; empty when the address space is sound. */
  validate(): string[] {
    return validateMm(this.#mm);
  }

  /** Takes the address space's lock for writing: marks made from here on are this call's. */
  #begin(): MergeRequest {
    this.#mm.lock();
    this.#mm.passing.isOpen = true;
    return this.#request;
  }

  /** Drops the lock and passes the call's result on. */
  #end(result: number): number {
    this.#mm.unlock();
    this.#mm.settle();
    return result;
  }
}

function createMm(options: AddressSpaceOptions): Mm {
  const { kernel = "6.12" } = options;
  const profile = typeof kernel === "string" ? profileForRelease(kernel).profile : kernel;
  const limits = { ...defaultLimits(), ...options.limits };
  const mm = new Mm(profile, limits, options.host ?? new DefaultHost());
  mm.mmapBase = options.mmapBase ?? DEFAULT_MMAP_BASE;
  if (!(mm.mmapBase >= 0 && mm.mmapBase <= TASK_SIZE && isPageAligned(mm.mmapBase))) {
    throw new RangeError(
      `mmapBase must be a multiple of ${PAGE_SIZE} from 0 to ${hex(TASK_SIZE)}, got ${hex(mm.mmapBase)}`,
    );
  }
  mm.startBrk = options.startBrk ?? 0;
  mm.brk = mm.startBrk;
  if (options.trackPages === true) mm.pages = new PageTable();
  mm.checked = options.checked ?? false;
  return mm;
}

function hex(value: number): string {
  return Number.isFinite(value) ? `0x${value.toString(16)}` : String(value);
}
