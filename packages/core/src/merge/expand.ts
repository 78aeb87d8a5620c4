/** Growing an area, over the one above it if need be (`vma_expand`). */

import { ENOMEM } from "../abi/errno.js";
import { invariant } from "../assert.js";
import { mark } from "../mark.js";
import { isClosable, type Vma } from "../object/vma.js";
import { cloneAnon, dropAnon } from "./anon-dup.js";
import { commitMerge, writeLock } from "./commit.js";
import type { MergeRequest } from "./request.js";

/**
 * Grows `request.vma` to the request's range and offset. When the range ends where `request.next` ends, that area
 * is swallowed.
 *
 * ```
 *   VVV      .      VVVVV          VVV..NNN    VVVVVVVV
 *   grows over a hole              swallows the area above
 * ```
 *
 * Returns 0 or -ENOMEM.
 * Assumes: nothing else lies in the range; the area above, when swallowed, has no close hook (else a warning).
 * Leaves: on failure no area has changed and a clone made on the way is dropped again; the state is `nomem` when the
 * tree had no memory (unless `giveUpOnOom`) and is untouched when the chain could not be cloned.
 */
export function expandArea(request: MergeRequest): number {
  const { mm, next, plan } = request;
  const vma = request.vma as Vma;
  let cloned = false;
  let outcome: "nothing" | "cloned" | "nomem" = "nothing";

  invariant(mm.isLocked, "an area grows without the address space's lock");
  writeLock(mm, vma);
  plan.grow(vma, request.start, request.end, request.pgoff);
  if (next !== null && next !== vma && request.end === next.end) {
    if (isClosable(next)) mm.host.warned("expand-removes-closable");
    plan.remove = next;
    writeLock(mm, next);
    outcome = cloneAnon(mm, vma, next);
    if (outcome === "nomem") {
      mark("merge.expand-cannot-clone");
      return -ENOMEM;
    }
    cloned = outcome === "cloned";
  }
  const source = request.copiedFrom;
  if (source !== null && mm.profile.copyClonesChain) {
    outcome = cloneAnon(mm, vma, source);
    if (outcome === "nomem") return -ENOMEM;
    cloned ||= outcome === "cloned";
  }
  if (!commitMerge(request, plan)) {
    if (cloned) {
      mark("merge.expand-undoes-clone");
      dropAnon(mm, vma);
    }
    if (!request.giveUpOnOom) request.state = "nomem";
    return -ENOMEM;
  }
  return 0;
}
