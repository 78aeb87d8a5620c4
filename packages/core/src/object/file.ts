/** Open files and the hooks of their areas. */

import type { Vma } from "./vma.js";

/** What is behind a mapping. `special` is a kernel mapping such as [vdso]. */
export type FileKind = "regular" | "shmem" | "zero" | "sysv" | "hugetlb" | "special";

/**
 * Hooks an area may carry (`vm_operations_struct`). A merge may extend or shrink an area with `close`, but never
 * deletes it, so that every `open` meets its `close`.
 */
export interface VmOps {
  /** A new area of this mapping exists (split, copy, fork). */
  readonly open?: (vma: Vma) => void;
  /** An area of this mapping goes away. */
  readonly close?: (vma: Vma) => void;
  /** Asked before a split at `address` (bytes): 0, or a negative errno that refuses it. */
  readonly maySplit?: (vma: Vma, address: number) => number;
}

/** What an open file is, besides its identity. */
export interface OpenFileInit {
  /** As /proc/PID/maps would print it. */
  readonly path: string;
  readonly kind?: FileKind;
  /** Descriptor mode: may mappings of it be readable, and writable when shared? Both true by default. */
  readonly readable?: boolean;
  readonly writable?: boolean;
  /** Device as maps prints it ("fd:01") and inode number; for printing only. */
  readonly device?: string;
  readonly inode?: number;
  /** Identity of the inode behind the open file: two opens of one file share it. */
  readonly object?: FileObject;
  /** Size in pages, for faults beyond the end. Infinity when unknown. */
  readonly pages?: number;
  /** The file lives in shared memory or tmpfs (`vma_is_shmem`). True by default for kinds shmem and sysv. */
  readonly isShmem?: boolean;
  /** Mounted noexec: mappings may not be executable. */
  readonly noexec?: boolean;
}

/** A policy that pages [start, end) of an object have. */
interface PolicyRange {
  readonly start: number;
  readonly end: number;
  readonly policy: MemoryPolicy;
}

/** The inode behind open files: what two opens of one path have in common. */
export class FileObject {
  readonly name: string;
  /** Size in pages. */
  pages: number;
  /** Pages of the file that are in memory, by page number; kept only for objects whose faults matter. */
  readonly resident: Set<number> = new Set();

  /** Memory policies of pages of shared memory, which outlive the areas they were set through. Disjoint. */
  #policies: PolicyRange[] = [];

  constructor(name: string, pages: number = Number.POSITIVE_INFINITY) {
    this.name = name;
    this.pages = pages;
  }

  /**
   * Gives pages [start, end) a policy; null takes it away (`mpol_set_shared_policy`). Returns what takes that back.
   */
  setPolicy(start: number, end: number, policy: MemoryPolicy | null): () => void {
    const before = this.#policies;
    const kept: PolicyRange[] = [];
    for (const range of this.#policies) {
      if (range.start < start) kept.push({ ...range, end: Math.min(range.end, start) });
      if (range.end > end) kept.push({ ...range, start: Math.max(range.start, end) });
    }
    if (policy !== null) kept.push({ start, end, policy });
    this.#policies = kept;
    return () => {
      this.#policies = before;
    };
  }

  /** The policy of one page, or null (`mpol_shared_policy_lookup`). */
  policyAt(page: number): MemoryPolicy | null {
    for (const range of this.#policies) if (range.start <= page && page < range.end) return range.policy;
    return null;
  }
}

let lastFileId = 0;

/**
 * An open file (`struct file`): areas merge only when they map the same open file, not merely the same path.
 */
export class OpenFile {
  /** Unique number, for pictures and dumps. */
  readonly id: number;
  readonly path: string;
  readonly kind: FileKind;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly noexec: boolean;
  readonly isShmem: boolean;
  readonly device: string;
  readonly inode: number;
  readonly object: FileObject;

  constructor(init: OpenFileInit) {
    lastFileId += 1;
    this.id = lastFileId;
    this.path = init.path;
    this.kind = init.kind ?? "regular";
    this.readable = init.readable ?? true;
    this.writable = init.writable ?? true;
    this.noexec = init.noexec ?? false;
    this.isShmem = init.isShmem ?? (this.kind === "shmem" || this.kind === "sysv");
    this.device = init.device ?? "00:00";
    this.inode = init.inode ?? 0;
    this.object = init.object ?? new FileObject(init.path, init.pages);
  }
}

/** A memory policy of an area (`mempolicy`). Policies are compared by value. */
export interface MemoryPolicy {
  /** As /proc/PID/numa_maps prints it: "bind:0", "interleave:0", "prefer:0", "local". */
  readonly text: string;
}

/** Whether two policies are the same to a merge (`mpol_equal`). */
export function policiesEqual(a: MemoryPolicy | null, b: MemoryPolicy | null): boolean {
  return a === b || (a !== null && b !== null && a.text === b.text);
}

/** A userfaultfd context: areas merge only when they carry the same one. */
export class UserfaultContext {
  readonly id: number;

  constructor(id: number) {
    this.id = id;
  }
}
