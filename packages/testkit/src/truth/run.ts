/** Runs one recorded decision on the engine of @vma/core and tells the outcome in the terms of the recording. */

import {
  copyVma,
  expandArea,
  findMergeableAnon,
  type KernelProfile,
  MergeRequest,
  mergeExistingRange,
  mergeExtend,
  mergeNewRange,
  modifyArea,
  PAGE_SIZE,
  shrinkArea,
  splitArea,
  unmapRange,
} from "@vma/core/engine";
import type { Cast } from "../host/cast.js";
import type { TruthArguments, TruthInput, TruthOperation, TruthOutput } from "./format.js";
import { World } from "./world.js";

/** Runs `op` on a new address space built from `input`, under the rules of `profile`. */
export function runDecision(
  cast: Cast,
  profile: KernelProfile,
  op: TruthOperation,
  input: TruthInput,
): TruthOutput {
  const world = new World(cast, profile, input);
  const args = input.args ?? {};
  const special = operate(world, op, args);
  const { host, mm } = world;
  return {
    ...special,
    vmas: world.areas(),
    cnt: mm.mapCount,
    ...(input.acc === undefined
      ? {}
      : { acc: { tot: mm.totalVm, lck: mm.lockedVm, dat: mm.dataVm, exe: mm.execVm, stk: mm.stackVm } }),
    it: world.position(),
    ...(input.vmg === undefined ? {} : { vmg: world.requestAfter(true) }),
    ev: host.events,
    pts: host.steps,
    ...(input.fail === undefined ? {} : { hit: host.hit }),
    ...(host.warnings.length === 0 ? {} : { warn: host.warnings }),
  };
}

type Result = Pick<TruthOutput, "ret" | "vmap" | "nrl" | "anon">;

function operate(world: World, op: TruthOperation, args: TruthArguments): Result {
  const { request } = world;
  const { iterator } = world.stage;
  switch (op) {
    case "new":
      return { ret: world.nameOf(mergeNewRange(request)) };
    case "existing":
      return { ret: world.nameOf(mergeExistingRange(request)) };
    case "modify": {
      const error = modifyArea(request);
      return { ret: error === 0 ? world.nameOf(request.result) : error };
    }
    case "merge_extend":
      return { ret: world.nameOf(mergeExtend(request, target(world, args), pages(args.delta))) };
    case "expand":
      return { ret: expandArea(request) };
    case "shrink":
      return {
        ret: shrinkArea(iterator, target(world, args), pages(args.s), pages(args.e), args.pg ?? 0),
      };
    case "split": {
      const piece = args.new_below === 1 ? "new-below" : "new-above";
      return { ret: splitArea(iterator, target(world, args), pages(args.addr), piece) };
    }
    case "find_anon": {
      const shared = findMergeableAnon(world.mm, target(world, args));
      return { ret: null, anon: shared === null ? null : world.stage.cast.letterOf(shared) };
    }
    case "copy_vma": {
      const source = target(world, args);
      const keep = args.keep === 1;
      // The copy searches with an iterator of its own; the one of the recording stays where it was.
      const request = new MergeRequest(world.mm);
      const copied = copyVma(request, source, pages(args.addr), pages(args.len), args.pg ?? 0, keep);
      return {
        ret: world.nameOf(copied.copy),
        vmap: world.host.nameOf(copied.source),
        nrl: copied.needRmapLocks ? 1 : 0,
      };
    }
    case "munmap":
      return {
        ret: unmapRange(iterator, pages(args.s), pages(args.len), {
          unlock: args.unlock === 1,
          userfault: args.uf === 1,
        }),
      };
  }
}

function target(world: World, args: TruthArguments): ReturnType<World["area"]> {
  return world.area(args.vma ?? "");
}

function pages(count: number | undefined): number {
  return (count ?? 0) * PAGE_SIZE;
}
