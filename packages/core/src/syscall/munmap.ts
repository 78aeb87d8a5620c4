/** munmap: taking mappings away. */

import type { MergeRequest } from "../merge/request.js";
import { unmapRange } from "../region/unmap.js";

/**
 * Unmaps [address, address + length) bytes. Returns 0 or a negative errno: EINVAL, ENOMEM (a hole inside one area at
 * the map limit), EPERM (sealed). Holes are fine.
 */
export function munmap(request: MergeRequest, address: number, length: number): number {
  return unmapRange(request.iterator, address, length);
}
