/**
 * fast-check arbitraries of requests and call sequences. A call says where and what, not on which area: which areas
 * there are is known only when it is its turn, so it is resolved against what stands there then.
 */

import * as fc from "fast-check";
import type { AreaSpec } from "../scenario/area.js";
import type { Operation, RequestModes } from "../scenario/operation.js";
import { NOTHING_EXPECTED, type Scenario } from "../scenario/scenario.js";
import { addressSpace, memoryWords, type SpaceOptions } from "./area.js";

/** A call at a place. */
export interface Call {
  readonly kind: "map" | "modify" | "unmap" | "split" | "extend" | "shrink" | "write";
  /** First page. */
  readonly at: number;
  readonly pages: number;
  /** For map and modify: what the pages become. */
  readonly words: readonly string[];
}

const NO_MODES: RequestModes = { expandOnly: false, giveUp: false, noUprobes: false };
const KINDS: readonly Call["kind"][] = ["map", "modify", "unmap", "split", "extend", "shrink", "write"];

/** One call within `pages` pages, of these kinds (all by default). */
export function call(pages: number = 40, kinds: readonly Call["kind"][] = KINDS): fc.Arbitrary<Call> {
  return fc.record({
    kind: fc.constantFrom(...kinds),
    at: fc.integer({ min: 1, max: pages - 1 }),
    pages: fc.integer({ min: 1, max: 8 }),
    words: memoryWords(),
  });
}

/** What the call means where these areas stand, or null when it means nothing there. */
export function resolve({ kind, at, pages, words }: Call, areas: readonly AreaSpec[]): Operation | null {
  const here = areas.find(({ start, end }) => at >= start && at < end);
  if (kind === "map") {
    const above = areas.find(({ end }) => end > at);
    const end = Math.min(at + pages, above === undefined ? Number.POSITIVE_INFINITY : above.start);
    return end <= at ? null : { kind, start: at, end, words, modes: NO_MODES };
  }
  if (kind === "unmap") return { kind, start: at, end: at + pages };
  if (here === undefined) return null;
  const { name: area, start, end } = here;
  switch (kind) {
    case "modify":
      return { kind, area, start: at, end: Math.min(at + pages, end), words, modes: NO_MODES };
    case "split":
      return at === start ? null : { kind, area, at, piece: pages % 2 === 0 ? "below" : "above" };
    case "extend": {
      const above = areas.find((other) => other.start >= end);
      return above !== undefined && above.start < end + pages ? null : { kind, area, pages };
    }
    case "shrink":
      return at === start ? null : { kind, area, start, end: at };
    default:
      return { kind: "write", area };
  }
}

/** An address space and calls to be made on it, in order. */
export interface CallSequence {
  readonly given: Scenario["given"];
  readonly calls: readonly Call[];
}

/** Call sequences of up to `length` calls (20). */
export function callSequence(
  options: SpaceOptions & { readonly length?: number; readonly kinds?: readonly Call["kind"][] } = {},
): fc.Arbitrary<CallSequence> {
  const pages = options.pages ?? 40;
  return fc.record({
    given: addressSpace(options),
    calls: fc.array(call(pages, options.kinds), { minLength: 1, maxLength: options.length ?? 20 }),
  });
}

/** A scenario of one merge attempt: a new range in a hole, or part of an area about to change. Expects nothing. */
export function mergeAttempt(options: SpaceOptions = {}): fc.Arbitrary<Scenario> {
  return fc
    .record({ given: addressSpace(options), at: call(options.pages ?? 40, ["map", "modify"]) })
    .map(({ given, at }) => {
      const operation = resolve(at, given.areas) ?? resolve({ ...at, kind: "map" }, given.areas);
      const operations: Operation[] = [];
      if (operation?.kind === "map") operations.push({ ...operation, kind: "new" });
      if (operation?.kind === "modify") operations.push({ ...operation, kind: "merge" });
      return { name: "merge attempt", given, steps: [{ operations, fail: null, outcome: NOTHING_EXPECTED }] };
    });
}
