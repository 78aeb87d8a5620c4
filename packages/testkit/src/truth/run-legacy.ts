/** Runs one recorded decision on the engine before the series and tells the outcome in the terms of the recording. */

import { type KernelProfile, PAGE_SIZE } from "@vma/core/engine";
import type { Cast } from "../host/cast.js";
import {
  type LegacyCase,
  legacyExtend,
  legacyMapRange,
  legacyMerge,
  legacyModify,
} from "../model/legacy-merge.js";
import { TruthFormatError, type TruthInput, type TruthOperation, type TruthOutput } from "./format.js";
import { World } from "./world.js";

/** Which of its two entries took a new range: the merge function, or mmap's own expansion. */
export type LegacyEntry = "legacy" | "legacy-mmap";

/** Runs `op` on a new address space built from `input`. Throws TruthFormatError for an operation it did not have. */
export function runLegacyDecision(
  cast: Cast,
  profile: KernelProfile,
  entry: LegacyEntry,
  op: TruthOperation,
  input: TruthInput,
): TruthOutput {
  const world = new World(cast, profile, input);
  const { host, mm } = world;
  const { ret, number } = operate(world, entry, op, input);
  return {
    ret,
    case: number,
    vmas: world.areas(),
    cnt: mm.mapCount,
    it: world.position(),
    ...(input.vmg === undefined ? {} : { vmg: world.requestAfter(false) }),
    ev: host.events,
    pts: host.steps,
    ...(input.fail === undefined ? {} : { hit: host.hit }),
    ...(host.warnings.length === 0 ? {} : { warn: host.warnings }),
  };
}

function operate(
  world: World,
  entry: LegacyEntry,
  op: TruthOperation,
  input: TruthInput,
): { ret: string | number | null; number: LegacyCase } {
  const { request } = world;
  switch (op) {
    case "new": {
      const outcome = entry === "legacy-mmap" ? legacyMapRange(request) : legacyMerge(request);
      return { ret: world.nameOf(outcome.area), number: outcome.case };
    }
    case "existing": {
      const outcome = legacyMerge(request);
      return { ret: world.nameOf(outcome.area), number: outcome.case };
    }
    case "modify": {
      const outcome = legacyModify(request);
      return { ret: outcome.error === 0 ? world.nameOf(outcome.area) : outcome.error, number: outcome.case };
    }
    case "merge_extend": {
      const args = input.args ?? {};
      const outcome = legacyExtend(request, world.area(args.vma ?? ""), (args.delta ?? 0) * PAGE_SIZE);
      return { ret: world.nameOf(outcome.area), number: outcome.case };
    }
    default:
      throw new TruthFormatError(`the engine before the series has no recorded operation "${op}"`);
  }
}
