/** Reasons in words: what keeps two areas, or a range and its neighbour, apart, and what would bring them together. */

import { FLAG_LETTERS, VM_SOFTDIRTY } from "../abi/flags.js";
import { toPages } from "../abi/page.js";
import type { KernelProfile } from "../abi/profile.js";
import { isSpecial } from "../merge/mergeable.js";
import {
  REASON_ANON_DIFFERENT,
  REASON_ANON_INHERITED,
  REASON_ANON_UNWRITTEN,
  REASON_CLOSE,
  REASON_FILE,
  REASON_FLAGS,
  REASON_NAME,
  REASON_NO_NEIGHBOUR,
  REASON_PGOFF,
  REASON_POLICY,
  REASON_SPECIAL,
  REASON_UFFD,
  type ReasonCode,
  reasonCodes,
} from "../merge/reason.js";
import type { AnonChain, AnonVma } from "../object/anon-vma.js";
import { type MemoryPolicy, type OpenFile, policiesEqual, type UserfaultContext } from "../object/file.js";
import { isClosable, type Vma } from "../object/vma.js";

/** What a comparison needs to know of an area. Bytes, half-open; `pgoff` in pages. A `Vma` is one. */
export interface AreaFacts {
  readonly start: number;
  readonly end: number;
  readonly pgoff: number;
  readonly flags: number;
  readonly flagsHigh: number;
  readonly file: OpenFile | null;
  readonly anonVma: AnonVma | null;
  readonly anonChain: AnonChain;
  readonly policy: MemoryPolicy | null;
  readonly uffdContext: UserfaultContext | null;
  readonly anonName: string | null;
}

/** One reason with the two values that differ. */
export interface ReasonDetail {
  readonly code: ReasonCode;
  /** The value on the lower side (or of the proposal), short. */
  readonly lower: string;
  /** The value on the upper side (or of the neighbour), short. */
  readonly upper: string;
  /** One sentence. */
  readonly sentence: string;
  /** What would remove this reason; empty when nothing a program can do would. */
  readonly remedy: string;
}

/** Flags that one word pair has and the other has not. */
export interface FlagDifference {
  readonly onlyLower: readonly string[];
  readonly onlyUpper: readonly string[];
}

/** The VmFlags codes in which two areas differ, leaving `ignored` (low word) out. */
export function flagDifference(
  lower: { readonly flags: number; readonly flagsHigh: number },
  upper: { readonly flags: number; readonly flagsHigh: number },
  ignored: number = 0,
): FlagDifference {
  const onlyLower: string[] = [];
  const onlyUpper: string[] = [];
  for (const { code, word, bit } of FLAG_LETTERS) {
    if (word === "low" && (ignored & bit) !== 0) continue;
    const below = ((word === "low" ? lower.flags : lower.flagsHigh) & bit) !== 0;
    const above = ((word === "low" ? upper.flags : upper.flagsHigh) & bit) !== 0;
    if (below && !above) onlyLower.push(code);
    if (above && !below) onlyUpper.push(code);
  }
  return { onlyLower, onlyUpper };
}

/**
 * Every reason why two areas that touch are two and not one, as bits of merge/reason.ts: what a merge of the upper
 * into the lower would meet under the profile's rules. Unlike a merge it asks nothing about the tree.
 */
export function apartReasons(profile: KernelProfile, lower: Vma, upper: Vma): number {
  let reasons = 0;
  if (lower.end !== upper.start) reasons |= REASON_NO_NEIGHBOUR;
  const difference = flagDifference(lower, upper, ignoredFlags(profile));
  if (difference.onlyLower.length + difference.onlyUpper.length > 0) reasons |= REASON_FLAGS;
  if (lower.file !== upper.file) reasons |= REASON_FILE;
  if (lower.pgoff + toPages(lower.end - lower.start) !== upper.pgoff) reasons |= REASON_PGOFF;
  if (!policiesEqual(lower.policy, upper.policy)) reasons |= REASON_POLICY;
  if (lower.uffdContext !== upper.uffdContext) reasons |= REASON_UFFD;
  if (lower.anonName !== upper.anonName) reasons |= REASON_NAME;
  if (isSpecial(lower.flags) || isSpecial(upper.flags)) reasons |= REASON_SPECIAL;
  if (isClosable(lower) || isClosable(upper)) reasons |= REASON_CLOSE;
  return reasons | apartAnonReasons(profile, lower, upper);
}

function ignoredFlags(profile: KernelProfile): number {
  return profile.stickyFlags | VM_SOFTDIRTY;
}

function apartAnonReasons(profile: KernelProfile, lower: Vma, upper: Vma): number {
  if (lower.anonVma === upper.anonVma) return 0;
  if (lower.anonVma !== null && upper.anonVma !== null) return REASON_ANON_DIFFERENT;
  const written = lower.anonVma === null ? upper : lower;
  if (written.anonChain.length > 1) return REASON_ANON_INHERITED;
  return profile.anonRule === "neighbour-singular" ? REASON_ANON_UNWRITTEN : 0;
}

/** The reasons in `reasons` with the two values each is about. `lower` may also be a proposal, `upper` its neighbour. */
export function explainReasons(reasons: number, lower: AreaFacts, upper: AreaFacts): ReasonDetail[] {
  return reasonCodes(reasons).map((code) => explainReason(code, lower, upper));
}

function explainReason(code: ReasonCode, lower: AreaFacts, upper: AreaFacts): ReasonDetail {
  switch (code) {
    case "flags":
      return explainFlags(lower, upper);
    case "file":
      return detail(
        code,
        fileWord(lower.file),
        fileWord(upper.file),
        lower.file !== null && upper.file !== null && lower.file.path === upper.file.path
          ? "They map the same path through two different open files."
          : "They map different files, or only one maps a file.",
        "map both through one descriptor",
      );
    case "pgoff":
      return detail(
        code,
        `pages ${lower.pgoff}..${lower.pgoff + toPages(lower.end - lower.start)}`,
        `from page ${upper.pgoff}`,
        lower.file === null
          ? "Their hidden offsets do not continue one another: one was moved by mremap after it had been written to."
          : "Their file offsets do not continue one another.",
        lower.file === null ? "" : "map neighbouring parts of the file side by side",
      );
    case "policy":
      return detail(
        code,
        lower.policy?.text ?? "default",
        upper.policy?.text ?? "default",
        "Their memory policies differ.",
        "mbind both alike",
      );
    case "uffd-context":
      return detail(
        code,
        contextWord(lower.uffdContext),
        contextWord(upper.uffdContext),
        "They are registered with different userfaultfd descriptors.",
        "register both with one descriptor, or unregister",
      );
    case "anon-name":
      return detail(
        code,
        lower.anonName ?? "no name",
        upper.anonName ?? "no name",
        "Their names differ (PR_SET_VMA_ANON_NAME).",
        "name both alike",
      );
    default:
      return explainStructural(code, lower, upper);
  }
}

/** Reasons that are no difference of attributes. Taken from the others, so that a new one does not compile untold. */
type StructuralCode = Exclude<
  ReasonCode,
  "flags" | "file" | "pgoff" | "policy" | "uffd-context" | "anon-name"
>;

function explainStructural(code: StructuralCode, lower: AreaFacts, upper: AreaFacts): ReasonDetail {
  const below = anonWord(lower);
  const above = anonWord(upper);
  switch (code) {
    case "anon-different":
      return detail(
        code,
        below,
        above,
        "Both were written to before they became neighbours, so their pages belong to different anonymous objects.",
        "write to them only after they are one area",
      );
    case "anon-inherited":
      return detail(
        code,
        below,
        above,
        "One was inherited over a fork, and its pages may be shared with the parent; the other was never written to.",
        "",
      );
    case "anon-source-inherited":
      return detail(code, below, above, "The range comes from an area that was inherited over a fork.", "");
    case "anon-unwritten":
      return detail(
        code,
        below,
        above,
        "One has been written to and the other never has; this kernel joins them only the other way round.",
        "write to the other one before the change, or run Linux 6.16 or later",
      );
    case "anon-pair":
      return detail(
        code,
        below,
        above,
        "Each neighbour fits the range, but not the other one; the range goes to the one below.",
        "",
      );
    case "special":
      return detail(
        code,
        flagWord(lower),
        flagWord(upper),
        "Memory with io, dont-expand, pfnmap or mixedmap set never merges.",
        "",
      );
    case "not-at-end":
      return detail(
        code,
        rangeWord(lower),
        rangeWord(upper),
        "The range does not reach this end of its area.",
        "",
      );
    case "close":
      return detail(
        code,
        rangeWord(lower),
        rangeWord(upper),
        "The merge would delete an area whose mapping must be told when it goes (a close hook).",
        "",
      );
    case "expand-only":
      return detail(
        code,
        rangeWord(lower),
        rangeWord(upper),
        "The heap only ever grows; it never joins what follows.",
        "",
      );
    case "kept-source":
      return detail(
        code,
        rangeWord(lower),
        rangeWord(upper),
        "A copy that leaves its source in place may not join that source on this kernel.",
        "",
      );
    case "no-neighbour":
      return detail(code, rangeWord(lower), rangeWord(upper), "Nothing touches the range on this side.", "");
  }
}

/** What each flag is, and the call that puts it right. */
const FLAG_STORIES: Readonly<Record<string, readonly [string, string]>> = {
  ac: ["only one is charged to the commit limit", "make both writable before they are written, or neither"],
  nr: ["only one was mapped with MAP_NORESERVE", "map both with or both without MAP_NORESERVE"],
  nh: ["only one refuses huge pages", "MADV_NOHUGEPAGE on both; MAP_STACK sets it too"],
  hg: ["only one asks for huge pages", "MADV_HUGEPAGE on both"],
  dc: ["only one is kept from forks", "MADV_DOFORK undoes MADV_DONTFORK"],
  dd: ["only one is kept out of core dumps", "MADV_DODUMP undoes MADV_DONTDUMP"],
  wf: ["only one is wiped on fork", "MADV_KEEPONFORK undoes MADV_WIPEONFORK"],
  lo: ["only one is locked in memory", "mlock or munlock both"],
  lf: ["only one is locked on fault", "lock both the same way"],
  rr: ["only one expects random reads", "MADV_NORMAL undoes MADV_RANDOM"],
  sr: ["only one expects sequential reads", "MADV_NORMAL undoes MADV_SEQUENTIAL"],
  mg: ["only one may be shared by KSM", "MADV_UNMERGEABLE undoes MADV_MERGEABLE"],
  sl: ["only one is sealed", "seal both; a seal cannot be undone"],
  um: ["only one is registered for missing pages", "unregister it"],
  uw: ["only one is registered for write protection", "unregister it"],
  ui: ["only one is registered for minor faults", "unregister it"],
  gd: ["only one grows downwards", ""],
  dp: ["only one may be dropped under pressure", ""],
};

function explainFlags(lower: AreaFacts, upper: AreaFacts): ReasonDetail {
  const { onlyLower, onlyUpper } = flagDifference(lower, upper);
  const codes = [...onlyLower, ...onlyUpper].filter((code) => code !== "sd" && code !== "gu");
  const isAccess = (code: string): boolean => code === "rd" || code === "wr" || code === "ex";
  const access = codes.filter(isAccess);
  const others = codes.filter((code) => !isAccess(code));
  const parts: string[] = [];
  const remedies: string[] = [];
  if (access.length > 0) {
    parts.push("their permissions differ");
    remedies.push("mprotect both alike");
  }
  for (const code of others) {
    const story = FLAG_STORIES[code];
    parts.push(story === undefined ? `only one has ${code}` : story[0]);
    if (story !== undefined && story[1] !== "") remedies.push(story[1]);
  }
  return detail(
    "flags",
    onlyLower.join(" ") || "-",
    onlyUpper.join(" ") || "-",
    `Their flags differ: ${parts.join(", ") || "in bits without a letter"}.`,
    remedies.join("; "),
  );
}

function detail(
  code: ReasonCode,
  lower: string,
  upper: string,
  sentence: string,
  remedy: string,
): ReasonDetail {
  return { code, lower, upper, sentence, remedy };
}

function fileWord(file: OpenFile | null): string {
  return file === null ? "no file" : `${file.path} (open file ${file.id})`;
}

function contextWord(context: UserfaultContext | null): string {
  return context === null ? "not registered" : `descriptor ${context.id}`;
}

function anonWord(area: AreaFacts): string {
  if (area.anonVma === null) return "never written to";
  const inherited = area.anonChain.length > 1 ? ", inherited" : "";
  return `anonymous object ${area.anonVma.id}${inherited}`;
}

function flagWord(area: AreaFacts): string {
  return isSpecial(area.flags) ? "special" : "ordinary";
}

function rangeWord(area: AreaFacts): string {
  return `0x${area.start.toString(16)}-0x${area.end.toString(16)}`;
}
