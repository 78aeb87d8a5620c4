/** Advice that only drops pages, on areas without records where nobody keeps track of pages: nothing changes. */

import { ENOMEM } from "../abi/errno.js";
import { toPages } from "../abi/page.js";
import type { Mm } from "../mm.js";
import { look, surroundings } from "./surroundings.js";

/**
 * What such advice about [start, end) comes to: 0, or -ENOMEM where not all is mapped; null when an area with a record is
 * among it, which may refuse.
 *
 * Assumes: `mm.isCompact`, and `mm.pages` is null.
 */
export function dropCompact(mm: Mm, start: number, end: number): number | null {
  if (!look(mm, start, end, false)) return null;
  return surroundings.pages === toPages(end - start) ? 0 : -ENOMEM;
}
