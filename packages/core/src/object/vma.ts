/** The record of one area (`vm_area_struct`). */

import { toPages } from "../abi/page.js";
import { type AnonChain, type AnonVma, EMPTY_CHAIN } from "./anon-vma.js";
import type { MemoryPolicy, OpenFile, UserfaultContext, VmOps } from "./file.js";

/**
 * One area: a half-open range of bytes [start, end) with one set of attributes.
 *
 * All fields are always present and keep their kind of value, so that every area has one shape. Boundaries are moved
 * only by merge/commit.ts and by the split, shrink, unmap and link functions beside it.
 */
export class Vma {
  /** First byte, page aligned. */
  start: number;
  /** First byte behind, page aligned. */
  end: number;
  /**
   * Offset of `start` in pages: in the file, or for private anonymous memory the page number of the address at which
   * the area was first mapped (which maps and smaps print as 0).
   */
  pgoff: number;
  /** VM_ bits 0 to 31, a signed 32-bit integer. */
  flags: number;
  /** VM_ bits 32 to 63, a signed 32-bit integer. */
  flagsHigh: number;
  /** The open file, or null for private anonymous memory. */
  file: OpenFile | null = null;
  /** Hooks, or null. An area without a file and without hooks is anonymous (`vma_is_anonymous`). */
  ops: VmOps | null = null;
  anonVma: AnonVma | null = null;
  anonChain: AnonChain = EMPTY_CHAIN;
  policy: MemoryPolicy | null = null;
  uffdContext: UserfaultContext | null = null;
  anonName: string | null = null;
  /** The address space's lock sequence at which this area was last marked for writing; 0 is never. */
  writeMark = 0;
  /** Unique within the address space's family; shows who survived a merge. */
  readonly id: number;

  constructor(id: number, start: number, end: number, pgoff: number, flags: number, flagsHigh: number) {
    this.id = id;
    this.start = start;
    this.end = end;
    this.pgoff = pgoff;
    this.flags = flags;
    this.flagsHigh = flagsHigh;
  }
}

/** Pages the area covers. */
export function vmaPages(vma: Vma): number {
  return toPages(vma.end - vma.start);
}

/** Whether merging the area away would need its close hook (`vma->vm_ops->close`). */
export function isClosable(vma: Vma): boolean {
  return vma.ops !== null && vma.ops.close !== undefined;
}

/**
 * Whether the area is private anonymous memory (`vma_is_anonymous`): no operations, and no file but /dev/zero, whose
 * private mappings are anonymous memory that remembers a file.
 */
export function isAnonymous(vma: Vma): boolean {
  return vma.ops === null && (vma.file === null || vma.file.kind === "zero");
}

/** A new record with every attribute of `source` and its own number (`vm_area_dup`). Chains are not copied. */
export function duplicateVma(id: number, source: Vma): Vma {
  const copy = new Vma(id, source.start, source.end, source.pgoff, source.flags, source.flagsHigh);
  copy.file = source.file;
  copy.ops = source.ops;
  copy.policy = source.policy;
  copy.uffdContext = source.uffdContext;
  copy.anonName = source.anonName;
  return copy;
}
