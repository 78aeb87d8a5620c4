// Every case there is, by suite.

import { CALL_CASES, KERNEL_CASES } from "./cases/core/calls.js";
import { events } from "./cases/core/events.js";
import { fault } from "./cases/core/fault.js";
import { legacyBrk, legacyMmap, legacyMprotect } from "./cases/core/legacy.js";
import { memory } from "./cases/core/memory.js";
import { placement } from "./cases/core/placement.js";
import { records } from "./cases/core/records.js";
import { snapshotCalls, spaceSnapshot } from "./cases/core/snapshot.js";
import { enginePattern } from "./cases/maple/engine-pattern.js";
import { gapCycle, highestGap, lowestGap } from "./cases/maple/gap.js";
import { randomInsert, randomStore, sequentialInsert, uncheckedInsert } from "./cases/maple/insert.js";
import { iterate } from "./cases/maple/iterate.js";
import { lookup } from "./cases/maple/lookup.js";
import { randomMemory, sequentialMemory } from "./cases/maple/memory.js";
import { mixed } from "./cases/maple/mixed.js";
import { eraseRange, splitOverwrite } from "./cases/maple/overwrite.js";
import { snapshot, snapshotForgotten, snapshotStores } from "./cases/maple/snapshot.js";
import { worstStore } from "./cases/maple/worst-store.js";
import { replayCase } from "./cases/trace/replay.js";
import { straceDefault, straceMemory, straceVerbose } from "./cases/trace/strace.js";
import type { Case } from "./run/case.js";

export const CASES: readonly Case[] = [
  lookup,
  sequentialInsert,
  randomInsert,
  randomStore,
  uncheckedInsert,
  splitOverwrite,
  eraseRange,
  iterate,
  mixed,
  enginePattern,
  lowestGap,
  highestGap,
  gapCycle,
  snapshot,
  snapshotStores,
  snapshotForgotten,
  sequentialMemory,
  randomMemory,
  worstStore,
  ...CALL_CASES,
  events,
  records,
  fault,
  placement,
  spaceSnapshot,
  snapshotCalls,
  memory,
  legacyMmap,
  legacyBrk,
  legacyMprotect,
  ...KERNEL_CASES,
  straceDefault,
  straceVerbose,
  straceMemory,
  replayCase,
];

/** The case of that suite and name. Throws RangeError when there is none. */
export function findCase(suite: Case["suite"], name: string): Case {
  const found = CASES.find((candidate) => candidate.suite === suite && candidate.name === name);
  if (found === undefined) throw new RangeError(`suite ${suite} has no case ${name}`);
  return found;
}
