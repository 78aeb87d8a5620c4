/**
 * What differs between kernels, as data. Each entry of a profile is read in one place only, named in its comment.
 *
 * Sources: the decision tables recorded from the engines themselves, and scripted cases run on Linux 6.1.192,
 * 6.12.117 and 6.18.44. Anything not listed here is the same in all of them.
 */

import { VM_MAYBE_GUARD } from "./flags.js";

/**
 * Who may share an anonymous object (`is_mergeable_anon_vma`):
 * - `neighbour-singular`: if either has none, the neighbour's chain must have exactly one entry or both have none.
 * - `source-singular`: if the neighbour has none, the area the range comes from must not have an inherited chain;
 *   if the range has none, the neighbour must not have an inherited chain.
 */
export type AnonRule = "neighbour-singular" | "source-singular";

/** What a close hook forbids: see docs of `closeForbids` in merge/mergeable.ts. */
export type CloseRule = "never" | "case7-bug" | "fixed" | "series";

/** Which neighbour a new mapping is tried against first (mmap only). */
export type NewRangeOrder = "previous-first" | "next-first";

/** How an MREMAP_DONTUNMAP copy may join its own source when it lands beside it. */
export type KeptSourceRule = "no-merge-at-all" | "not-with-source" | "as-any";

/** When the process-wide KSM opt-in marks a new mapping. */
export type KsmAllRule = "unsupported" | "after-merge" | "before-merge";

/** How mremap orders its checks and its destruction of the target. */
export type MremapOrder = "unmap-target-early" | "check-first";

export interface KernelProfile {
  /** The name to ask for: "6.1", "6.12", "6.18", ... */
  readonly name: string;
  /** Versions it stands for, as [first, last] "major.minor", both inclusive. */
  readonly versions: readonly [string, string];
  readonly anonRule: AnonRule;
  /** A copied area's chain is cloned into the unfaulted neighbour that grows over the copy. */
  readonly copyClonesChain: boolean;
  readonly closeRule: CloseRule;
  readonly newRangeOrder: NewRangeOrder;
  /** Order of the write marks when an existing range merges. */
  readonly writeMarkOrder: "area-prev-next" | "area-next-prev";
  /** A failed new-range merge puts the request back as it was given. */
  readonly newRangeRestores: boolean;
  /** Which area a merge request names: the main one as soon as the merge is planned, or the one returned, on success. */
  readonly requestNames: "main-when-planned" | "returned-on-success";
  /** userfaultfd (un)register compares with the offset of the area's start, not of the range's. */
  readonly uffdComparesAreaOffset: boolean;
  readonly keptSource: KeptSourceRule;
  /** MREMAP_DONTUNMAP of a whole anonymous source resets its hidden offset. */
  readonly dontUnmapResetsOffset: boolean;
  /** MREMAP_DONTUNMAP cuts the range out of a locked source and unlocks that; else the whole source is unlocked. */
  readonly dontUnmapCutsLocked: boolean;
  readonly ksmAll: KsmAllRule;
  /** mprotect that takes write away from never-written anonymous memory drops VM_ACCOUNT. */
  readonly mprotectDropsAccount: boolean;
  /** MAP_STACK sets VM_NOHUGEPAGE. */
  readonly stackNoHugePage: boolean;
  readonly droppable: boolean;
  readonly guardRegions: boolean;
  readonly seal: boolean;
  /** Anonymous mappings whose length is a multiple of 2 MiB are put on a 2 MiB boundary. */
  readonly alignsHugeMappings: boolean;
  readonly mremapOrder: MremapOrder;
  /** A fixed mremap of equal length may span several areas. */
  readonly mremapSeveralAreas: boolean;
  /** userfaultfd unregister through another descriptor than the registered one is refused. */
  readonly uffdUnregisterChecksOwner: boolean;
  /** VmFlags prints `??` for VM_LOCKONFAULT. */
  readonly printsUnknownForLockOnFault: boolean;
  /** Flags (low word) that never keep areas apart and that a merged area has when any part had them. */
  readonly stickyFlags: number;
  /** `[heap]` is also printed on areas that only touch [startBrk, brk]. */
  readonly heapNameWhenTouching: boolean;
}

const V6_12: KernelProfile = {
  name: "6.12",
  versions: ["6.12", "6.15"],
  anonRule: "neighbour-singular",
  copyClonesChain: false,
  closeRule: "series",
  newRangeOrder: "previous-first",
  writeMarkOrder: "area-prev-next",
  newRangeRestores: true,
  requestNames: "main-when-planned",
  uffdComparesAreaOffset: false,
  keptSource: "not-with-source",
  dontUnmapResetsOffset: true,
  dontUnmapCutsLocked: true,
  ksmAll: "after-merge",
  mprotectDropsAccount: true,
  stackNoHugePage: true,
  droppable: true,
  guardRegions: false,
  seal: true,
  alignsHugeMappings: true,
  mremapOrder: "unmap-target-early",
  mremapSeveralAreas: false,
  uffdUnregisterChecksOwner: false,
  printsUnknownForLockOnFault: false,
  stickyFlags: 0,
  heapNameWhenTouching: false,
};

const V6_1: KernelProfile = {
  ...V6_12,
  name: "6.1",
  versions: ["6.1", "6.6"],
  closeRule: "never",
  newRangeOrder: "next-first",
  uffdComparesAreaOffset: true,
  keptSource: "no-merge-at-all",
  ksmAll: "unsupported",
  mprotectDropsAccount: false,
  stackNoHugePage: false,
  droppable: false,
  seal: false,
  alignsHugeMappings: false,
  printsUnknownForLockOnFault: true,
  heapNameWhenTouching: true,
};

const V6_18: KernelProfile = {
  ...V6_12,
  name: "6.18",
  versions: ["6.17", "6.18"],
  anonRule: "source-singular",
  copyClonesChain: true,
  writeMarkOrder: "area-next-prev",
  newRangeRestores: false,
  requestNames: "returned-on-success",
  keptSource: "as-any",
  dontUnmapResetsOffset: false,
  dontUnmapCutsLocked: false,
  ksmAll: "before-merge",
  guardRegions: true,
  mremapOrder: "check-first",
  mremapSeveralAreas: true,
  uffdUnregisterChecksOwner: true,
  stickyFlags: VM_MAYBE_GUARD,
};

/** 6.18 as first released: a moved area that grows an unfaulted neighbour leaves its chain behind (fixed January 2026). */
const V6_18_EARLY: KernelProfile = {
  ...V6_18,
  name: "6.18-early",
  copyClonesChain: false,
  stickyFlags: 0,
};

/** Every profile, oldest first. */
export const PROFILES: readonly KernelProfile[] = [V6_1, V6_12, V6_18_EARLY, V6_18];

/** A profile and how well it fits what was asked for. */
export interface ProfileMatch {
  readonly profile: KernelProfile;
  /** True when the version asked for is one the profile stands for. */
  readonly exact: boolean;
}

/** The profile of that name. Throws RangeError naming the known profiles. */
export function profile(name: string): KernelProfile {
  const found = PROFILES.find((candidate) => candidate.name === name);
  if (found === undefined) {
    throw new RangeError(`kernel profile "${name}" is not one of ${PROFILES.map((p) => p.name).join(", ")}`);
  }
  return found;
}

function versionNumber(version: string): number {
  const match = /^(\d+)\.(\d+)/.exec(version);
  if (match === null) throw new RangeError(`kernel version "${version}" does not start with MAJOR.MINOR`);
  return Number(match[1]) * 1000 + Number(match[2]);
}

/**
 * The profile for a kernel release such as `uname -r` prints ("6.12.117+deb12", "6.18.44"): the one whose span holds
 * the version, else the nearest one, with `exact` false. A profile's own name is also taken. Throws RangeError when
 * the text holds no version.
 */
export function profileForRelease(release: string): ProfileMatch {
  const named = PROFILES.find((candidate) => candidate.name === release);
  if (named !== undefined) return { profile: named, exact: true };
  const wanted = versionNumber(release);
  let best: KernelProfile = V6_12;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of PROFILES) {
    if (candidate === V6_18_EARLY) continue;
    const first = versionNumber(candidate.versions[0]);
    const last = versionNumber(candidate.versions[1]);
    const distance = wanted < first ? first - wanted : wanted > last ? wanted - last : 0;
    if (distance <= bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return { profile: best, exact: bestDistance === 0 };
}
