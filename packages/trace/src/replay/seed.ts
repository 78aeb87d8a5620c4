/** Building an address space from a snapshot, and naming its areas as /proc does. */

import {
  AddressSpace,
  type AddressSpaceOptions,
  type AreaImage,
  DEFAULT_MMAP_BASE,
  FileObject,
  type Limits,
  OpenFile,
  PAGE_SIZE,
  SharedMemorySegment,
  TASK_SIZE,
  VM_ACCOUNT,
  VM_GROWSDOWN,
  VM_MAYSHARE,
  VM_WRITE,
  type Vma,
} from "@vma/core";
import { formatMapsLine } from "../proc/maps.js";
import { type SmapsArea, smapsValue } from "../proc/smaps.js";

/** What areas the kernel itself made are called; they have no file but a name of their own. */
const SPECIAL_NAMES: ReadonlySet<string> = new Set([
  "[vdso]",
  "[vvar]",
  "[vvar_vclock]",
  "[vsyscall]",
  "[vectors]",
  "[sigpage]",
  "[uprobes]",
]);

/** The page above all user memory: /proc shows it, but it is no area of the address space. */
const GATE_NAME = "[vsyscall]";

/** Where the kernel puts a new stack before it moves it to its place; its hidden offsets stay those of here. */
const STACK_TOP = 2 ** 47 - PAGE_SIZE;

/** Areas of a snapshot that the address space has, too: all but the gate page. */
export function ownAreas(areas: readonly SmapsArea[]): readonly SmapsArea[] {
  return areas.some((area) => area.name === GATE_NAME)
    ? areas.filter((area) => area.name !== GATE_NAME)
    : areas;
}

/** Path /proc prints for shared anonymous memory. */
const SHARED_ANONYMOUS_PATH = "/dev/zero (deleted)";

/** What writes to private memory are assumed where nobody recorded them. */
export type WriteAssumption = "recorded" | "never" | "at-once";

/** An address space under replay, with what its /proc files need besides areas. */
export class ReplaySpace {
  readonly space: AddressSpace;
  /** The record behind it, asked for once. */
  readonly mm: AddressSpace["mm"];
  /** An address inside the initial stack; 0 when there is none. */
  readonly stackAddress: number;
  /** Whether the heap's bounds are known (the first brk tells them). */
  heapKnown: boolean;

  constructor(space: AddressSpace, stackAddress: number, heapKnown: boolean) {
    this.space = space;
    this.mm = space.mm;
    this.stackAddress = stackAddress;
    this.heapKnown = heapKnown;
  }

  /** The child's copy at a fork. */
  fork(): ReplaySpace {
    return new ReplaySpace(this.space.fork(), this.stackAddress, this.heapKnown);
  }

  /** The name /proc prints for an area: its file's path, "[heap]", "[stack]", "[anon:...]" or "". */
  nameOf(vma: Vma | AreaImage): string {
    const { file } = vma;
    if (file !== null) {
      if (vma.anonName !== null && file.kind === "shmem") return `[anon_shmem:${vma.anonName}]`;
      return file.path;
    }
    const { startBrk, brk } = this.mm;
    if (startBrk !== 0 && vma.start < brk && vma.end > startBrk) return "[heap]";
    if (this.stackAddress !== 0 && vma.start <= this.stackAddress && vma.end > this.stackAddress)
      return "[stack]";
    return vma.anonName === null ? "" : `[anon:${vma.anonName}]`;
  }
}

/** Files of one recording by identity, so that equal backing means the same open file. */
export class FileTable {
  readonly #seeded: Map<string, OpenFile> = new Map();

  /** The open file behind a seeded area: one for each device, inode and path. */
  forArea(area: SmapsArea): OpenFile {
    const key = `${area.device} ${area.inode} ${area.name}`;
    let file = this.#seeded.get(key);
    if (file === undefined) {
      file = new OpenFile({
        path: area.name,
        device: area.device,
        inode: Number(area.inode),
        kind: fileKind(area.name),
        object: new FileObject(area.name),
      });
      this.#seeded.set(key, file);
    }
    return file;
  }
}

function fileKind(name: string): "special" | "shmem" | "sysv" | "regular" {
  if (SPECIAL_NAMES.has(name)) return "special";
  if (name === SHARED_ANONYMOUS_PATH) return "shmem";
  return /^\/SYSV[0-9a-f]{8} \(deleted\)$/.test(name) ? "sysv" : "regular";
}

/** What seeding needs to know besides the areas. */
export interface SeedOptions extends AddressSpaceOptions {
  /** "at-once": every private writable area counts as written to. */
  readonly writes?: WriteAssumption;
  /** SysV segments by shmid, which maps prints as the inode. */
  readonly segments?: Map<number, SharedMemorySegment>;
  /** Break of the process, when it is known already (re-seeding). */
  readonly heap?: { readonly startBrk: number; readonly brk: number };
}

/**
 * The address space a snapshot shows. Areas with anonymous pages (`Anonymous:` above 0) have been written to and get
 * an anonymous object each; hidden offsets are those of areas that never moved.
 *
 * Throws RangeError naming the line when two areas overlap.
 */
export function seedSpace(areas: readonly SmapsArea[], files: FileTable, options: SeedOptions): ReplaySpace {
  const own = ownAreas(areas);
  const space = new AddressSpace({ mmapBase: guessMmapBase(own), ...options });
  let stackAddress = 0;
  for (const area of own) {
    const flags = area.vmFlags?.flags ?? flagsFromPermissions(area.permissions);
    const flagsHigh = area.vmFlags?.flagsHigh ?? 0;
    if (area.name === "[stack]") stackAddress = area.end - PAGE_SIZE;
    const file = hasFile(area) ? files.forArea(area) : null;
    const segment = file?.kind === "sysv" ? segmentOf(area, options.segments) : null;
    const isPrivate = (flags & VM_MAYSHARE) === 0;
    const anonymous = smapsValue(area, "Anonymous");
    const touched = typeof anonymous === "number" && anonymous > 0;
    const assumed = options.writes === "at-once" && (flags & VM_WRITE) !== 0;
    const written =
      isPrivate && file?.kind !== "special" && (touched || assumed || (flags & VM_GROWSDOWN) !== 0);
    try {
      space.addArea({
        start: area.start,
        end: area.end,
        flags,
        flagsHigh,
        file,
        pgoff: hiddenOffset(area, file),
        ops: segment === null ? null : segment.ops,
        anonVma: written,
        anonName: /^\[anon:(.*)\]$/.exec(area.name)?.[1] ?? null,
      });
    } catch (error) {
      if (error instanceof RangeError) throw new RangeError(`${error.message}: ${formatMapsLine(area)}`);
      throw error;
    }
    if (segment !== null) segment.ops.open?.(space.areaAt(area.start) as Vma);
  }
  const heap = options.heap ?? heapShownBy(own);
  if (heap !== null) {
    space.mm.startBrk = heap.startBrk;
    space.mm.brk = heap.brk;
  }
  return new ReplaySpace(space, stackAddress, options.heap !== undefined);
}

/** Whether an area has a file, or a name that the kernel gave it in place of one. */
export function hasFile(area: SmapsArea): boolean {
  return area.inode !== 0 || SPECIAL_NAMES.has(area.name);
}

/** Offset in pages: a file's as printed, the stack's from where it was made, else the area's own page number. */
function hiddenOffset(area: SmapsArea, file: OpenFile | null): number {
  if (file !== null) return area.offset / PAGE_SIZE;
  const first = area.name === "[stack]" ? STACK_TOP - (area.end - area.start) : area.start;
  return first / PAGE_SIZE;
}

/** Where the search for room begins: the end of the highest area below the stack, which exec mapped first. */
function guessMmapBase(areas: readonly SmapsArea[]): number {
  const stack = areas.findIndex((area) => area.name === "[stack]");
  const highest = areas[(stack < 0 ? areas.length : stack) - 1];
  return highest === undefined ? DEFAULT_MMAP_BASE : Math.min(highest.end, TASK_SIZE);
}

/** The heap as its areas show it, to the page; null when the snapshot has none. */
function heapShownBy(areas: readonly SmapsArea[]): { startBrk: number; brk: number } | null {
  const heap = areas.filter((area) => area.name === "[heap]");
  const last = heap.at(-1);
  return last === undefined ? null : { startBrk: heap[0]!.start, brk: last.end };
}

/** Options that a snapshot itself tells: whether the kernel prints soft-dirty marks and anonymous names. */
export function limitsShownBy(areas: readonly SmapsArea[]): Partial<Limits> {
  const softDirty = areas.some((area) => / ?\bsd\b/.test(area.vmFlags?.text ?? ""));
  const anonNames = areas.some((area) => area.name.startsWith("[anon:"));
  return { ...(softDirty ? { softDirty } : {}), ...(anonNames ? { anonNames } : {}) };
}

function segmentOf(
  area: SmapsArea,
  segments: Map<number, SharedMemorySegment> | undefined,
): SharedMemorySegment {
  const id = Number(area.inode);
  const known = segments?.get(id);
  if (known !== undefined) return known;
  const segment = new SharedMemorySegment(area.name, (area.end - area.start) / 4096, id);
  segments?.set(id, segment);
  return segment;
}

/** Flags as far as maps tells them: all MAY bits, and ACCOUNT for what is private and writable. */
export function flagsFromPermissions(permissions: string): number {
  let flags = 0x70;
  if (permissions[0] === "r") flags |= 1;
  if (permissions[1] === "w") flags |= 2;
  if (permissions[2] === "x") flags |= 4;
  if (permissions[3] === "s") flags |= 0x88;
  else if ((flags & VM_WRITE) !== 0) flags |= VM_ACCOUNT;
  return flags;
}
