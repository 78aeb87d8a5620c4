/**
 * The seam: everything the engine cannot do or decide alone. One implementation for use (`DefaultHost`, which never
 * fails and needs nothing) and one for tests (testkit's stub host, which records and fails on demand).
 *
 * A method that returns boolean is a step that may fail: false means "no memory". The engine calls it before it
 * changes anything the failure would have to undo.
 */

import type { MemoryPolicy, OpenFile } from "./object/file.js";
import type { Vma } from "./object/vma.js";

/** Transitions of the address space's lock that munmap can be asked for. */
export type LockTransition = "downgrade" | "read-unlock" | "write-unlock";

/** An assertion of the engine that its caller broke; execution goes on, as in the kernel (`VM_WARN_ON`). */
export type EngineWarning =
  | "expand-removes-closable"
  | "removed-anon-differs"
  | "shrink-both-ends"
  | "giveup-with-partial-span"
  | "faulted-self-merge";

export interface Host {
  /** Memory for a new area's record, a copy of `source` or a fresh one (`vm_area_dup`, `vm_area_alloc`). */
  allocateArea(source: Vma | null): boolean;
  /** Called with the record once it exists. `source` is null for a fresh one. */
  areaAllocated(vma: Vma, source: Vma | null): void;
  /** A record is given back (`vm_area_free`). */
  freeArea(vma: Vma): void;
  /** Tree nodes for the coming write (`vma_iter_prealloc`). */
  preallocateNodes(): boolean;
  /** A copy of the area's policy for a new area; asked only when there is one (`vma_dup_policy`). */
  duplicatePolicy(to: Vma, from: Vma): boolean;
  /** Links for cloning the non-empty chain of `from` to `to` (`anon_vma_clone`). */
  cloneChain(to: Vma, from: Vma): boolean;
  /** A place on munmap's side list (`mas_store_gfp` on the detached tree). */
  detachArea(vma: Vma): boolean;
  /** A userfaultfd unmap event for the area (`userfaultfd_unmap_prep`). */
  prepareUserfaultUnmap(vma: Vma): boolean;
  /** Memory for writing the hole [start, end) over the areas gathered by munmap. */
  clearRange(start: number, end: number): boolean;

  /** Asks the area's hook whether it may be cut at `address`: 0 or a negative errno. */
  maySplit(vma: Vma, address: number): number;
  /** Calls the area's open hook. */
  openArea(vma: Vma): void;
  /** Calls the area's close hook. */
  closeArea(vma: Vma): void;

  /** The area is marked for writing (`vma_start_write`). */
  writeLocked(vma: Vma): void;
  /** A clone that was made is dropped again (roll-back of `dup_anon_vma`). */
  chainUnlinked(vma: Vma): void;
  /** The chain of `removed` is dropped in favour of `survivor` (`anon_vma_merge`). */
  chainMerged(survivor: Vma, removed: Vma): void;
  fileTaken(file: OpenFile): void;
  fileDropped(file: OpenFile): void;
  policyDropped(policy: MemoryPolicy): void;
  /** Uprobes leave a file area before its range changes (`uprobe_munmap`). */
  uprobesRemoved(vma: Vma): void;
  /** Uprobes enter a file area whose range has changed (`uprobe_mmap`). */
  uprobesInstalled(vma: Vma): void;
  /** The huge-page daemon hears of a merged area (`khugepaged_enter_vma`). */
  hugePageDaemonTold(vma: Vma): void;
  /** Accounted pages are given back (`vm_unacct_memory`). */
  pagesUnaccounted(pages: number): void;
  lockChanged(transition: LockTransition): void;
  warned(warning: EngineWarning): void;
}

/** The host for use: nothing fails, nothing is recorded, hooks are called. */
export class DefaultHost implements Host {
  allocateArea(_source: Vma | null): boolean {
    return true;
  }
  areaAllocated(_vma: Vma, _source: Vma | null): void {}
  freeArea(_vma: Vma): void {}
  preallocateNodes(): boolean {
    return true;
  }
  duplicatePolicy(_to: Vma, _from: Vma): boolean {
    return true;
  }
  cloneChain(_to: Vma, _from: Vma): boolean {
    return true;
  }
  detachArea(_vma: Vma): boolean {
    return true;
  }
  prepareUserfaultUnmap(_vma: Vma): boolean {
    return true;
  }
  clearRange(_start: number, _end: number): boolean {
    return true;
  }
  maySplit(vma: Vma, address: number): number {
    const ops = vma.ops;
    return ops?.maySplit === undefined ? 0 : ops.maySplit(vma, address);
  }
  openArea(vma: Vma): void {
    vma.ops?.open?.(vma);
  }
  closeArea(vma: Vma): void {
    vma.ops?.close?.(vma);
  }
  writeLocked(_vma: Vma): void {}
  chainUnlinked(_vma: Vma): void {}
  chainMerged(_survivor: Vma, _removed: Vma): void {}
  fileTaken(_file: OpenFile): void {}
  fileDropped(_file: OpenFile): void {}
  policyDropped(_policy: MemoryPolicy): void {}
  uprobesRemoved(_vma: Vma): void {}
  uprobesInstalled(_vma: Vma): void {}
  hugePageDaemonTold(_vma: Vma): void {}
  pagesUnaccounted(_pages: number): void {}
  lockChanged(_transition: LockTransition): void {}
  warned(_warning: EngineWarning): void {}
}
