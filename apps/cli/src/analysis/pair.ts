/** What keeps two touching areas apart, as far as /proc shows it: all reasons, in the engine's own terms. */

import {
  type AreaFacts,
  explainReasons,
  type FlagDifference,
  flagDifference,
  OpenFile,
  REASON_CODES,
  type ReasonDetail,
  VM_EXEC,
  VM_HUGETLB,
  VM_MAYBE_GUARD,
  VM_MAYSHARE,
  VM_READ,
  VM_SHARED,
  VM_SOFTDIRTY,
  VM_SPECIAL,
  VM_WRITE,
} from "@vma/core";
import { isFileArea, type MapArea } from "../input/area.js";
import { fileKey } from "./cause.js";

/** Flags that never keep areas apart: soft-dirty, and the guard-region mark. */
const IGNORED = VM_SOFTDIRTY | VM_MAYBE_GUARD;

const KERNEL_NAME = /^\[(?!heap|stack|anon)/;

/** The anonymous name (PR_SET_VMA), or null. */
export function anonNameOf(area: MapArea): string | null {
  return /^\[anon(?:_shmem)?:(.*)\]$/s.exec(area.name)?.[1] ?? null;
}

/** Flag bits of an area: its VmFlags, or what the permissions of maps say. */
export function flagsOf(area: MapArea): { readonly flags: number; readonly flagsHigh: number } {
  if (area.flagText !== null) return area;
  const { permissions } = area;
  let flags = 0;
  if (permissions[0] === "r") flags |= VM_READ;
  if (permissions[1] === "w") flags |= VM_WRITE;
  if (permissions[2] === "x") flags |= VM_EXEC;
  if (permissions[3] === "s") flags |= VM_SHARED | VM_MAYSHARE;
  return { flags, flagsHigh: 0 };
}

/** Whether something with a file's place in a mapping is behind the area: a file, or the kernel's own pages. */
function isBacked(area: MapArea): boolean {
  return isFileArea(area) || KERNEL_NAME.test(area.name);
}

/** Whether the two map the same file, as far as device, inode and path tell. */
export function sameFile(lower: MapArea, upper: MapArea): boolean {
  return isBacked(lower) && isBacked(upper) && fileKey(lower) === fileKey(upper);
}

/** Flags in which the two differ, those that never matter left out; codes unknown to the engine included. */
export function differingFlags(lower: MapArea, upper: MapArea): FlagDifference {
  const known = flagDifference(flagsOf(lower), flagsOf(upper), IGNORED);
  if (lower.unknownFlags.length + upper.unknownFlags.length === 0) return known;
  return {
    onlyLower: [
      ...known.onlyLower,
      ...lower.unknownFlags.filter((code) => !upper.unknownFlags.includes(code)),
    ],
    onlyUpper: [
      ...known.onlyUpper,
      ...upper.unknownFlags.filter((code) => !lower.unknownFlags.includes(code)),
    ],
  };
}

/**
 * All visible reasons why `lower` and `upper`, which touch, are two areas: bits of the engine's reason codes; 0 when
 * nothing that /proc prints differs. What it does not print (the anonymous object, the hidden offset of anonymous
 * memory, which open file, the userfaultfd descriptor) can only come on top.
 *
 * @param policies memory policies by start address, where known
 */
export function visibleReasons(
  lower: MapArea,
  upper: MapArea,
  policies: ReadonlyMap<number, string> | null,
): number {
  let reasons = 0;
  const { onlyLower, onlyUpper } = differingFlags(lower, upper);
  if (onlyLower.length + onlyUpper.length > 0) reasons |= REASON_CODES.flags;
  const backed = isBacked(lower) || isBacked(upper);
  if (backed && !sameFile(lower, upper)) reasons |= REASON_CODES.file;
  else if (backed && isFileArea(lower) && lower.offset + (lower.end - lower.start) !== upper.offset) {
    reasons |= REASON_CODES.pgoff;
  }
  if (anonNameOf(lower) !== anonNameOf(upper)) reasons |= REASON_CODES["anon-name"];
  if (((lower.flags | upper.flags) & VM_SPECIAL) !== 0) reasons |= REASON_CODES.special;
  if (isClosing(lower) || isClosing(upper)) reasons |= REASON_CODES.close;
  if (policies !== null && policies.get(lower.start) !== policies.get(upper.start)) {
    reasons |= REASON_CODES.policy;
  }
  return reasons;
}

/** Mappings whose owner must be told when they go: System V segments and hugetlbfs. */
function isClosing(area: MapArea): boolean {
  return (area.flags & VM_HUGETLB) !== 0 || /^\/SYSV[0-9a-f]{8}/.test(area.name);
}

/** Open files by device, inode and path, so that equal backing is equal to the engine's wording. */
export class FactSheet {
  readonly #files: Map<string, OpenFile> = new Map();
  readonly #policies: ReadonlyMap<number, string> | null;

  constructor(policies: ReadonlyMap<number, string> | null) {
    this.#policies = policies;
  }

  /** The area as the engine's explanations take it. */
  of(area: MapArea): AreaFacts {
    const policy = this.#policies?.get(area.start);
    return {
      start: area.start,
      end: area.end,
      pgoff: isFileArea(area) ? area.offset / 4096 : area.start / 4096,
      ...flagsOf(area),
      file: isBacked(area) ? this.#file(area) : null,
      anonVma: null,
      anonChain: [],
      policy: policy === undefined ? null : { text: policy },
      uffdContext: null,
      anonName: anonNameOf(area),
    };
  }

  #file(area: MapArea): OpenFile {
    const key = fileKey(area);
    let file = this.#files.get(key);
    if (file === undefined) {
      file = new OpenFile({ path: area.name, device: area.device, inode: Number(area.inode) });
      this.#files.set(key, file);
    }
    return file;
  }

  /** The visible reasons between two areas in words. */
  explain(reasons: number, lower: MapArea, upper: MapArea): ReasonDetail[] {
    return explainReasons(reasons, this.of(lower), this.of(upper));
  }
}
