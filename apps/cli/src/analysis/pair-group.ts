/** All touching pairs of a map, grouped by what keeps them apart, and what each group could save. */

import { REASON_CODES, type ReasonDetail } from "@vma/core";
import type { MapArea } from "../input/area.js";
import type { MapDetail } from "../input/map-file.js";
import { type Cause, causesOf } from "./cause.js";
import { differingFlags, FactSheet, sameFile, visibleReasons } from "./pair.js";

/** What a group of pairs is called. */
export type PairCause =
  | "relro"
  | "segments"
  | "file-edge"
  | "files"
  | "offset"
  | "guard"
  | "arena"
  | "reserved"
  | "decommitted"
  | "kernel"
  | "account"
  | "stack-mark"
  | "advice"
  | "lock"
  | "seal"
  | "userfault"
  | "other-flags"
  | "name"
  | "policy"
  | "permissions"
  | "hidden";

/** How much a program can do about a group. */
export type Avoidable = "yes" | "partly" | "no" | "unknown";

interface PairStory {
  readonly title: string;
  readonly avoidable: Avoidable;
  /** What would bring the areas together, or why nothing would. */
  readonly remedy: string;
}

export const PAIR_STORIES: Readonly<Record<PairCause, PairStory>> = {
  relro: {
    title: "RELRO: read-only again, but VM_ACCOUNT stayed behind",
    avoidable: "no",
    remedy: "unavoidable for a dynamic library; static linking or prelinking has none",
  },
  segments: {
    title: "segments of one program or library",
    avoidable: "no",
    remedy: "a fixed price: 4 to 5 areas for each library",
  },
  "file-edge": {
    title: "a file beside memory without one",
    avoidable: "no",
    remedy: "different backing never merges",
  },
  files: { title: "two different files", avoidable: "no", remedy: "different backing never merges" },
  offset: {
    title: "parts of one file that do not follow one another",
    avoidable: "partly",
    remedy: "map neighbouring parts of the file side by side, or one large part",
  },
  guard: {
    title: "a guard page beside the memory it guards",
    avoidable: "yes",
    remedy: "MADV_GUARD_INSTALL (Linux 6.13 and later) guards without an area of its own",
  },
  arena: {
    title: "a malloc arena and its reserve",
    avoidable: "partly",
    remedy: "fewer arenas: MALLOC_ARENA_MAX, glibc.malloc.arena_max",
  },
  reserved: {
    title: "used memory beside reserved address space",
    avoidable: "partly",
    remedy: "inherent to reserve-then-commit; commit in larger steps",
  },
  decommitted: {
    title: "memory with PROT_NONE pieces cut out of it",
    avoidable: "yes",
    remedy: "give pages back with MADV_DONTNEED or MADV_FREE instead of mprotect(PROT_NONE)",
  },
  kernel: { title: "pages of the kernel", avoidable: "no", remedy: "special mappings never merge" },
  account: {
    title: "alike but for VM_ACCOUNT or MAP_NORESERVE",
    avoidable: "yes",
    remedy: "map both with or both without MAP_NORESERVE, and both writable from the start or neither",
  },
  "stack-mark": {
    title: "alike but for the no-huge-pages mark",
    avoidable: "partly",
    remedy: "MAP_STACK sets it on Linux 6.7 and later; MADV_NOHUGEPAGE on both makes them alike",
  },
  advice: {
    title: "alike but for advice given to one of them",
    avoidable: "yes",
    remedy: "give the advice to whole mappings, or undo it",
  },
  lock: { title: "alike but for mlock", avoidable: "yes", remedy: "mlock or munlock both" },
  seal: { title: "alike but for mseal", avoidable: "no", remedy: "a seal cannot be undone; seal both" },
  userfault: {
    title: "alike but for userfaultfd",
    avoidable: "partly",
    remedy: "register both with one descriptor, or unregister",
  },
  "other-flags": { title: "alike but for other flags", avoidable: "unknown", remedy: "see the flags" },
  name: {
    title: "alike but for their names (PR_SET_VMA)",
    avoidable: "yes",
    remedy: "use one name, or none, for neighbouring memory",
  },
  policy: { title: "alike but for the memory policy", avoidable: "yes", remedy: "mbind both alike" },
  permissions: {
    title: "different permissions",
    avoidable: "partly",
    remedy: "mprotect larger pieces at once, or keep one permission",
  },
  hidden: {
    title: "nothing visible differs",
    avoidable: "unknown",
    remedy: "",
  },
};

/** A pair that stands for its group. */
export interface PairExample {
  readonly lower: MapArea;
  readonly upper: MapArea;
}

export interface PairGroup {
  readonly cause: PairCause;
  /** VmFlags codes that differ, sorted, for groups about flags; "" otherwise. */
  readonly codes: string;
  pairs: number;
  /** Areas fewer for a program that follows the remedy; 0 where it can do nothing. */
  saves: number;
  readonly first: PairExample;
  /** Reason bits of the first pair. */
  readonly reasons: number;
  /** All reasons of the first pair, in words. */
  readonly details: readonly ReasonDetail[];
}

export interface PairReport {
  readonly detail: MapDetail;
  readonly areas: number;
  /** Touching pairs. */
  readonly pairs: number;
  /** Pairs that look the same in /proc/PID/maps. */
  readonly alikeInMaps: number;
  /** Most pairs first. */
  readonly groups: readonly PairGroup[];
  /** Areas a program could save by itself: the sum of what the groups save. */
  readonly couldSave: number;
  /** The same by what the areas are for. */
  readonly savesByCause: ReadonlyMap<Cause, number>;
  /** What each area is for, in order. */
  readonly causes: readonly Cause[];
}

const ADVICE = new Set(["dc", "dd", "wf", "rr", "sr", "hg", "mg"]);
const PERMISSION = new Set(["rd", "wr", "ex", "mr", "mw", "me", "sh", "ms"]);

/** The one cause of a pair, given its reasons, its differing codes, and what its areas are for. */
export function pairCause(
  lower: MapArea,
  upper: MapArea,
  reasons: number,
  codes: readonly string[],
  below: Cause,
  above: Cause,
): PairCause {
  if (reasons === 0) return "hidden";
  if (below === "kernel" || above === "kernel") return "kernel";
  if ((reasons & REASON_CODES.file) !== 0) {
    return lower.name.startsWith("/") && upper.name.startsWith("/") ? "files" : "file-edge";
  }
  if (below === "relro" || above === "relro") {
    const onlyAccount = codes.every((code) => code === "ac");
    if (sameFile(lower, upper) && onlyAccount) return "relro";
  }
  const program = (cause: Cause): boolean => cause === "library" || cause === "relro";
  if (program(below) && program(above)) return "segments";
  if (below === "arena" && above === "arena") return "arena";
  if (below === "guard" || above === "guard") return "guard";
  if (below === "decommitted" || above === "decommitted") return "decommitted";
  const permissions = codes.filter((code) => PERMISSION.has(code));
  if (permissions.length > 0)
    return below === "reserved" || above === "reserved" ? "reserved" : "permissions";
  if (codes.length > 0) return flagCause(codes);
  if ((reasons & REASON_CODES["anon-name"]) !== 0) return "name";
  if ((reasons & REASON_CODES.policy) !== 0) return "policy";
  if ((reasons & REASON_CODES.pgoff) !== 0) return "offset";
  return "other-flags";
}

function flagCause(codes: readonly string[]): PairCause {
  if (codes.some((code) => code === "um" || code === "uw" || code === "ui")) return "userfault";
  if (codes.includes("sl")) return "seal";
  if (codes.some((code) => code === "lo" || code === "lf")) return "lock";
  if (codes.some((code) => ADVICE.has(code))) return "advice";
  if (codes.includes("nh")) return "stack-mark";
  if (codes.every((code) => code === "ac" || code === "nr")) return "account";
  return "other-flags";
}

/** Whether two areas cannot be told apart in /proc/PID/maps. */
function alikeInMaps(lower: MapArea, upper: MapArea): boolean {
  if (lower.permissions !== upper.permissions || lower.name !== upper.name) return false;
  if (lower.inode !== upper.inode || lower.device !== upper.device) return false;
  return lower.inode === 0
    ? lower.offset === upper.offset
    : lower.offset + lower.end - lower.start === upper.offset;
}

/** Groups all touching pairs of a map. */
export function groupPairs(
  areas: readonly MapArea[],
  detail: MapDetail,
  policies: ReadonlyMap<number, string> | null,
): PairReport {
  const causes = causesOf(areas, detail);
  const groups = new Map<string, PairGroup>();
  const sheet = new FactSheet(policies);
  let pairs = 0;
  let alike = 0;
  let lastGuard = -1;
  const savesByCause = new Map<Cause, number>();
  for (let index = 1; index < areas.length; index += 1) {
    const lower = areas[index - 1] as MapArea;
    const upper = areas[index] as MapArea;
    if (lower.end !== upper.start) continue;
    pairs += 1;
    if (alikeInMaps(lower, upper)) alike += 1;
    const reasons = visibleReasons(lower, upper, policies);
    const { onlyLower, onlyUpper } = differingFlags(lower, upper);
    const codes = [...onlyLower, ...onlyUpper].sort();
    const cause = pairCause(lower, upper, reasons, codes, causes[index - 1] as Cause, causes[index] as Cause);
    const shown = FLAG_GROUPS.has(cause) ? codes.join(" ") : "";
    const key = `${cause} ${shown}`;
    let group = groups.get(key);
    if (group === undefined) {
      const details = sheet.explain(reasons, lower, upper);
      group = { cause, codes: shown, pairs: 0, saves: 0, first: { lower, upper }, reasons, details };
      groups.set(key, group);
    }
    group.pairs += 1;
    if (PAIR_STORIES[cause].avoidable !== "yes") continue;
    // A guard between two stacks makes two pairs, but is one area.
    const guard = cause !== "guard" ? -1 : causes[index] === "guard" ? index : index - 1;
    if (guard >= 0 && guard === lastGuard) continue;
    if (guard >= 0) lastGuard = guard;
    group.saves += 1;
    const owner = causes[guard >= 0 ? guard : index] as Cause;
    savesByCause.set(owner, (savesByCause.get(owner) ?? 0) + 1);
  }
  const sorted = [...groups.values()].sort((a, b) => b.pairs - a.pairs);
  return {
    detail,
    areas: areas.length,
    pairs,
    alikeInMaps: alike,
    groups: sorted,
    couldSave: sorted.reduce((sum, group) => sum + group.saves, 0),
    savesByCause,
    causes,
  };
}

/** Groups that are told apart by their flags. */
const FLAG_GROUPS: ReadonlySet<PairCause> = new Set([
  "account",
  "stack-mark",
  "advice",
  "lock",
  "seal",
  "userfault",
  "other-flags",
]);
