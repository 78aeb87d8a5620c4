/** Operations of a script as the lines the helper program reads. Positions are offsets to the case's base. */

import { PAGE_SIZE } from "@vma/core";
import {
  ADVICE_WORDS,
  bitsOf,
  lengthOf,
  MAP_WORDS,
  MCL_WORDS,
  MREMAP_WORDS,
  protOf,
  SHM_WORDS,
  wordOf,
} from "../corpus/calls.js";
import type { CorpusOperation } from "../corpus/format.js";
import { NotModelled } from "../corpus/not-modelled.js";

const FILE_INDEX: Readonly<Record<string, number>> = { A: 0, A2: 1, Ar: 2, B: 3, Bw: 4, Z: 5 };
const UFFD_MODES: Readonly<Record<string, number>> = { missing: 1, wp: 2, minor: 4 };
/** MPOL_ modes; MPOL_F_STATIC_NODES is or'ed into bind_static. */
const POLICY_MODES: Readonly<Record<string, number>> = {
  default: 0,
  preferred: 1,
  bind: 2,
  interleave: 3,
  local: 4,
  bind_static: 2 | 0x8000,
};

/** Bytes from the base (or absolute bytes for hexadecimal text). */
function place(position: number | string, rest: number = 0): string {
  return hex((typeof position === "string" ? Number(position) : position * PAGE_SIZE) + rest);
}

function hex(value: number): string {
  return value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

/** Names reach the helper as they are, to the end of the line. */
function text(value: string | null): string {
  return `@${value === null ? "-" : value.replace(/[^\x20-\x7e]/g, "?")}`;
}

/** The line for one operation, without the newline. Throws NotModelled for an unknown word. */
export function operationLine(op: CorpusOperation): string {
  switch (op.name) {
    case "mmap": {
      const file = op.file === null ? -1 : wordOf(FILE_INDEX, op.file);
      const offset = (op.pgoff ?? 0) * PAGE_SIZE + (op.pgoffBytes ?? 0);
      const start = place(op.start, op.startBytes);
      const length = hex(lengthOf(op.pages, op.pagesBytes));
      return `mmap ${start} ${length} ${protOf(op.prot)} ${bitsOf(MAP_WORDS, op.flags)} ${file} ${offset}`;
    }
    case "munmap":
    case "mlock":
    case "munlock":
    case "mseal":
      return `${op.name} ${rangeOf(op)}`;
    case "mlock2":
      return `mlock2 ${rangeOf(op)} 1`;
    case "mprotect":
      return `mprotect ${rangeOf(op)} ${protOf(op.prot, op.growsdown === true)}`;
    case "mremap": {
      const to = op.to === undefined ? 0 : place(op.to, op.toBytes);
      const wanted = hex(lengthOf(op.newPages, op.newPagesBytes));
      return `mremap ${rangeOf(op)} ${wanted} ${bitsOf(MREMAP_WORDS, op.flags)} ${to}`;
    }
    case "madvise":
      return `madvise ${rangeOf(op)} ${wordOf(ADVICE_WORDS, op.advice)}`;
    case "mlockall":
      return `mlockall ${bitsOf(MCL_WORDS, op.flags)}`;
    case "read":
    case "write":
      return `${op.name} ${place(op.at, op.atBytes)}`;
    case "setname":
      return `setname ${rangeOf(op)} ${text(op.value)}`;
    case "ksm_all":
      return `ksm_all ${Number(op.on)}`;
    case "uffd_register":
      return `uffd_register ${op.uffd} ${rangeOf(op)} ${bitsOf(UFFD_MODES, op.modes)}`;
    case "uffd_unregister":
      return `uffd_unregister ${op.uffd} ${rangeOf(op)}`;
    case "uffd_close":
      return `uffd_close ${op.uffd}`;
    case "mbind":
      return `mbind ${rangeOf(op)} ${wordOf(POLICY_MODES, op.policy)}`;
    case "shmget":
      return `shmget ${segmentIndex(op.seg)} ${op.pages * PAGE_SIZE}`;
    case "shmat":
      return `shmat ${segmentIndex(op.seg)} ${place(op.start, op.startBytes)} ${bitsOf(SHM_WORDS, op.flags)}`;
    case "shmdt":
      return `shmdt ${place(op.start, op.startBytes)}`;
    case "remap_file_pages":
      return `remap_file_pages ${rangeOf(op)} ${op.pgoff}`;
    case "fill":
      return `fill ${op.keep}`;
    case "brk":
      return `brk ${place(op.to, op.toBytes)}`;
    case "initial":
    case "munlockall":
    case "fork":
    case "forkchild":
    case "reap":
      return op.name;
    default:
      throw new NotModelled(`the operation "${(op satisfies never as CorpusOperation).name}"`);
  }
}

function rangeOf(op: {
  readonly start: number | string;
  readonly startBytes?: number;
  readonly pages: number | string;
  readonly pagesBytes?: number;
}): string {
  return `${place(op.start, op.startBytes)} ${hex(lengthOf(op.pages, op.pagesBytes))}`;
}

function segmentIndex(name: string): number {
  return Number(name.slice(1));
}
