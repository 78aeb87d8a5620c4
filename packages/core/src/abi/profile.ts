/**
 * What differs between kernels, as data. Each entry of a profile is read in one place only, named in its comment.
 *
 * Sources: the decision tables recorded from the engines themselves, and scripted cases run on Linux 6.1.192,
 * 6.12.117 and 6.18.44. Anything not listed here is the same in all of them.
 *
 * Longer than 350 lines because every rule stands here with its values, versions and evidence.
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

/** Everything that differs between kernels. */
export interface KernelRules {
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
  /**
   * MREMAP_DONTUNMAP cuts the range out of a locked source, before it makes the copy, and unlocks that; else the whole
   * source is unlocked.
   */
  readonly dontUnmapCutsLocked: boolean;
  readonly ksmAll: KsmAllRule;
  /** mprotect that takes write away from never-written anonymous memory drops VM_ACCOUNT. */
  readonly mprotectDropsAccount: boolean;
  /** MAP_STACK sets VM_NOHUGEPAGE. */
  readonly stackNoHugePage: boolean;
  readonly droppable: boolean;
  readonly guardRegions: boolean;
  /** MADV_POPULATE_READ and _WRITE end at the first hole; else they pass over it as other advice does. */
  readonly populateStopsAtHoles: boolean;
  readonly seal: boolean;
  /** What a seal keeps from being discarded while it is read-only: memory without a file, or /dev/zero's as well. */
  readonly sealKeeps: "without-file" | "anonymous";
  /** Anonymous mappings whose length is a multiple of 2 MiB are put on a 2 MiB boundary. */
  readonly alignsHugeMappings: boolean;
  /** Throwing away all pages of a 2 MiB block frees its page table, so that a huge page may be mapped there next. */
  readonly zapFreesTables: boolean;
  readonly mremapOrder: MremapOrder;
  /** A fixed mremap of equal length may span several areas. */
  readonly mremapSeveralAreas: boolean;
  /** userfaultfd takes no droppable memory. */
  readonly uffdRefusesDroppable: boolean;
  /** userfaultfd unregister through another descriptor than the registered one is refused. */
  readonly uffdUnregisterChecksOwner: boolean;
  /** VmFlags prints `??` for VM_LOCKONFAULT. */
  readonly printsUnknownForLockOnFault: boolean;
  /** Flags (low word) that never keep areas apart and that a merged area has when any part had them. */
  readonly stickyFlags: number;
  /** `[heap]` is also printed on areas that only touch [startBrk, brk]. */
  readonly heapNameWhenTouching: boolean;
}

/** One rule that differs between kernels: what it says from which version on, and recorded cases that show it. */
export interface KernelRule<V> {
  /** One sentence. */
  readonly summary: string;
  /** Values with the first version ("major.minor") each holds for, oldest first; the first entry has no beginning. */
  readonly values: readonly (readonly [since: string, value: V])[];
  /** Corpus cases that come out wrong under another value; empty where only the truth tables show it. */
  readonly shownBy: readonly string[];
}

/** The rules as data: the one place where kernels differ. */
export const KERNEL_RULES: { readonly [R in keyof KernelRules]: KernelRule<KernelRules[R]> } = {
  anonRule: {
    summary: "Who may share an anonymous object when only one side has one.",
    values: [
      ["6.1", "neighbour-singular"],
      ["6.16", "source-singular"],
    ],
    shownBy: ["d-fill-fpriv-perm-P-t00-full", "d-attr-lock-same-t000-PN-full"],
  },
  copyClonesChain: {
    summary: "Memory moved beside an untouched area hands its chain to that area when they merge.",
    values: [
      ["6.1", false],
      ["6.18", true],
    ],
    shownBy: ["d-mremap-fpriv-full-t011-PN"],
  },
  closeRule: {
    summary: "What a close hook forbids.",
    values: [
      ["6.1", "never"],
      ["6.3", "case7-bug"],
      ["6.8", "fixed"],
      ["6.12", "series"],
    ],
    shownBy: ["d-shm-006-shmdt_8"],
  },
  newRangeOrder: {
    summary: "Which neighbour mmap tries first.",
    values: [
      ["6.1", "next-first"],
      ["6.12", "previous-first"],
    ],
    shownBy: ["d-fill-anon-none-PN-t01-full", "d-fill-anon-none-PN-t11-full"],
  },
  writeMarkOrder: {
    summary: "In which order the neighbours of a changed range are marked for writing.",
    values: [
      ["6.1", "area-prev-next"],
      ["6.17", "area-next-prev"],
    ],
    shownBy: [],
  },
  newRangeRestores: {
    summary: "A failed merge of a new range puts the request back as it was given.",
    values: [
      ["6.1", true],
      ["6.17", false],
    ],
    shownBy: [],
  },
  requestNames: {
    summary: "Which area a request names after a merge.",
    values: [
      ["6.1", "main-when-planned"],
      ["6.17", "returned-on-success"],
    ],
    shownBy: [],
  },
  uffdComparesAreaOffset: {
    summary: "userfaultfd (un)registration of the right part of an area never joins the area above.",
    values: [
      ["6.1", true],
      ["6.12", false],
    ],
    shownBy: ["d-attr-uffd-same-t000-N-right"],
  },
  keptSource: {
    summary: "Whether an untouched MREMAP_DONTUNMAP copy may join its own source.",
    values: [
      ["6.1", "no-merge-at-all"],
      ["6.12", "not-with-source"],
      ["6.17", "as-any"],
    ],
    shownBy: ["d-dontunmap-anon-t0-8.4-to4-filll", "mremap-0016"],
  },
  dontUnmapResetsOffset: {
    summary:
      "MREMAP_DONTUNMAP of a whole anonymous area gives what it leaves behind the offset of its own address.",
    values: [
      ["6.1", true],
      ["6.17", false],
    ],
    shownBy: ["shm-0004"],
  },
  dontUnmapCutsLocked: {
    summary: "MREMAP_DONTUNMAP of part of a locked area unlocks that part only.",
    values: [
      ["6.1", true],
      ["6.17", false],
    ],
    shownBy: ["mix-0090"],
  },
  ksmAll: {
    summary:
      "PR_SET_MEMORY_MERGE: whether it exists, and whether new memory is marked before or after the merge.",
    values: [
      ["6.1", "unsupported"],
      ["6.4", "after-merge"],
      ["6.17", "before-merge"],
    ],
    shownBy: ["d-errors-ksmall"],
  },
  mprotectDropsAccount: {
    summary: "mprotect that takes write away from never-written private memory gives its charge back.",
    values: [
      ["6.1", false],
      ["6.7", true],
    ],
    shownBy: ["d-fill-anon-perm-P-t00-full"],
  },
  stackNoHugePage: {
    summary: "MAP_STACK keeps huge pages away (`nh`).",
    values: [
      ["6.1", false],
      ["6.7", true],
    ],
    shownBy: ["placement-0067"],
  },
  droppable: {
    summary: "MAP_DROPPABLE exists.",
    values: [
      ["6.1", false],
      ["6.11", true],
    ],
    shownBy: ["d-errors-droppable"],
  },
  populateStopsAtHoles: {
    summary: "MADV_POPULATE_READ and _WRITE end at the first hole; found on a running 6.1.192.",
    values: [
      ["6.1", false],
      ["6.10", true],
    ],
    shownBy: [],
  },
  guardRegions: {
    summary: "MADV_GUARD_INSTALL and MADV_GUARD_REMOVE exist.",
    values: [
      ["6.1", false],
      ["6.13", true],
    ],
    shownBy: ["d-errors-guardmerge"],
  },
  seal: {
    summary: "mseal exists.",
    values: [
      ["6.1", false],
      ["6.10", true],
    ],
    shownBy: ["d-errors-mseal"],
  },
  sealKeeps: {
    summary: "Which read-only private memory a seal keeps from being discarded; found on the running 6.18.",
    values: [
      ["6.1", "without-file"],
      ["6.17", "anonymous"],
    ],
    shownBy: [],
  },
  alignsHugeMappings: {
    summary: "Private anonymous mappings of whole huge pages are put on a huge-page boundary.",
    values: [
      ["6.1", false],
      ["6.7", true],
    ],
    shownBy: ["placement-0041"],
  },
  zapFreesTables: {
    summary:
      "MADV_DONTNEED on whole 2 MiB blocks lets huge pages be mapped there again; found on the running 6.18.",
    values: [
      ["6.1", false],
      ["6.14", true],
    ],
    shownBy: [],
  },
  mremapOrder: {
    summary: "Whether mremap clears its target before or after it has checked its source.",
    values: [
      ["6.1", "unmap-target-early"],
      ["6.17", "check-first"],
    ],
    shownBy: ["d-multimove-leadhole-t0-mremap_8_6_6_maymove.fixed_10"],
  },
  mremapSeveralAreas: {
    summary: "A fixed mremap of equal length may span several areas.",
    values: [
      ["6.1", false],
      ["6.17", true],
    ],
    shownBy: ["d-multimove-trailhole-t0-mremap_8_6_6_maymove.fixed_40"],
  },
  uffdRefusesDroppable: {
    summary: "userfaultfd takes no droppable memory; found on the running 6.12.117 and 6.18.",
    values: [
      ["6.1", false],
      ["6.16", true],
    ],
    shownBy: [],
  },
  uffdUnregisterChecksOwner: {
    summary: "userfaultfd unregistration through another descriptor is refused.",
    values: [
      ["6.1", false],
      ["6.16", true],
    ],
    shownBy: ["d-uffd-ctx2"],
  },
  printsUnknownForLockOnFault: {
    summary: "smaps prints `??` for lock-on-fault.",
    values: [
      ["6.1", true],
      ["6.12", false],
    ],
    shownBy: ["d-attr-lockonfault-same-t000-PN-full"],
  },
  stickyFlags: {
    summary: "Flags that never keep areas apart and that the merged area keeps: maybe-guard.",
    values: [
      ["6.1", 0],
      ["6.18", VM_MAYBE_GUARD],
    ],
    shownBy: ["d-errors-guardmerge"],
  },
  heapNameWhenTouching: {
    summary: "`[heap]` is also printed on areas that only touch the heap.",
    values: [
      ["6.1", true],
      ["6.12", false],
    ],
    shownBy: ["placement-0067"],
  },
};

/** The rules of one kernel, proven against recordings of it. */
export interface KernelProfile extends KernelRules {
  /** The name to ask for: "6.1", "6.12", "6.18", ... */
  readonly name: string;
  /** Versions it stands for, as [first, last] "major.minor", both inclusive. */
  readonly versions: readonly [string, string];
}

function valueFor<V>(rule: KernelRule<V>, version: number): V {
  let found = (rule.values[0] as readonly [string, V])[1];
  for (const [since, value] of rule.values) if (versionNumber(since) <= version) found = value;
  return found;
}

/** What the rules say for `name`, which stands for [name, last]. */
function derive(name: string, last: string): KernelProfile {
  const version = versionNumber(name);
  const rules = Object.entries(KERNEL_RULES).map(([rule, entry]) => [
    rule,
    valueFor(entry as KernelRule<unknown>, version),
  ]);
  return { ...(Object.fromEntries(rules) as KernelRules), name, versions: [name, last] };
}

const V6_1: KernelProfile = derive("6.1", "6.2");
const V6_12: KernelProfile = derive("6.12", "6.15");
const V6_18: KernelProfile = { ...derive("6.18", "6.18"), versions: ["6.17", "6.18"] };

/** 6.18 as first released: moved memory that grows an untouched neighbour leaves its chain behind (fixed January 2026). */
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
