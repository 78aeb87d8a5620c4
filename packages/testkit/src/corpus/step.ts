/** One operation of a script: the call it stands for, and its answer in the corpus' words. */

import { errnoName, PAGE_SIZE, toPages } from "@vma/core";
import {
  ADVICE_WORDS,
  bitsOf,
  lengthOf,
  MAP_WORDS,
  MCL_WORDS,
  MREMAP_WORDS,
  policyOf,
  protOf,
  SHM_WORDS,
  wordOf,
} from "./calls.js";
import type { CorpusOperation, CorpusResult } from "./format.js";
import { NotModelled } from "./not-modelled.js";
import type { ReplayProcess } from "./process.js";

const SIGNALS: Readonly<Record<number, string>> = { 0: "ok", 7: "SIGBUS", 11: "SIGSEGV" };

/** What mmap answers for a byte offset that is no page multiple, before anything else is looked at. */
const OFFSET_MISALIGNED = "EINVAL";

/**
 * Carries out one operation and returns its answer. Throws NotModelled when the operation, one of its words or the
 * method for it does not exist.
 */
export function performStep(process: ReplayProcess, op: CorpusOperation): CorpusResult {
  const { space } = process;
  switch (op.name) {
    case "initial":
      return "ok";
    case "mmap": {
      if ((op.pgoffBytes ?? 0) !== 0) return OFFSET_MISALIGNED;
      const address = process.address(op.start, op.startBytes);
      const length = lengthOf(op.pages, op.pagesBytes);
      const flags = bitsOf(MAP_WORDS, op.flags);
      const file = op.flags.includes("anonymous") ? null : process.file(op.file);
      const result = space.mmap({
        address,
        length,
        prot: protOf(op.prot),
        flags,
        file,
        pgoff: op.pgoff ?? 0,
      });
      return addressResult(process, result, address);
    }
    case "fill":
      fillUp(process, op.keep);
      return "ok";
    case "munmap":
    case "mlock":
    case "munlock":
    case "mlock2":
    case "mseal": {
      const address = process.address(op.start, op.startBytes);
      const length = lengthOf(op.pages, op.pagesBytes);
      if (op.name === "mlock2") return plainResult(space.mlock2(address, length, MLOCK_ONFAULT));
      return plainResult(space[op.name](address, length));
    }
    case "mprotect": {
      const address = process.address(op.start, op.startBytes);
      const prot = protOf(op.prot, op.growsdown === true);
      return plainResult(space.mprotect(address, lengthOf(op.pages, op.pagesBytes), prot));
    }
    case "mremap": {
      const address = process.address(op.start, op.startBytes);
      const flags = bitsOf(MREMAP_WORDS, op.flags);
      const to = op.to === undefined ? 0 : process.address(op.to, op.toBytes);
      const oldLength = lengthOf(op.pages, op.pagesBytes);
      const newLength = lengthOf(op.newPages, op.newPagesBytes);
      const result = space.mremap(address, oldLength, newLength, flags, to);
      return addressResult(process, result, op.to === undefined ? address : to);
    }
    case "madvise": {
      const address = process.address(op.start, op.startBytes);
      const advice = wordOf(ADVICE_WORDS, op.advice);
      return plainResult(space.madvise(address, lengthOf(op.pages, op.pagesBytes), advice));
    }
    case "mlockall":
      return plainResult(space.mlockall(bitsOf(MCL_WORDS, op.flags)));
    case "munlockall":
      return plainResult(space.munlockall());
    case "read":
    case "write": {
      const signal = space.fault(process.address(op.at, op.atBytes), op.name === "write");
      return SIGNALS[signal] ?? `signal ${signal}`;
    }
    case "setname": {
      const address = process.address(op.start, op.startBytes);
      return plainResult(space.setAnonName(address, lengthOf(op.pages, op.pagesBytes), op.value));
    }
    case "ksm_all":
      return plainResult(space.setMemoryMerge(Boolean(op.on)));
    case "uffd_register": {
      const { uffd, owner } = process.userfault(op.uffd);
      const address = process.address(op.start, op.startBytes);
      const modes = bitsOf(UFFD_WORDS, op.modes);
      return plainResult(owner.userfaultRegister(uffd, address, lengthOf(op.pages, op.pagesBytes), modes));
    }
    case "uffd_unregister": {
      const { uffd, owner } = process.userfault(op.uffd);
      const address = process.address(op.start, op.startBytes);
      return plainResult(owner.userfaultUnregister(uffd, address, lengthOf(op.pages, op.pagesBytes)));
    }
    case "uffd_close":
      return process.closeUserfault(op.uffd) ? "ok" : "EBADF";
    case "mbind": {
      const address = process.address(op.start, op.startBytes);
      return plainResult(space.mbind(address, lengthOf(op.pages, op.pagesBytes), policyOf(op.policy)));
    }
    case "shmget":
      process.createSegment(op.seg, op.pages);
      return "ok";
    case "shmat": {
      const address = process.address(op.start, op.startBytes);
      const result = space.shmat(process.segment(op.seg), address, bitsOf(SHM_WORDS, op.flags));
      return addressResult(process, result, address);
    }
    case "shmdt":
      return plainResult(space.shmdt(process.address(op.start, op.startBytes)));
    case "remap_file_pages": {
      const address = process.address(op.start, op.startBytes);
      const length = lengthOf(op.pages, op.pagesBytes);
      return plainResult(space.remapFilePages(address, length, 0, op.pgoff, 0));
    }
    case "brk": {
      const wanted = process.address(op.to, op.toBytes);
      return breakResult(process, space.brk(wanted), wanted);
    }
    case "fork":
      process.forkParent();
      return "ok";
    case "forkchild":
      process.forkChild();
      return "ok";
    case "reap":
      process.reap();
      return "ok";
    default:
      throw new NotModelled(`the operation "${(op satisfies never as CorpusOperation).name}"`);
  }
}

/** mlock2's flag in every script. */
const MLOCK_ONFAULT = 1;

/** UFFDIO_REGISTER modes. */
const UFFD_WORDS: Readonly<Record<string, number>> = { missing: 1, wp: 2, minor: 4 };

function plainResult(result: number): CorpusResult {
  return result < 0 ? errnoName(result) : "ok";
}

function addressResult(process: ReplayProcess, result: number, wanted: number): CorpusResult {
  if (result < 0) return errnoName(result);
  if (process.kind === "placement") return `0x${result.toString(16)}`;
  return result === wanted ? "ok" : { at: toPages(result - process.base) };
}

function breakResult(process: ReplayProcess, result: number, wanted: number): CorpusResult {
  if (result === wanted) return "ok";
  const pages = Math.floor((result - process.base) / PAGE_SIZE);
  const bytes = result - process.base - pages * PAGE_SIZE;
  return bytes === 0 ? { brk: pages } : { brk: pages, bytes };
}

/** Where the fill operation maps its pages, bytes above the base. */
const FILL_DISTANCE = 2 ** 44;

function fillUp(process: ReplayProcess, keep: number): void {
  const { space } = process;
  const wanted = space.mm.limits.maxMapCount - keep;
  for (let i = 0; space.mapCount < wanted; i += 1) {
    space.mmap({
      address: process.base + FILL_DISTANCE + 2 * i * PAGE_SIZE,
      length: PAGE_SIZE,
      prot: 0,
      flags: bitsOf(MAP_WORDS, ["private", "anonymous", "fixed", "noreserve"]),
    });
  }
}
