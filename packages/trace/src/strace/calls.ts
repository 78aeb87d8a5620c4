/** The calls a replay needs, and how strace prints their arguments. */

import { NameTrie } from "./name-trie.js";

/** How one argument is written: an address, a length, any number. */
export const ARG_NUMBER = 0;
/** Named flags: few texts, met again and again. */
export const ARG_FLAGS = 7;
/** A file descriptor, perhaps with what it refers to: `3</etc/passwd>`. */
export const ARG_FD = 1;
/** A quoted string, NULL, or the address of one that could not be read. */
export const ARG_TEXT = 2;
/** Anything: a number where it can be read as one, else NaN. */
export const ARG_ANY = 3;
/** `flags=..., child_stack=...`: clone's named arguments; they stand in CLONE_FIELDS order. */
export const ARG_NAMED = 4;
/** `{flags=..., stack=...}`: fields of one structure, in the order of the call's `fields`. */
export const ARG_STRUCT = 5;
/** `[0x7f...]`: a number behind a pointer. */
export const ARG_BOXED = 6;

/** What a call belongs to, for counting. */
export type CallFamily = "memory" | "file" | "process" | "limit";

/** One call that the reader decodes. */
export interface CallSpec {
  readonly id: number;
  readonly name: string;
  readonly family: CallFamily;
  /** @internal One ARG_ kind for each argument, in order. Missing trailing arguments are normal (mremap's fifth). */
  readonly args: Uint8Array;
  /** @internal First argument slot of each structure field, by name; fields not named here are skipped. */
  readonly fields: NameTrie | null;
  /** @internal Slots of `args` that a structure argument takes, whether it is there or NULL. */
  readonly structSlots: number;
}

const KIND: Readonly<Record<string, number>> = {
  n: ARG_NUMBER,
  g: ARG_FLAGS,
  f: ARG_FD,
  t: ARG_TEXT,
  a: ARG_ANY,
  N: ARG_NAMED,
  S: ARG_STRUCT,
  b: ARG_BOXED,
};

const CLONE_FIELDS = new NameTrie([
  ["flags", 0],
  ["exit_signal", 1],
  ["child_stack", 2],
  ["stack", 2],
  ["stack_size", 3],
]);
/** rlim_cur and rlim_max of a structure stand in its own slot and the one behind: see reader's `args`. */
const LIMIT_FIELDS = new NameTrie([
  ["rlim_cur", 0],
  ["rlim_max", 1],
]);
const HOW_FIELDS = new NameTrie([
  ["flags", 0],
  ["mode", 1],
]);

const SPECS: CallSpec[] = [];

/** Calls are defined in the order of their numbers. */
function define(
  id: number,
  family: CallFamily,
  name: string,
  kinds: string,
  fields: NameTrie | null = null,
): void {
  if (id !== SPECS.length + 1) throw new RangeError(`call ${name} has number ${id}, not ${SPECS.length + 1}`);
  const structSlots = fields === CLONE_FIELDS ? 4 : 2;
  SPECS.push({
    id,
    name,
    family,
    args: Uint8Array.from(kinds, (letter) => KIND[letter]!),
    fields,
    structSlots,
  });
}

// Argument slots (record.args) follow the call's own order unless said otherwise. The numbers are literals, so that a
// bundler puts them in place and a switch over them is a jump.
export const CALL_MMAP: number = 1;
define(CALL_MMAP, "memory", "mmap", "nnggfn");
export const CALL_MUNMAP: number = 2;
define(CALL_MUNMAP, "memory", "munmap", "nn");
export const CALL_MPROTECT: number = 3;
define(CALL_MPROTECT, "memory", "mprotect", "nng");
export const CALL_PKEY_MPROTECT: number = 4;
define(CALL_PKEY_MPROTECT, "memory", "pkey_mprotect", "nngn");
export const CALL_BRK: number = 5;
define(CALL_BRK, "memory", "brk", "n");
export const CALL_MREMAP: number = 6;
define(CALL_MREMAP, "memory", "mremap", "nnngn");
export const CALL_MADVISE: number = 7;
define(CALL_MADVISE, "memory", "madvise", "nng");
define(8, "memory", "process_madvise", "faana");
export const CALL_MLOCK: number = 9;
define(CALL_MLOCK, "memory", "mlock", "nn");
export const CALL_MLOCK2: number = 10;
define(CALL_MLOCK2, "memory", "mlock2", "nnn");
export const CALL_MUNLOCK: number = 11;
define(CALL_MUNLOCK, "memory", "munlock", "nn");
export const CALL_MLOCKALL: number = 12;
define(CALL_MLOCKALL, "memory", "mlockall", "n");
export const CALL_MUNLOCKALL: number = 13;
define(CALL_MUNLOCKALL, "memory", "munlockall", "");
export const CALL_MBIND: number = 14;
define(CALL_MBIND, "memory", "mbind", "nnnban");
define(15, "memory", "set_mempolicy", "nba");
define(16, "memory", "set_mempolicy_home_node", "nnnn");
export const CALL_SHMGET: number = 17;
define(CALL_SHMGET, "memory", "shmget", "nnn");
export const CALL_SHMAT: number = 18;
define(CALL_SHMAT, "memory", "shmat", "nnn");
export const CALL_SHMDT: number = 19;
define(CALL_SHMDT, "memory", "shmdt", "n");
define(20, "memory", "shmctl", "nna");
export const CALL_USERFAULTFD: number = 21;
define(CALL_USERFAULTFD, "file", "userfaultfd", "n");
export const CALL_REMAP_FILE_PAGES: number = 22;
define(CALL_REMAP_FILE_PAGES, "memory", "remap_file_pages", "nnnnn");
/** Printed by its number, with all six registers, by a strace that does not know it. */
export const CALL_MSEAL: number = 23;
define(CALL_MSEAL, "memory", "mseal", "nnnaaa");
/** option, then the option's own arguments; PR_SET_VMA's name is the record's text. */
export const CALL_PRCTL: number = 24;
define(CALL_PRCTL, "memory", "prctl", "aaaat");
/** Slot 1 is the ring's address. */
export const CALL_IO_SETUP: number = 25;
define(CALL_IO_SETUP, "memory", "io_setup", "nb");
export const CALL_IO_DESTROY: number = 26;
define(CALL_IO_DESTROY, "memory", "io_destroy", "n");
define(27, "memory", "pkey_alloc", "nn");
define(28, "memory", "pkey_free", "n");
define(29, "limit", "personality", "n");
/** pid, resource, new soft, new hard (NaN when the pointer is NULL); the old limits are slots 4 and 5. */
export const CALL_PRLIMIT64: number = 30;
define(CALL_PRLIMIT64, "limit", "prlimit64", "anSS", LIMIT_FIELDS);
/** resource, soft, hard. */
export const CALL_SETRLIMIT: number = 31;
define(CALL_SETRLIMIT, "limit", "setrlimit", "nS", LIMIT_FIELDS);
export const CALL_OPEN: number = 32;
define(CALL_OPEN, "file", "open", "tgn");
export const CALL_OPENAT: number = 33;
define(CALL_OPENAT, "file", "openat", "ftgn");
/** dirfd, path, flags, mode. */
export const CALL_OPENAT2: number = 34;
define(CALL_OPENAT2, "file", "openat2", "ftSa", HOW_FIELDS);
export const CALL_CREAT: number = 35;
define(CALL_CREAT, "file", "creat", "tn");
export const CALL_CLOSE: number = 36;
define(CALL_CLOSE, "file", "close", "f");
export const CALL_CLOSE_RANGE: number = 37;
define(CALL_CLOSE_RANGE, "file", "close_range", "nnn");
export const CALL_DUP: number = 38;
define(CALL_DUP, "file", "dup", "f");
export const CALL_DUP2: number = 39;
define(CALL_DUP2, "file", "dup2", "ff");
export const CALL_DUP3: number = 40;
define(CALL_DUP3, "file", "dup3", "ffn");
export const CALL_FCNTL: number = 41;
define(CALL_FCNTL, "file", "fcntl", "faa");
export const CALL_MEMFD_CREATE: number = 42;
define(CALL_MEMFD_CREATE, "file", "memfd_create", "tn");
export const CALL_MEMFD_SECRET: number = 43;
define(CALL_MEMFD_SECRET, "file", "memfd_secret", "n");
export const CALL_IO_URING_SETUP: number = 44;
define(CALL_IO_URING_SETUP, "file", "io_uring_setup", "na");
export const CALL_EXECVE: number = 45;
define(CALL_EXECVE, "process", "execve", "taa");
export const CALL_EXECVEAT: number = 46;
define(CALL_EXECVEAT, "process", "execveat", "ftaaa");
export const CALL_FORK: number = 47;
define(CALL_FORK, "process", "fork", "");
export const CALL_VFORK: number = 48;
define(CALL_VFORK, "process", "vfork", "");
/** Slots: flags (exit signal in the low byte), nothing, stack. */
export const CALL_CLONE: number = 49;
define(CALL_CLONE, "process", "clone", "N", CLONE_FIELDS);
/** Slots: flags, exit signal, stack, stack size. */
export const CALL_CLONE3: number = 50;
define(CALL_CLONE3, "process", "clone3", "Sa", CLONE_FIELDS);
export const CALL_EXIT: number = 51;
define(CALL_EXIT, "process", "exit", "n");
export const CALL_EXIT_GROUP: number = 52;
define(CALL_EXIT_GROUP, "process", "exit_group", "n");

/** Every call by number; slot 0 is unused. */
export const CALL_SPECS: readonly (CallSpec | undefined)[] = [undefined, ...SPECS];

/** Number by name. mseal's bare number is how strace before 6.10 prints it. */
export const CALL_NAMES: readonly (readonly [string, number])[] = [
  ...SPECS.map((spec): [string, number] => [spec.name, spec.id]),
  ["syscall_0x1ce", CALL_MSEAL],
];

/** The name of a call number, or "?" for none. */
export function callName(id: number): string {
  return CALL_SPECS[id]?.name ?? "?";
}

/** What the reader knows about a call number. Throws RangeError for a number without a call. */
export function callSpec(id: number): CallSpec {
  const spec = CALL_SPECS[id];
  if (spec === undefined)
    throw new RangeError(`call number ${id} is not between 1 and ${CALL_SPECS.length - 1}`);
  return spec;
}
