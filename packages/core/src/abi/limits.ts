/** Limits and system settings of an address space. All amounts are bytes unless said otherwise. */

/** `RLIM_INFINITY`: no limit. */
export const UNLIMITED: number = Number.POSITIVE_INFINITY;

/** vm.overcommit_memory: 0 heuristic, 1 always, 2 never. */
export type Overcommit = 0 | 1 | 2;

/** /sys/kernel/mm/transparent_hugepage/enabled. */
export type HugePageMode = "always" | "madvise" | "never";

/** What a process may use, and how its system is set. */
export interface Limits {
  /** vm.max_map_count: areas. mmap is refused above it, a split at it. */
  maxMapCount: number;
  /** RLIMIT_AS. */
  addressSpace: number;
  /** RLIMIT_DATA. */
  data: number;
  /** RLIMIT_STACK (soft): bounds how far a stack grows. */
  stack: number;
  /** RLIMIT_MEMLOCK. */
  memlock: number;
  /** Commit limit: bytes that may be charged at once. Infinity under overcommit mode 1 and usually under 0. */
  commit: number;
  /** CAP_IPC_LOCK lifts the memlock limit. */
  ipcLock: boolean;
  /** CAP_SYS_RAWIO lifts vm.mmap_min_addr for MAP_FIXED. */
  rawIo: boolean;
  overcommit: Overcommit;
  /** vm.mmap_min_addr: lowest address a hint is raised to. */
  mmapMinAddr: number;
  /** Pages of the guard gap below a growing area (the stack_guard_gap parameter, 256). */
  stackGuardGapPages: number;
  hugePages: HugePageMode;
  /** The kernel can swap (CONFIG_SWAP). */
  swap: boolean;
  /** userfaultfd write-protect mode is there for shared memory too (CONFIG_PTE_MARKER_UFFD_WP). */
  userfaultWriteProtectShared: boolean;
  /** CONFIG_MEM_SOFT_DIRTY: areas carry `sd`. */
  softDirty: boolean;
  /** CONFIG_ANON_VMA_NAME: areas may be named. */
  anonNames: boolean;
}

/** The settings of a stock system with no resource limits. */
export function defaultLimits(): Limits {
  return {
    maxMapCount: 65530,
    addressSpace: UNLIMITED,
    data: UNLIMITED,
    stack: 8 * 1024 * 1024,
    memlock: 8 * 1024 * 1024,
    commit: UNLIMITED,
    ipcLock: true,
    rawIo: true,
    overcommit: 0,
    mmapMinAddr: 65536,
    stackGuardGapPages: 256,
    hugePages: "madvise",
    swap: true,
    userfaultWriteProtectShared: true,
    softDirty: false,
    anonNames: false,
  };
}
