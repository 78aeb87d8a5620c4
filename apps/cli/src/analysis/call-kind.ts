/** Calls by kind, as people name them: madvise(MADV_DONTFORK), mprotect(PROT_NONE), mmap(anonymous rw-). */

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
  MAP_ANONYMOUS,
} from "@vma/core";
import { CALL_MADVISE, CALL_MMAP, CALL_MPROTECT, CALL_PKEY_MPROTECT, type CallRecord } from "@vma/trace";

/** Advice numbers by name. */
export const ADVICE_NAMES: ReadonlyMap<number, string> = new Map([
  [MADV_NORMAL, "MADV_NORMAL"],
  [MADV_RANDOM, "MADV_RANDOM"],
  [MADV_SEQUENTIAL, "MADV_SEQUENTIAL"],
  [MADV_WILLNEED, "MADV_WILLNEED"],
  [MADV_DONTNEED, "MADV_DONTNEED"],
  [MADV_FREE, "MADV_FREE"],
  [MADV_REMOVE, "MADV_REMOVE"],
  [MADV_DONTFORK, "MADV_DONTFORK"],
  [MADV_DOFORK, "MADV_DOFORK"],
  [MADV_MERGEABLE, "MADV_MERGEABLE"],
  [MADV_UNMERGEABLE, "MADV_UNMERGEABLE"],
  [MADV_HUGEPAGE, "MADV_HUGEPAGE"],
  [MADV_NOHUGEPAGE, "MADV_NOHUGEPAGE"],
  [MADV_DONTDUMP, "MADV_DONTDUMP"],
  [MADV_DODUMP, "MADV_DODUMP"],
  [MADV_WIPEONFORK, "MADV_WIPEONFORK"],
  [MADV_KEEPONFORK, "MADV_KEEPONFORK"],
  [MADV_COLD, "MADV_COLD"],
  [MADV_PAGEOUT, "MADV_PAGEOUT"],
  [MADV_POPULATE_READ, "MADV_POPULATE_READ"],
  [MADV_POPULATE_WRITE, "MADV_POPULATE_WRITE"],
  [MADV_DONTNEED_LOCKED, "MADV_DONTNEED_LOCKED"],
  [MADV_COLLAPSE, "MADV_COLLAPSE"],
  [MADV_GUARD_INSTALL, "MADV_GUARD_INSTALL"],
  [MADV_GUARD_REMOVE, "MADV_GUARD_REMOVE"],
]);

/** PROT_ bits as "rwx", dashes for what is missing. */
export function protectionText(prot: number): string {
  return `${(prot & 1) !== 0 ? "r" : "-"}${(prot & 2) !== 0 ? "w" : "-"}${(prot & 4) !== 0 ? "x" : "-"}`;
}

/** The kind of a call: its name and the argument that decides what it does to areas. */
export function callKind(record: CallRecord): string {
  const third = record.args[2] ?? 0;
  switch (record.call) {
    case CALL_MADVISE:
      return `madvise(${ADVICE_NAMES.get(third) ?? third})`;
    case CALL_MPROTECT:
    case CALL_PKEY_MPROTECT:
      return `${record.name}(${protectionText(third)})`;
    case CALL_MMAP:
      return `mmap(${((record.args[3] ?? 0) & MAP_ANONYMOUS) !== 0 ? "anonymous" : "file"} ${protectionText(third)})`;
    default:
      return record.name;
  }
}
