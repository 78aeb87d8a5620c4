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

function define(family: CallFamily, name: string, kinds: string, fields: NameTrie | null = null): number {
  const id = SPECS.length + 1;
  const structSlots = fields === CLONE_FIELDS ? 4 : 2;
  SPECS.push({
    id,
    name,
    family,
    args: Uint8Array.from(kinds, (letter) => KIND[letter]!),
    fields,
    structSlots,
  });
  return id;
}

// Argument slots (record.args) follow the call's own order unless said otherwise.
export const CALL_MMAP: number = define("memory", "mmap", "nnggfn");
export const CALL_MUNMAP: number = define("memory", "munmap", "nn");
export const CALL_MPROTECT: number = define("memory", "mprotect", "nng");
export const CALL_PKEY_MPROTECT: number = define("memory", "pkey_mprotect", "nngn");
export const CALL_BRK: number = define("memory", "brk", "n");
export const CALL_MREMAP: number = define("memory", "mremap", "nnngn");
export const CALL_MADVISE: number = define("memory", "madvise", "nng");
define("memory", "process_madvise", "faana");
export const CALL_MLOCK: number = define("memory", "mlock", "nn");
export const CALL_MLOCK2: number = define("memory", "mlock2", "nnn");
export const CALL_MUNLOCK: number = define("memory", "munlock", "nn");
export const CALL_MLOCKALL: number = define("memory", "mlockall", "n");
export const CALL_MUNLOCKALL: number = define("memory", "munlockall", "");
export const CALL_MBIND: number = define("memory", "mbind", "nnnban");
define("memory", "set_mempolicy", "nba");
define("memory", "set_mempolicy_home_node", "nnnn");
export const CALL_SHMGET: number = define("memory", "shmget", "nnn");
export const CALL_SHMAT: number = define("memory", "shmat", "nnn");
export const CALL_SHMDT: number = define("memory", "shmdt", "n");
define("memory", "shmctl", "nna");
export const CALL_USERFAULTFD: number = define("file", "userfaultfd", "n");
export const CALL_REMAP_FILE_PAGES: number = define("memory", "remap_file_pages", "nnnnn");
/** Printed by its number, with all six registers, by a strace that does not know it. */
export const CALL_MSEAL: number = define("memory", "mseal", "nnnaaa");
/** option, then the option's own arguments; PR_SET_VMA's name is the record's text. */
export const CALL_PRCTL: number = define("memory", "prctl", "aaaat");
/** Slot 1 is the ring's address. */
export const CALL_IO_SETUP: number = define("memory", "io_setup", "nb");
export const CALL_IO_DESTROY: number = define("memory", "io_destroy", "n");
define("memory", "pkey_alloc", "nn");
define("memory", "pkey_free", "n");
define("limit", "personality", "n");
/** pid, resource, new soft, new hard (NaN when the pointer is NULL); the old limits are slots 4 and 5. */
export const CALL_PRLIMIT64: number = define("limit", "prlimit64", "anSS", LIMIT_FIELDS);
/** resource, soft, hard. */
export const CALL_SETRLIMIT: number = define("limit", "setrlimit", "nS", LIMIT_FIELDS);
export const CALL_OPEN: number = define("file", "open", "tgn");
export const CALL_OPENAT: number = define("file", "openat", "ftgn");
/** dirfd, path, flags, mode. */
export const CALL_OPENAT2: number = define("file", "openat2", "ftSa", HOW_FIELDS);
export const CALL_CREAT: number = define("file", "creat", "tn");
export const CALL_CLOSE: number = define("file", "close", "f");
export const CALL_CLOSE_RANGE: number = define("file", "close_range", "nnn");
export const CALL_DUP: number = define("file", "dup", "f");
export const CALL_DUP2: number = define("file", "dup2", "ff");
export const CALL_DUP3: number = define("file", "dup3", "ffn");
export const CALL_FCNTL: number = define("file", "fcntl", "faa");
export const CALL_MEMFD_CREATE: number = define("file", "memfd_create", "tn");
export const CALL_MEMFD_SECRET: number = define("file", "memfd_secret", "n");
export const CALL_IO_URING_SETUP: number = define("file", "io_uring_setup", "na");
export const CALL_EXECVE: number = define("process", "execve", "taa");
export const CALL_EXECVEAT: number = define("process", "execveat", "ftaaa");
export const CALL_FORK: number = define("process", "fork", "");
export const CALL_VFORK: number = define("process", "vfork", "");
/** Slots: flags (exit signal in the low byte), nothing, stack. */
export const CALL_CLONE: number = define("process", "clone", "N", CLONE_FIELDS);
/** Slots: flags, exit signal, stack, stack size. */
export const CALL_CLONE3: number = define("process", "clone3", "Sa", CLONE_FIELDS);
export const CALL_EXIT: number = define("process", "exit", "n");
export const CALL_EXIT_GROUP: number = define("process", "exit_group", "n");

/** Every call by number; slot 0 is unused. */
export const CALL_SPECS: readonly (CallSpec | undefined)[] = [undefined, ...SPECS];

/** Number by name. mseal's bare number is how strace before 6.10 prints it. */
export const CALL_NAMES: readonly (readonly [string, number])[] = [
  ...SPECS.map((spec): [string, number] => [spec.name, spec.id]),
  ["syscall_0x1ce", CALL_MSEAL],
];

/** The names of all calls the reader knows, which are those a recording needs, in the order of their numbers. */
export function callNames(): string[] {
  return SPECS.map(({ name }) => name);
}

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
