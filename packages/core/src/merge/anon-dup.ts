/** Giving an area another one's anonymous object and chain before it takes that area's pages, and taking it back. */

import type { Mm } from "../mm.js";
import { EMPTY_CHAIN } from "../object/anon-vma.js";
import type { Vma } from "../object/vma.js";

/** What `cloneAnon` did. */
export type CloneOutcome = "nothing" | "cloned" | "nomem";

/**
 * Clones the anonymous object and chain of `from` into `to` when `from` has one and `to` has none (`dup_anon_vma`).
 *
 * Leaves: on "nomem", `to` has no object and an empty chain.
 */
export function cloneAnon(mm: Mm, to: Vma, from: Vma): CloneOutcome {
  if (from.anonVma === null || to.anonVma !== null) return "nothing";
  if (!copyChain(mm, to, from)) return "nomem";
  to.anonVma = from.anonVma;
  return "cloned";
}

/**
 * Copies the chain of `from`, and with it the object, to `to`, which has none (`anon_vma_clone`); false when there is
 * no memory. An empty chain cannot fail.
 */
export function copyChain(mm: Mm, to: Vma, from: Vma): boolean {
  if (from.anonChainLength === 0) return true;
  if (!mm.host.cloneChain(to, from)) {
    to.anonChain = EMPTY_CHAIN;
    return false;
  }
  // Only areas built by hand have a chain and no object; its entries stay in front.
  if (to.anonChainLength === 0) to.adoptAnon(from);
  else to.anonChain = [...to.anonChain, ...from.anonChain];
  return true;
}

/** Drops the object and chain `vma` holds (`unlink_anon_vmas`). */
export function dropAnon(mm: Mm, vma: Vma): void {
  mm.remember(vma);
  vma.anonVma = null;
  vma.anonChain = EMPTY_CHAIN;
  mm.host.chainUnlinked(vma);
}
