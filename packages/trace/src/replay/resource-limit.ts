/** Limits of a process that its calls change (prlimit64, setrlimit), as far as the model goes by them. */

import type { ReplaySpace } from "./seed.js";

const RLIMIT_DATA = 2;
const RLIMIT_STACK = 3;
const RLIMIT_MEMLOCK = 8;
const RLIMIT_AS = 9;

/** Sets the soft limit of a resource, in its unit; NaN is no new limit. */
export function setLimit(target: ReplaySpace, resource: number, soft: number): void {
  if (Number.isNaN(soft)) return;
  const { limits } = target.mm;
  const value = soft >= 2 ** 63 ? Number.POSITIVE_INFINITY : soft;
  if (resource === RLIMIT_DATA) limits.data = value;
  else if (resource === RLIMIT_STACK) limits.stack = value;
  else if (resource === RLIMIT_MEMLOCK) limits.memlock = value;
  else if (resource === RLIMIT_AS) limits.addressSpace = value;
}
