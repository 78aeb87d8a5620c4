/**
 * VM_ flag bits, PROT_, MAP_, MREMAP_ and advice numbers.
 *
 * The kernel keeps an area's flags in one 64-bit word. Here they are two 32-bit words, both held as signed
 * integers so that they stay small integers in JavaScript: `flags` is bits 0 to 31, `flagsHigh` bits 32 to 63.
 */

// Low word (bits 0 to 31).
export const VM_READ = 0x1;
export const VM_WRITE = 0x2;
export const VM_EXEC = 0x4;
export const VM_SHARED = 0x8;
export const VM_MAYREAD = 0x10;
export const VM_MAYWRITE = 0x20;
export const VM_MAYEXEC = 0x40;
export const VM_MAYSHARE = 0x80;
export const VM_GROWSDOWN = 0x100;
export const VM_UFFD_MISSING = 0x200;
export const VM_PFNMAP = 0x400;
export const VM_MAYBE_GUARD = 0x800;
export const VM_UFFD_WP = 0x1000;
export const VM_LOCKED = 0x2000;
export const VM_IO = 0x4000;
export const VM_SEQ_READ = 0x8000;
export const VM_RAND_READ = 0x10000;
export const VM_DONTCOPY = 0x20000;
export const VM_DONTEXPAND = 0x40000;
export const VM_LOCKONFAULT = 0x80000;
export const VM_ACCOUNT = 0x100000;
export const VM_NORESERVE = 0x200000;
export const VM_HUGETLB = 0x400000;
export const VM_SYNC = 0x800000;
export const VM_ARCH_1 = 0x1000000;
export const VM_WIPEONFORK = 0x2000000;
export const VM_DONTDUMP = 0x4000000;
export const VM_SOFTDIRTY = 0x8000000;
export const VM_MIXEDMAP = 0x10000000;
export const VM_HUGEPAGE = 0x20000000;
export const VM_NOHUGEPAGE = 0x40000000;
export const VM_MERGEABLE: number = 0x80000000 | 0;

// High word (bits 32 to 63).
export const VMH_PKEY_MASK = 0xf;
export const VMH_SHADOW_STACK: number = 1 << 5;
export const VMH_UFFD_MINOR: number = 1 << 6;
export const VMH_DROPPABLE: number = 1 << 8;
export const VMH_SEALED: number = 1 << 31;

/** Read, write and execute: what mprotect sets. */
export const VM_ACCESS_FLAGS: number = VM_READ | VM_WRITE | VM_EXEC;
/** A request or an area with any of these never merges (VM_SPECIAL). */
export const VM_SPECIAL: number = VM_IO | VM_DONTEXPAND | VM_PFNMAP | VM_MIXEDMAP;
/** VM_LOCKED and VM_LOCKONFAULT. */
export const VM_LOCKED_MASK: number = VM_LOCKED | VM_LOCKONFAULT;
/** The three userfaultfd modes in the low word; minor mode is VMH_UFFD_MINOR. */
export const VM_UFFD_LOW: number = VM_UFFD_MISSING | VM_UFFD_WP;

export const PROT_NONE = 0;
export const PROT_READ = 1;
export const PROT_WRITE = 2;
export const PROT_EXEC = 4;
export const PROT_GROWSDOWN = 0x01000000;
export const PROT_GROWSUP = 0x02000000;

export const MAP_SHARED = 0x1;
export const MAP_PRIVATE = 0x2;
export const MAP_SHARED_VALIDATE = 0x3;
export const MAP_DROPPABLE = 0x8;
export const MAP_TYPE = 0xf;
export const MAP_FIXED = 0x10;
export const MAP_ANONYMOUS = 0x20;
export const MAP_32BIT = 0x40;
export const MAP_GROWSDOWN = 0x100;
export const MAP_DENYWRITE = 0x800;
export const MAP_EXECUTABLE = 0x1000;
export const MAP_LOCKED = 0x2000;
export const MAP_NORESERVE = 0x4000;
export const MAP_POPULATE = 0x8000;
export const MAP_NONBLOCK = 0x10000;
export const MAP_STACK = 0x20000;
export const MAP_HUGETLB = 0x40000;
export const MAP_SYNC = 0x80000;
export const MAP_FIXED_NOREPLACE = 0x100000;

export const MREMAP_MAYMOVE = 1;
export const MREMAP_FIXED = 2;
export const MREMAP_DONTUNMAP = 4;

export const MCL_CURRENT = 1;
export const MCL_FUTURE = 2;
export const MCL_ONFAULT = 4;

export const MADV_NORMAL = 0;
export const MADV_RANDOM = 1;
export const MADV_SEQUENTIAL = 2;
export const MADV_WILLNEED = 3;
export const MADV_DONTNEED = 4;
export const MADV_FREE = 8;
export const MADV_REMOVE = 9;
export const MADV_DONTFORK = 10;
export const MADV_DOFORK = 11;
export const MADV_MERGEABLE = 12;
export const MADV_UNMERGEABLE = 13;
export const MADV_HUGEPAGE = 14;
export const MADV_NOHUGEPAGE = 15;
export const MADV_DONTDUMP = 16;
export const MADV_DODUMP = 17;
export const MADV_WIPEONFORK = 18;
export const MADV_KEEPONFORK = 19;
export const MADV_COLD = 20;
export const MADV_PAGEOUT = 21;
export const MADV_POPULATE_READ = 22;
export const MADV_POPULATE_WRITE = 23;
export const MADV_DONTNEED_LOCKED = 24;
export const MADV_COLLAPSE = 25;
export const MADV_GUARD_INSTALL = 102;
export const MADV_GUARD_REMOVE = 103;

export const SHM_RDONLY = 0o10000;
export const SHM_RND = 0o20000;
export const SHM_REMAP = 0o40000;
export const SHM_EXEC = 0o100000;

/** Which word of an area's flags a bit lives in. */
export type FlagWord = "low" | "high";

/** One VmFlags code of /proc/PID/smaps. */
export interface FlagLetter {
  readonly code: string;
  readonly name: string;
  readonly word: FlagWord;
  readonly bit: number;
}

function low(code: string, name: string, bit: number): FlagLetter {
  return { code, name, word: "low", bit };
}

function high(code: string, name: string, bit: number): FlagLetter {
  return { code, name, word: "high", bit };
}

/** The VmFlags codes in the order the kernel prints them (bit order). */
export const FLAG_LETTERS: readonly FlagLetter[] = [
  low("rd", "VM_READ", VM_READ),
  low("wr", "VM_WRITE", VM_WRITE),
  low("ex", "VM_EXEC", VM_EXEC),
  low("sh", "VM_SHARED", VM_SHARED),
  low("mr", "VM_MAYREAD", VM_MAYREAD),
  low("mw", "VM_MAYWRITE", VM_MAYWRITE),
  low("me", "VM_MAYEXEC", VM_MAYEXEC),
  low("ms", "VM_MAYSHARE", VM_MAYSHARE),
  low("gd", "VM_GROWSDOWN", VM_GROWSDOWN),
  low("um", "VM_UFFD_MISSING", VM_UFFD_MISSING),
  low("pf", "VM_PFNMAP", VM_PFNMAP),
  low("gu", "VM_MAYBE_GUARD", VM_MAYBE_GUARD),
  low("uw", "VM_UFFD_WP", VM_UFFD_WP),
  low("lo", "VM_LOCKED", VM_LOCKED),
  low("io", "VM_IO", VM_IO),
  low("sr", "VM_SEQ_READ", VM_SEQ_READ),
  low("rr", "VM_RAND_READ", VM_RAND_READ),
  low("dc", "VM_DONTCOPY", VM_DONTCOPY),
  low("de", "VM_DONTEXPAND", VM_DONTEXPAND),
  low("lf", "VM_LOCKONFAULT", VM_LOCKONFAULT),
  low("ac", "VM_ACCOUNT", VM_ACCOUNT),
  low("nr", "VM_NORESERVE", VM_NORESERVE),
  low("ht", "VM_HUGETLB", VM_HUGETLB),
  low("sf", "VM_SYNC", VM_SYNC),
  low("ar", "VM_ARCH_1", VM_ARCH_1),
  low("wf", "VM_WIPEONFORK", VM_WIPEONFORK),
  low("dd", "VM_DONTDUMP", VM_DONTDUMP),
  low("sd", "VM_SOFTDIRTY", VM_SOFTDIRTY),
  low("mm", "VM_MIXEDMAP", VM_MIXEDMAP),
  low("hg", "VM_HUGEPAGE", VM_HUGEPAGE),
  low("nh", "VM_NOHUGEPAGE", VM_NOHUGEPAGE),
  low("mg", "VM_MERGEABLE", VM_MERGEABLE),
  high("ss", "VM_SHADOW_STACK", VMH_SHADOW_STACK),
  high("ui", "VM_UFFD_MINOR", VMH_UFFD_MINOR),
  high("dp", "VM_DROPPABLE", VMH_DROPPABLE),
  high("sl", "VM_SEALED", VMH_SEALED),
];

const LETTERS_BY_CODE: ReadonlyMap<string, FlagLetter> = new Map(
  FLAG_LETTERS.map((letter) => [letter.code, letter]),
);

/** Both words of an area's flags. */
export interface FlagWords {
  readonly flags: number;
  readonly flagsHigh: number;
}

/** The VmFlags codes set in the two words, in the kernel's order, separated by blanks. */
export function formatVmFlags(flags: number, flagsHigh: number): string {
  let text = "";
  for (const letter of FLAG_LETTERS) {
    const word = letter.word === "low" ? flags : flagsHigh;
    if ((word & letter.bit) !== 0) text += text === "" ? letter.code : ` ${letter.code}`;
  }
  return text;
}

/**
 * Reads a VmFlags line (codes separated by blanks). `??` is read as `lf`: Linux 6.1 prints lock-on-fault so.
 * Codes this library does not know come back in `unknown`, in order.
 */
export function parseVmFlags(text: string): FlagWords & { readonly unknown: readonly string[] } {
  let flags = 0;
  let flagsHigh = 0;
  const unknown: string[] = [];
  for (const code of text.split(/\s+/)) {
    if (code === "") continue;
    const letter = LETTERS_BY_CODE.get(code === "??" ? "lf" : code);
    if (letter === undefined) unknown.push(code);
    else if (letter.word === "low") flags |= letter.bit;
    else flagsHigh |= letter.bit;
  }
  return { flags, flagsHigh, unknown };
}

/** The four permission letters of /proc/PID/maps: `rwxp`, where `s` follows VM_MAYSHARE. */
export function formatPermissions(flags: number): string {
  return (
    ((flags & VM_READ) !== 0 ? "r" : "-") +
    ((flags & VM_WRITE) !== 0 ? "w" : "-") +
    ((flags & VM_EXEC) !== 0 ? "x" : "-") +
    ((flags & VM_MAYSHARE) !== 0 ? "s" : "p")
  );
}
