/**
 * The process around a replayed address space: its open files, System V segments, userfaultfd descriptors, and the
 * processes fork leaves behind. It knows no rules of memory.
 */

import {
  AddressSpace,
  FileObject,
  OpenFile,
  PAGE_SIZE,
  parseVmFlags,
  SharedMemorySegment,
  TASK_SIZE,
  toPages,
  type Userfault,
} from "@vma/core";
import type { CorpusArea, CorpusCase, FileName } from "./format.js";
import { NotModelled } from "./not-modelled.js";
import type { RecordedKernel } from "./recorded-kernel.js";

/** Pages of the two test files. */
const FILE_PAGES = 2048;

/** Where the program break of a `brk` case is put; recorded listings are relative to it. */
const BREAK = 0xbfe000;

/** A userfaultfd descriptor. Its context stays with the address space that opened it, whoever holds it. */
interface UserfaultDescriptor {
  readonly uffd: Userfault;
  readonly owner: AddressSpace;
  /** Processes that have the descriptor open; the context is released with the last. */
  holders: number;
}

interface SleepingChild {
  readonly space: AddressSpace;
  readonly descriptors: readonly (UserfaultDescriptor | null)[];
}

/** One recorded process, and those it forked. */
export class ReplayProcess {
  /** Bytes that position 0 stands for. */
  readonly base: number;
  readonly kind: CorpusCase["kind"];
  readonly segments: Map<string, SharedMemorySegment> = new Map();
  /** Names of the objects a listing shows; shared anonymous ones are added as they appear. */
  readonly objectNames: Map<FileObject, string> = new Map();
  /** Areas the listing shows that belong to no address space ([vsyscall]). */
  readonly fixedAreas: CorpusArea[] = [];
  /** End of the stack the process began with, bytes; 0 when the case shows none. */
  stackTop = 0;
  readonly #files: ReadonlyMap<string, OpenFile>;
  #space: AddressSpace;
  readonly #descriptors: (UserfaultDescriptor | null)[] = [];
  #sleeping: SleepingChild[] = [];

  constructor(recorded: CorpusCase, kernel: RecordedKernel) {
    this.kind = recorded.kind;
    const initial = recorded.steps[0]?.op.name === "initial" ? (recorded.steps[0].vmas ?? []) : [];
    if (recorded.kind === "arena") {
      const base = recorded.arena?.base;
      if (base === undefined) throw new NotModelled("an arena case without a base");
      this.base = Number(base);
    } else this.base = recorded.kind === "brk" ? BREAK : 0;
    const heap = initial.find((area) => area[6] === "[heap]");
    this.#space = new AddressSpace({
      kernel: kernel.profile,
      limits: kernel.limits,
      trackPages: true,
      ...(recorded.kind === "placement" ? { mmapBase: MMAP_BASE } : {}),
      ...(heap === undefined ? {} : { startBrk: this.address(heap[0]) }),
    });
    this.#files = this.#openFiles();
    if (heap !== undefined) {
      this.#space.brk(this.address(heap[1]));
      this.#space.fault(this.address(heap[0]), true);
    }
    for (const area of initial) if (area !== heap) this.#addInitial(area);
  }

  /** The address space the script acts on now. */
  get space(): AddressSpace {
    return this.#space;
  }

  /** The open file of that name, or null for null. Throws NotModelled for a name no script may use. */
  file(name: string | null): OpenFile | null {
    if (name === null) return null;
    const file = this.#files.get(name);
    if (file === undefined) throw new NotModelled(`the file "${name}"`);
    return file;
  }

  /** A new segment of `pages` pages. */
  createSegment(name: string, pages: number): void {
    const segment = new SharedMemorySegment(name, pages);
    this.segments.set(name, segment);
    this.objectNames.set(segment.object, name);
  }

  /** The segment of that name. Throws NotModelled when the script has not made it. */
  segment(name: string): SharedMemorySegment {
    const segment = this.segments.get(name);
    if (segment === undefined) throw new NotModelled(`the segment "${name}", which was never made`);
    return segment;
  }

  /** Attachments of every segment. */
  attachments(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const [name, segment] of this.segments) counts[name] = segment.nattch;
    return counts;
  }

  /** The descriptor in slot `index`, opened now if the slot is empty, and the address space its context is for. */
  userfault(index: number): { readonly uffd: Userfault; readonly owner: AddressSpace } {
    let descriptor = this.#descriptors[index] ?? null;
    if (descriptor === null) {
      descriptor = { uffd: this.#space.userfaultfd(), owner: this.#space, holders: 1 };
      this.#descriptors[index] = descriptor;
    }
    return descriptor;
  }

  /** Closes the descriptor in slot `index`; false when it is not open. */
  closeUserfault(index: number): boolean {
    const descriptor = this.#descriptors[index] ?? null;
    if (descriptor === null) return false;
    this.#descriptors[index] = null;
    letGo(descriptor);
    return true;
  }

  /** Forks; the script goes on in the parent and the child sleeps. */
  forkParent(): void {
    this.#sleeping.push({ space: this.#space.fork(), descriptors: this.#hold() });
  }

  /** Forks; the script goes on in the child and the parent waits, holding its descriptors. */
  forkChild(): void {
    const child = this.#space.fork();
    this.#hold();
    this.#space = child;
    // The parent's sleeping children are not the child's to reap.
    this.#sleeping = [];
  }

  /** Ends the children that sleep, those of the process the script goes on in. */
  reap(): void {
    for (const child of this.#sleeping) {
      child.space.exit();
      for (const descriptor of child.descriptors) if (descriptor !== null) letGo(descriptor);
    }
    this.#sleeping = [];
  }

  #hold(): readonly (UserfaultDescriptor | null)[] {
    const held = Array.from(this.#descriptors, (descriptor) => descriptor ?? null);
    for (const descriptor of held) if (descriptor !== null) descriptor.holders += 1;
    return held;
  }

  #openFiles(): ReadonlyMap<FileName, OpenFile> {
    const a = new FileObject("A", FILE_PAGES);
    const b = new FileObject("B", FILE_PAGES);
    const zero = new FileObject("zero");
    this.objectNames.set(a, "A").set(b, "B").set(zero, "zero");
    // Files of a tmpfs: shared memory to userfaultfd and mbind, files to all else.
    const open = (path: string, object: FileObject, readable: boolean, writable: boolean) =>
      new OpenFile({ path, object, isShmem: true, readable, writable });
    return new Map<FileName, OpenFile>([
      ["A", open("A", a, true, true)],
      ["A2", open("A", a, true, true)],
      ["Ar", open("A", a, true, false)],
      ["B", open("B", b, true, true)],
      ["Bw", open("B", b, false, true)],
      ["Z", new OpenFile({ path: "/dev/zero", object: zero, kind: "zero" })],
    ]);
  }

  /** Puts an area of the `initial` listing into the address space. Written areas of it have an anonymous object. */
  #addInitial(area: CorpusArea): void {
    const [from, to, permissions, pgoff, backing, flagText, name = null] = area;
    const start = this.address(from);
    const end = this.address(to);
    if (start >= TASK_SIZE) {
      this.fixedAreas.push(area);
      return;
    }
    const { flags, flagsHigh } = parseVmFlags(flagText);
    if (name === "[stack]") this.stackTop = end;
    const written = permissions[1] === "w" && permissions[3] === "p";
    const file = backing === null ? specialFile(name) : this.#initialFile(backing);
    this.#space.addArea({
      start,
      end,
      flags,
      flagsHigh,
      pgoff: file === null ? toPages(start) : pgoff,
      file,
      anonVma: written,
    });
  }

  #initialFile(backing: string): OpenFile {
    for (const [object, name] of this.objectNames) {
      if (name === backing) return new OpenFile({ path: backing, object });
    }
    const object = new FileObject(backing);
    this.objectNames.set(object, backing);
    return new OpenFile({ path: backing, object });
  }

  /** The byte address of a position. `rest` is added. */
  address(position: number | string, rest: number = 0): number {
    return (typeof position === "string" ? Number(position) : this.base + position * PAGE_SIZE) + rest;
  }
}

function letGo(descriptor: UserfaultDescriptor): void {
  descriptor.holders -= 1;
  if (descriptor.holders === 0) descriptor.owner.userfaultClose(descriptor.uffd);
}

/** Kernel mappings such as [vdso] have no file but are not anonymous either; heap and stack are. */
function specialFile(name: string | null): OpenFile | null {
  if (name === null || name === "[heap]" || name === "[stack]" || name.startsWith("[anon")) return null;
  return new OpenFile({ path: name, kind: "special", writable: false });
}

/** mm->mmap_base without randomization: 128 MiB, the least room kept for the stack, below the end. */
const MMAP_BASE: number = TASK_SIZE - 128 * 1024 * 1024;
