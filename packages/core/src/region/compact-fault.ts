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
  const { file, offset, anonVma } = compact.kindOf(cell);
  const flags = compact.flagsOf(cell);
  if (file !== null && Math.floor(address / PAGE_SIZE) + offset >= file.object.pages) return false;
  if (!write || (flags & VM_SHARED) !== 0) return file !== null || anonVma !== null || !mayBeHuge(mm, flags);
  if (anonVma !== null) return true;
  if (compact.isCrowded) compact.sweep(mm.map.values());
  cells.seek(address);
  const kind = sharedKind(mm, cell, file, offset);
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
 * The kind with the anonymous object of a neighbour that the area under the cursor may share, the area above asked first
 * (`find_mergeable_anon_vma`), or with one of its own; -1 when a record is in the way.
 */
function sharedKind(mm: Mm, cell: number, file: OpenFile | null, offset: number): number {
  const { cells, compact } = mm;
  const above = touchingAbove(cells);
  if (typeof above === "object") return -1;
  if (above !== undefined && shares(mm, cell, above)) return above & CELL_KIND;
  const below = touchingBelow(cells);
  if (typeof below === "object") return -1;
  if (below !== undefined && shares(mm, cell, below)) return below & CELL_KIND;
  return compact.kindBits(file, offset, mm.family.anonVmas.create());
}

/** Whether `owner`, which touches the area, has an anonymous object that this may share. */
function shares(mm: Mm, cell: number, owner: number): boolean {
  if (((cell ^ owner) & SHARED_FLAGS) !== 0) return false;
  const mine = mm.compact.kindOf(cell);
  const theirs = mm.compact.kindOf(owner);
  return theirs.anonVma !== null && mine.file === theirs.file && mine.offset === theirs.offset;
}
