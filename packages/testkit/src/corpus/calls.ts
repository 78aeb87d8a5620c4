/** The words of a corpus operation as the numbers a system call takes. */

import type { MemoryPolicy } from "@vma/core";
import * as vma from "@vma/core";
import { NotModelled } from "./not-modelled.js";

type Words = Readonly<Record<string, number>>;

/** The MAP_ words. */
export const MAP_WORDS: Words = {
  private: vma.MAP_PRIVATE,
  shared: vma.MAP_SHARED,
  shared_validate: vma.MAP_SHARED_VALIDATE,
  droppable: vma.MAP_DROPPABLE,
  anonymous: vma.MAP_ANONYMOUS,
  fixed: vma.MAP_FIXED,
  fixed_noreplace: vma.MAP_FIXED_NOREPLACE,
  noreserve: vma.MAP_NORESERVE,
  locked: vma.MAP_LOCKED,
  growsdown: vma.MAP_GROWSDOWN,
  stack: vma.MAP_STACK,
  populate: vma.MAP_POPULATE,
  nonblock: vma.MAP_NONBLOCK,
  "32bit": vma.MAP_32BIT,
};

/** The MREMAP_ words. */
export const MREMAP_WORDS: Words = {
  maymove: vma.MREMAP_MAYMOVE,
  fixed: vma.MREMAP_FIXED,
  dontunmap: vma.MREMAP_DONTUNMAP,
};

/** The MADV_ words; `bogus` is a number no kernel knows. */
export const ADVICE_WORDS: Words = {
  normal: vma.MADV_NORMAL,
  random: vma.MADV_RANDOM,
  sequential: vma.MADV_SEQUENTIAL,
  willneed: vma.MADV_WILLNEED,
  dontneed: vma.MADV_DONTNEED,
  free: vma.MADV_FREE,
  remove: vma.MADV_REMOVE,
  dontfork: vma.MADV_DONTFORK,
  dofork: vma.MADV_DOFORK,
  mergeable: vma.MADV_MERGEABLE,
  unmergeable: vma.MADV_UNMERGEABLE,
  hugepage: vma.MADV_HUGEPAGE,
  nohugepage: vma.MADV_NOHUGEPAGE,
  dontdump: vma.MADV_DONTDUMP,
  dodump: vma.MADV_DODUMP,
  wipeonfork: vma.MADV_WIPEONFORK,
  keeponfork: vma.MADV_KEEPONFORK,
  cold: vma.MADV_COLD,
  pageout: vma.MADV_PAGEOUT,
  populate_read: vma.MADV_POPULATE_READ,
  populate_write: vma.MADV_POPULATE_WRITE,
  dontneed_locked: vma.MADV_DONTNEED_LOCKED,
  collapse: vma.MADV_COLLAPSE,
  guard_install: vma.MADV_GUARD_INSTALL,
  guard_remove: vma.MADV_GUARD_REMOVE,
  bogus: 77,
};

/** The MCL_ words. */
export const MCL_WORDS: Words = {
  current: vma.MCL_CURRENT,
  future: vma.MCL_FUTURE,
  onfault: vma.MCL_ONFAULT,
};

/** The SHM_ words. */
export const SHM_WORDS: Words = {
  remap: vma.SHM_REMAP,
  rdonly: vma.SHM_RDONLY,
  exec: vma.SHM_EXEC,
  rnd: vma.SHM_RND,
  "-": 0,
};

/** Policies by word; all of them on node 0. */
const POLICIES: Readonly<Record<string, MemoryPolicy | null>> = {
  default: null,
  preferred: { text: "prefer:0" },
  bind: { text: "bind:0" },
  interleave: { text: "interleave:0" },
  local: { text: "local" },
  bind_static: { text: "bind=static:0" },
};

/** The or of all words. Throws NotModelled for a word that is not in the table. */
export function bitsOf(table: Words, words: readonly string[]): number {
  let bits = 0;
  for (const word of words) bits |= wordOf(table, word);
  return bits;
}

/** The number of one word. Throws NotModelled when it is not in the table. */
export function wordOf(table: Words, word: string): number {
  const value = Object.hasOwn(table, word) ? table[word] : undefined;
  if (value === undefined) throw new NotModelled(`the word "${word}"`);
  return value;
}

/** The policy a word stands for. Throws NotModelled when there is none. */
export function policyOf(word: string): MemoryPolicy | null {
  const policy = Object.hasOwn(POLICIES, word) ? POLICIES[word] : undefined;
  if (policy === undefined) throw new NotModelled(`the policy "${word}"`);
  return policy;
}

/** PROT_ bits of the letters r, w, x and n. Throws NotModelled for another letter. */
export function protOf(letters: string, growsDown: boolean = false): number {
  let prot = growsDown ? vma.PROT_GROWSDOWN : 0;
  for (const letter of letters) {
    if (letter === "r") prot |= vma.PROT_READ;
    else if (letter === "w") prot |= vma.PROT_WRITE;
    else if (letter === "x") prot |= vma.PROT_EXEC;
    else if (letter !== "n") throw new NotModelled(`the protection "${letters}"`);
  }
  return prot;
}

/** Bytes of a length: pages and a rest, or hexadecimal text. -1 is the largest page multiple below 2^64. */
export function lengthOf(pages: number | string, rest: number = 0): number {
  if (typeof pages === "string") return Number(pages) + rest;
  return pages === -1 ? 2 ** 64 - vma.PAGE_SIZE : pages * vma.PAGE_SIZE + rest;
}
