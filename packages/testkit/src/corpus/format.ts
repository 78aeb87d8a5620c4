/**
 * The lines of a recorded-kernel corpus: one JSON object per line, one scripted process, every step with what the
 * kernel answered and which areas it then showed.
 *
 * Positions are pages relative to the arena's base (`arena`), pages relative to the program break at the start
 * (`brk`), or absolute bytes as hexadecimal text (`placement`). Ends are exclusive. A byte rest 0..4095 that a
 * position or length had stands beside it as `<field>Bytes`.
 */

/** How positions are meant, and what the process looks like before its first operation. */
export type CaseKind = "arena" | "brk" | "placement";

/** Pages in `arena` and `brk` cases, hexadecimal bytes ("0x7ffff7ff7000") in `placement` cases. */
export type Position = number | string;

/** Files a script may map: A, A2 and Ar are three opens of one file, B and Bw two of another, Z is /dev/zero. */
export type FileName = "A" | "A2" | "Ar" | "B" | "Bw" | "Z";

export interface InitialOperation {
  readonly name: "initial";
}

export interface MmapOperation {
  readonly name: "mmap";
  readonly start: Position;
  readonly startBytes?: number;
  /** Length; 0 is asked for as it is. */
  readonly pages: Position;
  readonly pagesBytes?: number;
  /** Letters of r, w, x; `n` is PROT_NONE. */
  readonly prot: string;
  readonly flags: readonly string[];
  readonly file: string | null;
  /** Pages. */
  readonly pgoff?: number;
  readonly pgoffBytes?: number;
}

export interface RangeOperation {
  readonly name: "munmap" | "mlock" | "mlock2" | "munlock" | "mseal";
  readonly start: Position;
  readonly startBytes?: number;
  /** Length in pages; -1 is 2^64 - 4096 bytes. */
  readonly pages: Position;
  readonly pagesBytes?: number;
}

export interface MprotectOperation {
  readonly name: "mprotect";
  readonly start: Position;
  readonly startBytes?: number;
  readonly pages: Position;
  readonly pagesBytes?: number;
  readonly prot: string;
  /** PROT_GROWSDOWN is or'ed in. */
  readonly growsdown?: boolean;
}

export interface MremapOperation {
  readonly name: "mremap";
  readonly start: Position;
  readonly startBytes?: number;
  readonly pages: Position;
  readonly pagesBytes?: number;
  readonly newPages: Position;
  readonly newPagesBytes?: number;
  readonly flags: readonly string[];
  /** Only with `fixed`. */
  readonly to?: Position;
  readonly toBytes?: number;
}

export interface MadviseOperation {
  readonly name: "madvise";
  readonly start: Position;
  readonly startBytes?: number;
  readonly pages: Position;
  readonly pagesBytes?: number;
  /** The MADV_ constant in lower case; `bogus` is 77. */
  readonly advice: string;
}

export interface MlockallOperation {
  readonly name: "mlockall";
  readonly flags: readonly string[];
}

export interface BareOperation {
  readonly name: "munlockall" | "fork" | "forkchild" | "reap";
}

export interface TouchOperation {
  readonly name: "read" | "write";
  readonly at: Position;
  readonly atBytes?: number;
}

export interface SetNameOperation {
  readonly name: "setname";
  readonly start: Position;
  readonly startBytes?: number;
  readonly pages: Position;
  readonly pagesBytes?: number;
  /** Null clears the name. */
  readonly value: string | null;
}

export interface KsmAllOperation {
  readonly name: "ksm_all";
  /** 1 or 0. */
  readonly on: number | boolean;
}

export interface UffdRegisterOperation {
  readonly name: "uffd_register";
  /** Which of the process's userfaultfd descriptors. */
  readonly uffd: number;
  readonly start: Position;
  readonly startBytes?: number;
  readonly pages: Position;
  readonly pagesBytes?: number;
  /** missing, wp, minor. */
  readonly modes: readonly string[];
}

export interface UffdUnregisterOperation {
  readonly name: "uffd_unregister";
  readonly uffd: number;
  readonly start: Position;
  readonly startBytes?: number;
  readonly pages: Position;
  readonly pagesBytes?: number;
}

export interface UffdCloseOperation {
  readonly name: "uffd_close";
  readonly uffd: number;
}

export interface MbindOperation {
  readonly name: "mbind";
  readonly start: Position;
  readonly startBytes?: number;
  readonly pages: Position;
  readonly pagesBytes?: number;
  /** default, preferred, bind, interleave, local or bind_static; the node mask is {0}. */
  readonly policy: string;
}

export interface ShmgetOperation {
  readonly name: "shmget";
  readonly seg: string;
  readonly pages: number;
}

export interface ShmatOperation {
  readonly name: "shmat";
  readonly seg: string;
  readonly start: Position;
  readonly startBytes?: number;
  /** remap, rdonly, exec, rnd. */
  readonly flags: readonly string[];
}

export interface ShmdtOperation {
  readonly name: "shmdt";
  readonly start: Position;
  readonly startBytes?: number;
}

export interface RemapFilePagesOperation {
  readonly name: "remap_file_pages";
  readonly start: Position;
  readonly startBytes?: number;
  readonly pages: Position;
  readonly pagesBytes?: number;
  readonly pgoff: number;
}

export interface BrkOperation {
  readonly name: "brk";
  readonly to: Position;
  readonly toBytes?: number;
}

/**
 * Maps single pages far above the window until `keep` areas are left below vm.max_map_count. Only in scripts made here,
 * never in recorded ones.
 */
export interface FillOperation {
  readonly name: "fill";
  readonly keep: number;
}

/** One operation of a script. */
export type CorpusOperation =
  | InitialOperation
  | MmapOperation
  | RangeOperation
  | MprotectOperation
  | MremapOperation
  | MadviseOperation
  | MlockallOperation
  | BareOperation
  | TouchOperation
  | SetNameOperation
  | KsmAllOperation
  | UffdRegisterOperation
  | UffdUnregisterOperation
  | UffdCloseOperation
  | MbindOperation
  | ShmgetOperation
  | ShmatOperation
  | ShmdtOperation
  | RemapFilePagesOperation
  | BrkOperation
  | FillOperation;

/**
 * What a call answered: "ok", an errno name, "SIGSEGV" or "SIGBUS" for touches, an address as hexadecimal text in
 * placement cases, `{at}` when the address is another page than asked for, `{brk, bytes}` when the break is.
 */
export type CorpusResult =
  | string
  | { readonly at: number; readonly bytes?: number }
  | { readonly brk: number; readonly bytes?: number };

/**
 * One area as smaps shows it: start, end (exclusive), permissions, offset in pages, what is behind it (null: nothing),
 * VmFlags, name in brackets or null, policy. The last two may be absent.
 */
export type CorpusArea = readonly [
  start: Position,
  end: Position,
  permissions: string,
  pgoff: number,
  backing: string | null,
  flags: string,
  name?: string | null,
  policy?: string,
];

/** One operation and what the kernel made of it. */
export interface CorpusStep {
  readonly op: CorpusOperation;
  readonly ret: CorpusResult;
  /** Areas after the step, in address order; absent when they are those of the step before. */
  readonly vmas?: readonly CorpusArea[];
  /** shm_nattch of each segment made so far. */
  readonly nattch?: Readonly<Record<string, number>>;
}

/** One script, run in a process of its own. */
export interface CorpusCase {
  readonly case: string;
  readonly family: string;
  /** Release of the recorded kernel, as its directory is called. */
  readonly kernel: string;
  readonly kind: CaseKind;
  readonly arena?: { readonly base: string; readonly pages: number };
  readonly steps: readonly CorpusStep[];
}

/** How the recorded kernel was configured and run (`meta.json`); only what changes results. */
export interface CorpusMeta {
  readonly kernel: string;
  readonly config?: Readonly<Record<string, string>>;
  readonly "vm.max_map_count"?: number;
  readonly "vm.overcommit_memory"?: number;
  readonly "vm.mmap_min_addr"?: number;
  readonly thp_enabled?: string;
}
