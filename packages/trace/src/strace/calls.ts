/** The calls a replay needs, and how strace prints their arguments. */

import {
  ARG_ANY,
  ARG_BOXED,
  ARG_FD,
  ARG_FLAGS,
  ARG_NAMED,
  ARG_NUMBER,
  ARG_STRUCT,
  ARG_TEXT,
} from "./argument-kinds.js";
import {
  CALL_BRK,
  CALL_CLONE,
  CALL_CLONE3,
  CALL_CLOSE,
  CALL_CLOSE_RANGE,
  CALL_CREAT,
  CALL_DUP,
  CALL_DUP2,
  CALL_DUP3,
  CALL_EXECVE,
  CALL_EXECVEAT,
  CALL_EXIT,
  CALL_EXIT_GROUP,
  CALL_FCNTL,
  CALL_FORK,
  CALL_IO_DESTROY,
  CALL_IO_SETUP,
  CALL_IO_URING_SETUP,
  CALL_MADVISE,
  CALL_MBIND,
  CALL_MEMFD_CREATE,
  CALL_MEMFD_SECRET,
  CALL_MLOCK,
  CALL_MLOCK2,
  CALL_MLOCKALL,
  CALL_MMAP,
  CALL_MPROTECT,
  CALL_MREMAP,
  CALL_MSEAL,
  CALL_MUNLOCK,
  CALL_MUNLOCKALL,
  CALL_MUNMAP,
  CALL_OPEN,
  CALL_OPENAT,
  CALL_OPENAT2,
  CALL_PKEY_MPROTECT,
  CALL_PRCTL,
  CALL_PRLIMIT64,
  CALL_REMAP_FILE_PAGES,
  CALL_SETRLIMIT,
  CALL_SHMAT,
  CALL_SHMDT,
  CALL_SHMGET,
  CALL_USERFAULTFD,
  CALL_VFORK,
} from "./call-numbers.js";
import { NameTrie } from "./name-trie.js";

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

function define(
  id: number,
  family: CallFamily,
  name: string,
  kinds: string,
  fields: NameTrie | null = null,
): void {
  if (id !== SPECS.length + 1) throw new Error(`${name} has the number of another call: ${id}`);
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

// What the letters mean: KIND. Slots that are not in the call's own order: call-numbers.ts.
define(CALL_MMAP, "memory", "mmap", "nnggfn");
define(CALL_MUNMAP, "memory", "munmap", "nn");
define(CALL_MPROTECT, "memory", "mprotect", "nng");
define(CALL_PKEY_MPROTECT, "memory", "pkey_mprotect", "nngn");
define(CALL_BRK, "memory", "brk", "n");
define(CALL_MREMAP, "memory", "mremap", "nnngn");
define(CALL_MADVISE, "memory", "madvise", "nng");
define(8, "memory", "process_madvise", "faana");
define(CALL_MLOCK, "memory", "mlock", "nn");
define(CALL_MLOCK2, "memory", "mlock2", "nnn");
define(CALL_MUNLOCK, "memory", "munlock", "nn");
define(CALL_MLOCKALL, "memory", "mlockall", "n");
define(CALL_MUNLOCKALL, "memory", "munlockall", "");
define(CALL_MBIND, "memory", "mbind", "nnnban");
define(15, "memory", "set_mempolicy", "nba");
define(16, "memory", "set_mempolicy_home_node", "nnnn");
define(CALL_SHMGET, "memory", "shmget", "nnn");
define(CALL_SHMAT, "memory", "shmat", "nnn");
define(CALL_SHMDT, "memory", "shmdt", "n");
define(20, "memory", "shmctl", "nna");
define(CALL_USERFAULTFD, "file", "userfaultfd", "n");
define(CALL_REMAP_FILE_PAGES, "memory", "remap_file_pages", "nnnnn");
define(CALL_MSEAL, "memory", "mseal", "nnnaaa");
define(CALL_PRCTL, "memory", "prctl", "aaaat");
define(CALL_IO_SETUP, "memory", "io_setup", "nb");
define(CALL_IO_DESTROY, "memory", "io_destroy", "n");
define(27, "memory", "pkey_alloc", "nn");
define(28, "memory", "pkey_free", "n");
define(29, "limit", "personality", "n");
define(CALL_PRLIMIT64, "limit", "prlimit64", "anSS", LIMIT_FIELDS);
define(CALL_SETRLIMIT, "limit", "setrlimit", "nS", LIMIT_FIELDS);
define(CALL_OPEN, "file", "open", "tgn");
define(CALL_OPENAT, "file", "openat", "ftgn");
define(CALL_OPENAT2, "file", "openat2", "ftSa", HOW_FIELDS);
define(CALL_CREAT, "file", "creat", "tn");
define(CALL_CLOSE, "file", "close", "f");
define(CALL_CLOSE_RANGE, "file", "close_range", "nnn");
define(CALL_DUP, "file", "dup", "f");
define(CALL_DUP2, "file", "dup2", "ff");
define(CALL_DUP3, "file", "dup3", "ffn");
define(CALL_FCNTL, "file", "fcntl", "faa");
define(CALL_MEMFD_CREATE, "file", "memfd_create", "tn");
define(CALL_MEMFD_SECRET, "file", "memfd_secret", "n");
define(CALL_IO_URING_SETUP, "file", "io_uring_setup", "na");
define(CALL_EXECVE, "process", "execve", "taa");
define(CALL_EXECVEAT, "process", "execveat", "ftaaa");
define(CALL_FORK, "process", "fork", "");
define(CALL_VFORK, "process", "vfork", "");
define(CALL_CLONE, "process", "clone", "N", CLONE_FIELDS);
define(CALL_CLONE3, "process", "clone3", "Sa", CLONE_FIELDS);
define(CALL_EXIT, "process", "exit", "n");
define(CALL_EXIT_GROUP, "process", "exit_group", "n");

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
