/** What each area of a map is for, in words people know: library segments, guard pages, thread stacks, arenas, ... */

import { VM_ACCOUNT, VM_HUGETLB, VM_NOHUGEPAGE, VM_NORESERVE } from "@vma/core";
import { isAnonymousArea, isFileArea, type MapArea } from "../input/area.js";
import type { MapDetail } from "../input/map-file.js";

export type Cause =
  | "library"
  | "relro"
  | "heap"
  | "anonymous"
  | "decommitted"
  | "arena"
  | "thread-stack"
  | "guard"
  | "stack"
  | "jit"
  | "reserved"
  | "named"
  | "file"
  | "deleted"
  | "shared"
  | "huge"
  | "device"
  | "kernel";

/** Title and one sentence of explanation for each cause. */
export const CAUSES: Readonly<Record<Cause, readonly [title: string, what: string]>> = {
  library: [
    "program and library segments",
    "the parts of the executable and its shared libraries, .bss included",
  ],
  relro: ["RELRO", "data that the loader wrote once and then made read-only: one more area for each library"],
  heap: ["heap (brk)", "what malloc got from brk"],
  anonymous: ["anonymous memory", "private memory without a file or name"],
  decommitted: [
    "PROT_NONE pieces between memory",
    "memory an allocator took the rights from, cut out of the middle",
  ],
  arena: ["malloc arenas", "glibc arenas: each is a used part and a PROT_NONE reserve"],
  "thread-stack": ["thread stacks", "one area for each thread"],
  guard: ["guard pages", "small PROT_NONE areas beside stacks and buffers"],
  stack: ["main stack", "the stack of the first thread"],
  jit: ["generated code (JIT)", "executable memory without a file"],
  reserved: ["reserved address space", "PROT_NONE memory kept for later: heaps of runtimes, cages, pools"],
  named: ["named anonymous memory", "memory its owner named with PR_SET_VMA_ANON_NAME"],
  file: ["mapped files", "data files"],
  deleted: ["mapped files, deleted", "files that are gone but for these mappings"],
  shared: ["shared memory", "memfd, /dev/shm, System V segments, shared anonymous memory"],
  huge: ["huge pages", "hugetlbfs mappings"],
  device: ["devices and kernel interfaces", "/dev files, io_uring rings, perf buffers"],
  kernel: ["kernel pages", "[vdso], [vvar] and their like"],
};

const KIB = 1024;
const MIB = 1024 * KIB;
/** glibc's arenas are this large and aligned to it (HEAP_MAX_SIZE). */
const ARENA_BYTES = 64 * MIB;
/** Guards larger than this are taken for reserved address space. */
const MAX_GUARD = MIB;
/** The largest guard that makes the memory above it a stack without MAP_STACK's mark. */
const MAX_STACK_GUARD = 64 * KIB;
const MIN_STACK = 64 * KIB;
const MAX_STACK = 1024 * MIB;

const KERNEL_NAME = /^\[(vdso|vvar|vvar_vclock|vsyscall|vectors|sigpage|uprobes|timens)/;
const SHARED_PATH = /^(\/memfd:|\/dev\/shm\/|\/SYSV[0-9a-f]{8}|\/dev\/zero( \(deleted\))?$|\[anon_shmem:)/;
const DEVICE_PATH =
  /^(\/dev\/|anon_inode:|\[aio\]|\/\[aio\]|\[perf_event\]|socket:|\/dma_buf|\/proc\/|\/sys\/)/;
const LIBRARY_PATH = /\.so(\.[0-9.]+)?( \(deleted\))?$/;
const DELETED = / \(deleted\)$/;

function isExecutable(area: MapArea): boolean {
  return area.permissions[2] === "x";
}

function isWritable(area: MapArea): boolean {
  return area.permissions[1] === "w";
}

function isPrivate(area: MapArea): boolean {
  return area.permissions[3] === "p";
}

function isNothing(area: MapArea): boolean {
  return area.permissions.startsWith("---");
}

/** One file: device, inode and name together. */
export function fileKey(area: MapArea): string {
  return `${area.device} ${area.inode} ${area.name}`;
}

/** Names the cause of every area of a map, in the order of the areas. */
export function causesOf(areas: readonly MapArea[], detail: MapDetail): Cause[] {
  const programs = new Set<string>();
  for (const area of areas) {
    if (!isFileArea(area) || !isPrivate(area) || DEVICE_PATH.test(area.name) || SHARED_PATH.test(area.name))
      continue;
    if (isExecutable(area) || LIBRARY_PATH.test(area.name)) programs.add(fileKey(area));
  }
  const causes: Cause[] = [];
  for (let index = 0; index < areas.length; index += 1) {
    const area = areas[index] as MapArea;
    const below = touching(areas[index - 1], area);
    const above = areas[index + 1] === undefined ? null : touching(area, areas[index + 1] as MapArea, true);
    if (isAnonymousArea(area)) causes.push(anonymousCause(area, below, above, programs, causes[index - 1]));
    else if (programs.has(fileKey(area)) && isPrivate(area))
      causes.push(programCause(area, below, above, detail));
    else causes.push(otherCause(area));
  }
  return causes;
}

/** The neighbour when the two touch, else null. */
function touching(lower: MapArea | undefined, upper: MapArea, wantUpper = false): MapArea | null {
  if (lower === undefined || lower.end !== upper.start) return null;
  return wantUpper ? upper : lower;
}

function programCause(area: MapArea, below: MapArea | null, above: MapArea | null, detail: MapDetail): Cause {
  if (isWritable(area) || isExecutable(area)) return "library";
  // Only having been writable leaves VM_ACCOUNT on a private file mapping that is not writable.
  if (detail === "smaps") return (area.flags & VM_ACCOUNT) !== 0 && !isNothing(area) ? "relro" : "library";
  const key = fileKey(area);
  const readOnlyBelow = below !== null && fileKey(below) === key && below.permissions === area.permissions;
  const dataAbove = above !== null && fileKey(above) === key && isWritable(above);
  return readOnlyBelow && dataAbove ? "relro" : "library";
}

function otherCause(area: MapArea): Cause {
  const { name } = area;
  if (KERNEL_NAME.test(name)) return "kernel";
  if (name.startsWith("[stack")) return "stack";
  if ((area.flags & VM_HUGETLB) !== 0 || name.startsWith("/anon_hugepage")) return "huge";
  if (SHARED_PATH.test(name)) return isExecutable(area) ? "jit" : "shared";
  if (DEVICE_PATH.test(name)) return "device";
  if (name.startsWith("[anon")) return "named";
  if (name === "") return area.permissions[3] === "s" ? "shared" : "anonymous";
  return DELETED.test(name) ? "deleted" : "file";
}

function anonymousCause(
  area: MapArea,
  below: MapArea | null,
  above: MapArea | null,
  programs: ReadonlySet<string>,
  causeBelow: Cause | undefined,
): Cause {
  if (area.name === "[heap]") return "heap";
  if (area.name !== "") return "named";
  if ((area.flags & VM_HUGETLB) !== 0) return "huge";
  if (isArena(area, below, above)) return "arena";
  if (isNothing(area)) return nothingCause(area, below, above);
  if (isExecutable(area)) return "jit";
  if (isWritable(area)) {
    if (below !== null && isStackAbove(below, area)) return "thread-stack";
    if (below !== null && isWritable(below) && programs.has(fileKey(below)) && causeBelow === "library")
      return "library";
    // A stack whose guard is a marker and no area of its own (MADV_GUARD_INSTALL).
    if (/\bgu\b/.test(area.flagText ?? "") && (area.flags & VM_NOHUGEPAGE) !== 0) return "thread-stack";
  }
  return "anonymous";
}

/** A used part at a 64 MiB boundary with its reserve up to the next, or either of them. */
function isArena(area: MapArea, below: MapArea | null, above: MapArea | null): boolean {
  if (area.start % ARENA_BYTES === 0 && isWritable(area)) {
    if (area.end - area.start === ARENA_BYTES) return above === null || !isAnonymousArea(above);
    return above !== null && isArenaReserve(area, above);
  }
  return (
    below !== null && below.start % ARENA_BYTES === 0 && isWritable(below) && isArenaReserve(below, area)
  );
}

function isArenaReserve(used: MapArea, reserve: MapArea): boolean {
  return (
    isAnonymousArea(used) &&
    isAnonymousArea(reserve) &&
    isNothing(reserve) &&
    used.end - used.start < ARENA_BYTES &&
    reserve.end === used.start + ARENA_BYTES
  );
}

/** Whether `upper` is a thread's stack and `lower` its guard. */
function isStackAbove(lower: MapArea, upper: MapArea): boolean {
  if (!isAnonymousArea(lower) || !isNothing(lower) || !isAnonymousArea(upper) || !isWritable(upper))
    return false;
  const guard = lower.end - lower.start;
  const stack = upper.end - upper.start;
  if (guard > MAX_GUARD || stack > MAX_STACK) return false;
  if (((upper.flags | lower.flags) & VM_NOHUGEPAGE) !== 0) return true;
  return guard <= MAX_STACK_GUARD && stack >= MIN_STACK && guard * 4 <= stack;
}

function nothingCause(area: MapArea, below: MapArea | null, above: MapArea | null): Cause {
  const size = area.end - area.start;
  if (size > MAX_GUARD) return "reserved";
  if (above !== null && isStackAbove(area, above)) return "guard";
  const memoryBelow = below !== null && isAnonymousArea(below) && isWritable(below);
  const memoryAbove = above !== null && isAnonymousArea(above) && isWritable(above);
  // Reserved and then committed in parts, the reserve keeps MAP_NORESERVE; cut out of memory, it has the memory's flags.
  const reserved = (area.flags & VM_NORESERVE) !== 0 && below !== null && (below.flags & VM_NORESERVE) === 0;
  if (memoryBelow && memoryAbove && reserved) return "reserved";
  if (memoryBelow && memoryAbove) return "decommitted";
  if (size <= MAX_STACK_GUARD && (below !== null || above !== null)) return "guard";
  return "reserved";
}
