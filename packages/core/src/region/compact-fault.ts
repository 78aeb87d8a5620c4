/** Page faults in areas without records. */

import { touchingAbove, touchingBelow } from "@vma/maple/neighbours";
import { VM_ACCESS_FLAGS, VM_HUGEPAGE, VM_NOHUGEPAGE, VM_SHARED } from "../abi/flags.js";
import { PAGE_SIZE } from "../abi/page.js";
import type { Mm } from "../mm.js";
import { CELL_FLAGS, CELL_KIND } from "../object/compact.js";
import type { OpenFile } from "../object/file.js";

/** Flags that must be the same where two areas share an anonymous object. */
const SHARED_FLAGS: number = CELL_FLAGS & ~VM_ACCESS_FLAGS;

/**
 * A permitted access to the byte at `address` in an area without a record. Returns true when nothing is left to do; false,
 * with nothing changed, when the longer way must do it.
 * Assumes: `mm.isCompact`.
 */
export function touchCompact(mm: Mm, cell: number, address: number, write: boolean): boolean {
  const { cells, compact } = mm;
  const file = compact.fileOf(cell);
  const offset = compact.offsetOf(cell);
  const anonVma = compact.anonVmaOf(cell);
  const flags = compact.flagsOf(cell);
  if (file !== null && Math.floor(address / PAGE_SIZE) + offset >= file.object.pages) return false;
  if (!write || (flags & VM_SHARED) !== 0) return file !== null || anonVma !== null || !mayBeHuge(mm, flags);
  if (anonVma !== null) return true;
  mm.sweepKinds();
  cells.seek(address);
  const kind = preparedKind(mm, cell, file, offset);
  if (kind < 0) return false;
  cells.replaceValue((cell & CELL_FLAGS) | kind);
  return true;
}

/** Whether a read fault could map a huge page, which gives the area an anonymous object. */
function mayBeHuge(mm: Mm, flags: number): boolean {
  const mode = mm.limits.hugePages;
  if (mode === "never" || (flags & VM_NOHUGEPAGE) !== 0) return false;
  return mode === "always" || (flags & VM_HUGEPAGE) !== 0;
}

/**
 * The kind that the area under the cursor is of once it has an anonymous object (`__anon_vma_prepare`): that of a neighbour,
 * the one above asked first, or one of its own. -1 when a record is in the way.
 */
function preparedKind(mm: Mm, cell: number, file: OpenFile | null, offset: number): number {
  const { cells, compact } = mm;
  const above = touchingAbove(cells);
  if (typeof above === "object") return -1;
  let owner = above !== undefined && shares(mm, cell, above) ? above : -1;
  if (owner < 0) {
    const below = touchingBelow(cells);
    if (typeof below === "object") return -1;
    if (below !== undefined && shares(mm, cell, below)) owner = below;
  }
  const id = compact.idOf(cell);
  if (owner >= 0 && id === 0) return owner & CELL_KIND;
  const anonVma = owner >= 0 ? compact.anonVmaOf(owner) : mm.family.anonVmas.create();
  compact.drop(cell);
  return compact.kindBits(file, offset, anonVma, id);
}

/** Whether `owner`, which touches the area, has an anonymous object that this may share. */
function shares(mm: Mm, cell: number, owner: number): boolean {
  if (((cell ^ owner) & SHARED_FLAGS) !== 0) return false;
  const { compact } = mm;
  if (compact.anonVmaOf(owner) === null) return false;
  return compact.fileOf(cell) === compact.fileOf(owner) && compact.offsetOf(cell) === compact.offsetOf(owner);
}
