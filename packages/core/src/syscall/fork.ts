/** fork: a child's copy of an address space (`dup_mmap`). */

import {
  VM_ACCOUNT,
  VM_DONTCOPY,
  VM_LOCKED_MASK,
  VM_MAYBE_GUARD,
  VM_MIXEDMAP,
  VM_PFNMAP,
  VM_UFFD_LOW,
  VM_WIPEONFORK,
  VMH_UFFD_MINOR,
} from "../abi/flags.js";
import { PAGE_SIZE } from "../abi/page.js";
import { Mm } from "../mm.js";
import { EMPTY_CHAIN, inheritedChain } from "../object/anon-vma.js";
import { CELL_BARE, CELL_FLAGS, CELL_KIND } from "../object/compact.js";
import { PageTable } from "../object/page-table.js";
import { duplicateVma, type Vma } from "../object/vma.js";
import { accountPages } from "../region/accounting.js";

/**
 * The child's address space. Areas marked DONTCOPY stay behind, WIPEONFORK areas arrive untouched, locks and
 * userfaultfd registrations are not inherited. Every faulted area of the child has the parent's chain and an
 * anonymous object of its own, so no chain in a child is singular. Open hooks are called.
 */
export function fork(parent: Mm): Mm {
  const child = new Mm(parent.profile, { ...parent.limits }, parent.host, parent.family);
  child.startBrk = parent.startBrk;
  child.brk = parent.brk;
  child.mmapBase = parent.mmapBase;
  child.ksmAll = parent.ksmAll;
  child.denyWriteExec = parent.denyWriteExec;
  if (parent.pages !== null) child.pages = new PageTable();
  const { host } = parent;
  child.compact.copyFrom(parent.compact);
  const { cells, cursor } = parent;
  for (let cell = cells.find(0); cell !== undefined; cell = cells.next()) {
    if (typeof cell === "number" && copyCompact(parent, child, cell)) continue;
    const vma = cursor.value as Vma;
    if ((vma.flags & VM_DONTCOPY) !== 0) continue;
    const copy = copyForChild(parent, vma);
    if (child.pages !== null && parent.pages !== null && copiesPages(vma)) {
      child.pages.copyFrom(parent.pages, vma.start, vma.end);
    }
    if (copy.file !== null) host.fileTaken(copy.file);
    host.openArea(copy);
    child.cursor.set(copy.start, copy.end, copy);
    child.mapCount += 1;
    const pages = (copy.end - copy.start) / PAGE_SIZE;
    accountPages(child, copy.flags, pages);
    if ((copy.flags & VM_ACCOUNT) !== 0) child.committed += pages;
  }
  return child;
}

/** Gives the child an area without a record as it is, unless it was written to: then it gets an object of its own. */
function copyCompact(parent: Mm, child: Mm, cell: number): boolean {
  const { compact } = parent;
  if (compact.anonVmaOf(cell) !== null) return false;
  const { start, end } = parent.cells;
  child.mapCount += 1;
  const flags = compact.flagsOf(cell);
  const pages = (end - start) / PAGE_SIZE;
  accountPages(child, flags, pages);
  if ((flags & VM_ACCOUNT) !== 0) child.committed += pages;
  // A number is of one area, and the child's is another one.
  const file = compact.fileOf(cell);
  let kind = cell & CELL_KIND;
  if (compact.idOf(cell) !== 0) {
    const offset = compact.offsetOf(cell);
    kind = file === null && offset === 0 ? CELL_BARE : child.compact.kindBits(file, offset, null);
  }
  child.cells.set(start, end, (cell & CELL_FLAGS) | kind);
  return true;
}

/**
 * Whether the child gets the pages of an area now (`vma_needs_copy`). Where nothing was ever written a fault brings in
 * the same again, except guard markers.
 */
function copiesPages(vma: Vma): boolean {
  if ((vma.flags & VM_WIPEONFORK) !== 0) return false;
  return vma.anonVma !== null || (vma.flags & (VM_PFNMAP | VM_MIXEDMAP | VM_MAYBE_GUARD)) !== 0;
}

function copyForChild(parent: Mm, vma: Vma): Vma {
  const copy = duplicateVma(parent.family.nextAreaId(), vma);
  parent.host.areaAllocated(copy, vma);
  copy.flags &= ~VM_LOCKED_MASK;
  if (copy.uffdContext !== null) {
    copy.uffdContext = null;
    copy.flags &= ~VM_UFFD_LOW;
    copy.flagsHigh &= ~VMH_UFFD_MINOR;
  }
  if (vma.anonVma === null || (vma.flags & VM_WIPEONFORK) !== 0) {
    copy.anonChain = EMPTY_CHAIN;
    return copy;
  }
  const own = parent.family.anonVmas.create();
  copy.anonVma = own;
  copy.anonChain = inheritedChain(vma.anonChain, own);
  return copy;
}
