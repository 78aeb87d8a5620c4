/** The families of random scripts: what each one calls how often. The names are the corpus'. */

import type { CaseKind, CorpusOperation } from "../corpus/format.js";

type OperationName = CorpusOperation["name"];

/** What scripts of a family are made of. */
export interface ScriptFamily {
  readonly kind: CaseKind;
  /** How often each operation comes, relative to the others. */
  readonly operations: Readonly<Partial<Record<OperationName, number>>>;
  /** What new mappings are of. */
  readonly backings: Readonly<Partial<Record<"anonymous" | "shared-anonymous" | "file" | "zero", number>>>;
  /** Extra MAP_ words, one of them now and then. */
  readonly mapWords?: readonly string[];
  readonly advice?: readonly string[];
  /** Areas are of hundreds of pages, so that huge pages fit in them. */
  readonly large?: boolean;
  /** Policies are shown and compared. */
  readonly policies?: boolean;
  /** What of the system it needs. */
  readonly needs?: readonly ("userfaultfd" | "sysv" | "numaMaps" | "seal" | "anonNames")[];
}

const FLAG_ADVICE: readonly string[] = [
  "normal",
  "random",
  "sequential",
  "dontfork",
  "dofork",
  "dontdump",
  "dodump",
  "mergeable",
  "unmergeable",
  "hugepage",
  "nohugepage",
  "wipeonfork",
  "keeponfork",
];

const PAGE_ADVICE: readonly string[] = [
  "willneed",
  "dontneed",
  "free",
  "cold",
  "populate_read",
  "populate_write",
  "remove",
  "bogus",
];

const BASIC = { mmap: 30, munmap: 13, mprotect: 30, write: 18, read: 8 } as const;
const LESS = { mmap: 21, munmap: 8, mprotect: 13, write: 17, read: 8 } as const;

/** Every family by name. */
export const SCRIPT_FAMILIES: Readonly<Record<string, ScriptFamily>> = {
  anon: { kind: "arena", operations: BASIC, backings: { anonymous: 1 } },
  file: { kind: "arena", operations: BASIC, backings: { anonymous: 3, "shared-anonymous": 1, file: 6 } },
  advice: {
    kind: "arena",
    operations: { ...LESS, madvise: 36 },
    backings: { anonymous: 8, file: 3 },
    advice: [...FLAG_ADVICE, ...FLAG_ADVICE, ...FLAG_ADVICE, ...PAGE_ADVICE],
  },
  lock: {
    kind: "arena",
    operations: { ...LESS, mlock: 13, mlock2: 7, munlock: 14 },
    backings: { anonymous: 9, file: 2 },
    mapWords: ["locked"],
  },
  seal: {
    kind: "arena",
    operations: { ...BASIC, madvise: 7, mremap: 7, mseal: 3 },
    backings: { anonymous: 7, file: 4 },
    advice: [...FLAG_ADVICE, ...PAGE_ADVICE],
    needs: ["seal"],
  },
  mremap: {
    kind: "arena",
    operations: { ...LESS, mremap: 32 },
    backings: { anonymous: 4, "shared-anonymous": 1, file: 4 },
  },
  fork: {
    kind: "arena",
    operations: { ...BASIC, mremap: 6, fork: 3, forkchild: 2.5, reap: 0.6 },
    backings: { anonymous: 7, file: 2 },
  },
  shm: {
    kind: "arena",
    operations: {
      ...BASIC,
      mmap: 10,
      mremap: 6,
      shmget: 2,
      shmat: 12,
      shmdt: 5,
      mlock: 1,
      mlock2: 0.6,
      munlock: 1.7,
    },
    backings: { anonymous: 5, file: 3 },
    needs: ["sysv"],
  },
  uffd: {
    kind: "arena",
    operations: {
      ...LESS,
      mremap: 5,
      uffd_register: 13,
      uffd_unregister: 12,
      uffd_close: 0.8,
      fork: 0.3,
      forkchild: 0.4,
    },
    backings: { anonymous: 5, "shared-anonymous": 1 },
    needs: ["userfaultfd"],
  },
  policy: {
    kind: "arena",
    operations: { ...LESS, mremap: 5, mbind: 27 },
    backings: { anonymous: 7, file: 3 },
    policies: true,
    needs: ["numaMaps"],
  },
  names: {
    kind: "arena",
    operations: { ...LESS, mremap: 4, setname: 27, fork: 0.5, forkchild: 0.4 },
    backings: { anonymous: 6, "shared-anonymous": 1 },
    needs: ["anonNames"],
  },
  odd: {
    kind: "arena",
    operations: {
      ...LESS,
      mmap: 30,
      madvise: 8,
      mremap: 5,
      remap_file_pages: 2,
      ksm_all: 1.1,
      mlockall: 1,
      munlockall: 0.5,
    },
    backings: { anonymous: 6, file: 2.5, zero: 3 },
    mapWords: ["growsdown", "stack", "droppable"],
    advice: [
      "guard_install",
      "guard_install",
      "guard_remove",
      "pageout",
      "remove",
      "dontneed",
      "populate_write",
    ],
  },
  mix: {
    kind: "arena",
    operations: {
      ...LESS,
      mremap: 10,
      madvise: 8,
      mlock: 1.5,
      mlock2: 0.7,
      munlock: 2.5,
      uffd_register: 1.6,
      uffd_unregister: 2.6,
      uffd_close: 0.1,
      shmget: 1,
      shmat: 1.6,
      shmdt: 0.4,
      fork: 0.8,
      forkchild: 0.6,
      mseal: 0.4,
      setname: 0.7,
    },
    backings: { anonymous: 6, "shared-anonymous": 1, file: 4 },
    mapWords: ["locked"],
    advice: [...FLAG_ADVICE, ...PAGE_ADVICE],
    needs: ["userfaultfd", "sysv"],
  },
  huge: {
    kind: "arena",
    operations: {
      mmap: 18,
      munmap: 9,
      mprotect: 8,
      read: 22,
      write: 2,
      madvise: 26,
      mremap: 8,
      forkchild: 5,
    },
    backings: { anonymous: 1 },
    advice: [
      "hugepage",
      "hugepage",
      "hugepage",
      "nohugepage",
      "normal",
      "dontneed",
      "random",
      "populate_read",
    ],
    large: true,
  },
  wild: {
    kind: "arena",
    operations: {
      ...LESS,
      mmap: 26,
      mremap: 9,
      madvise: 10,
      mlock: 2,
      mlock2: 1,
      munlock: 3,
      uffd_register: 4,
      uffd_unregister: 3,
      uffd_close: 0.2,
      shmget: 1,
      shmat: 2,
      shmdt: 1,
      fork: 1,
      forkchild: 1.5,
      reap: 0.3,
      mseal: 0.4,
      mbind: 4,
      remap_file_pages: 2,
      ksm_all: 0.6,
      mlockall: 0.6,
      munlockall: 0.6,
    },
    backings: { anonymous: 6, "shared-anonymous": 2, file: 4, zero: 2 },
    mapWords: ["locked", "growsdown", "stack", "droppable"],
    advice: [...FLAG_ADVICE, ...PAGE_ADVICE, "guard_install", "guard_remove", "collapse", "dontneed_locked"],
    policies: true,
    needs: ["userfaultfd", "sysv", "numaMaps"],
  },
  brk: {
    kind: "brk",
    operations: {
      brk: 42,
      mmap: 14,
      munmap: 11,
      mprotect: 11,
      write: 12,
      read: 5,
      mlock: 1,
      munlock: 1,
      madvise: 1,
      mlockall: 0.4,
      munlockall: 0.4,
      fork: 0.6,
      forkchild: 0.5,
    },
    backings: { anonymous: 1 },
    advice: ["dontfork", "dofork", "dontneed"],
  },
  placement: {
    kind: "placement",
    operations: {
      mmap: 49,
      munmap: 25,
      mremap: 9,
      mprotect: 7,
      mlockall: 1,
      munlockall: 3,
      read: 3,
      write: 2.5,
    },
    backings: { anonymous: 8, "shared-anonymous": 1, file: 1.3 },
    mapWords: ["growsdown", "32bit", "stack", "noreserve", "populate"],
  },
};
