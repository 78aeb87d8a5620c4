/** The words of a corpus operation as the numbers a system call takes. */

import {
  MADV_COLD,
  MADV_COLLAPSE,
  MADV_DODUMP,
  MADV_DOFORK,
  MADV_DONTDUMP,
  MADV_DONTFORK,
  MADV_DONTNEED,
  MADV_DONTNEED_LOCKED,
  MADV_FREE,
  MADV_GUARD_INSTALL,
  MADV_GUARD_REMOVE,
  MADV_HUGEPAGE,
  MADV_KEEPONFORK,
  MADV_MERGEABLE,
  MADV_NOHUGEPAGE,
  MADV_NORMAL,
  MADV_PAGEOUT,
  MADV_POPULATE_READ,
  MADV_POPULATE_WRITE,
  MADV_RANDOM,
  MADV_REMOVE,
  MADV_SEQUENTIAL,
  MADV_UNMERGEABLE,
  MADV_WILLNEED,
  MADV_WIPEONFORK,
  MAP_32BIT,
  MAP_ANONYMOUS,
  MAP_DROPPABLE,
  MAP_FIXED,
  MAP_FIXED_NOREPLACE,
  MAP_GROWSDOWN,
  MAP_LOCKED,
  MAP_NONBLOCK,
  MAP_NORESERVE,
  MAP_POPULATE,
  MAP_PRIVATE,
  MAP_SHARED,
  MAP_SHARED_VALIDATE,
  MAP_STACK,
  MCL_CURRENT,
  MCL_FUTURE,
  MCL_ONFAULT,
  type MemoryPolicy,
  MREMAP_DONTUNMAP,
  MREMAP_FIXED,
  MREMAP_MAYMOVE,
  PAGE_SIZE,
  PROT_EXEC,
  PROT_GROWSDOWN,
  PROT_READ,
  PROT_WRITE,
  SHM_EXEC,
  SHM_RDONLY,
  SHM_REMAP,
  SHM_RND,
} from "@vma/core";
import { NotModelled } from "./not-modelled.js";

type Words = Readonly<Record<string, number>>;

/** The MAP_ words. */
export const MAP_WORDS: Words = {
  private: MAP_PRIVATE,
  shared: MAP_SHARED,
  shared_validate: MAP_SHARED_VALIDATE,
  droppable: MAP_DROPPABLE,
  anonymous: MAP_ANONYMOUS,
  fixed: MAP_FIXED,
  fixed_noreplace: MAP_FIXED_NOREPLACE,
  noreserve: MAP_NORESERVE,
  locked: MAP_LOCKED,
  growsdown: MAP_GROWSDOWN,
  stack: MAP_STACK,
  populate: MAP_POPULATE,
  nonblock: MAP_NONBLOCK,
  "32bit": MAP_32BIT,
};

/** The MREMAP_ words. */
export const MREMAP_WORDS: Words = {
  maymove: MREMAP_MAYMOVE,
  fixed: MREMAP_FIXED,
  dontunmap: MREMAP_DONTUNMAP,
};

/** The MADV_ words; `bogus` is a number no kernel knows. */
export const ADVICE_WORDS: Words = {
  normal: MADV_NORMAL,
  random: MADV_RANDOM,
  sequential: MADV_SEQUENTIAL,
  willneed: MADV_WILLNEED,
  dontneed: MADV_DONTNEED,
  free: MADV_FREE,
  remove: MADV_REMOVE,
  dontfork: MADV_DONTFORK,
  dofork: MADV_DOFORK,
  mergeable: MADV_MERGEABLE,
  unmergeable: MADV_UNMERGEABLE,
  hugepage: MADV_HUGEPAGE,
  nohugepage: MADV_NOHUGEPAGE,
  dontdump: MADV_DONTDUMP,
  dodump: MADV_DODUMP,
  wipeonfork: MADV_WIPEONFORK,
  keeponfork: MADV_KEEPONFORK,
  cold: MADV_COLD,
  pageout: MADV_PAGEOUT,
  populate_read: MADV_POPULATE_READ,
  populate_write: MADV_POPULATE_WRITE,
  dontneed_locked: MADV_DONTNEED_LOCKED,
  collapse: MADV_COLLAPSE,
  guard_install: MADV_GUARD_INSTALL,
  guard_remove: MADV_GUARD_REMOVE,
  bogus: 77,
};

/** The MCL_ words. */
export const MCL_WORDS: Words = { current: MCL_CURRENT, future: MCL_FUTURE, onfault: MCL_ONFAULT };

/** The SHM_ words. */
export const SHM_WORDS: Words = {
  remap: SHM_REMAP,
  rdonly: SHM_RDONLY,
  exec: SHM_EXEC,
  rnd: SHM_RND,
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
  let prot = growsDown ? PROT_GROWSDOWN : 0;
  for (const letter of letters) {
    if (letter === "r") prot |= PROT_READ;
    else if (letter === "w") prot |= PROT_WRITE;
    else if (letter === "x") prot |= PROT_EXEC;
    else if (letter !== "n") throw new NotModelled(`the protection "${letters}"`);
  }
  return prot;
}

/** Bytes of a length: pages and a rest, or hexadecimal text. -1 is the largest page multiple below 2^64. */
export function lengthOf(pages: number | string, rest: number = 0): number {
  if (typeof pages === "string") return Number(pages) + rest;
  return pages === -1 ? 2 ** 64 - PAGE_SIZE : pages * PAGE_SIZE + rest;
}
