// What the range workloads start from, and how they turn a structure into a contender.

import type { RangeMap, RangeStructure } from "../../contender/range-map.js";
import { STRUCTURES } from "../../contender/structures.js";
import type { Contender, Subject } from "../../run/case.js";
import type { Keys } from "../../run/keys.js";
import { mix } from "../../run/random.js";

/** Range i starts at i times this many units, and is shorter. */
export const SPACING = 16;

/** Operations of a pass: many against one reading of the clock, no more than the slowest can bear. */
export function operationsFor(n: number): number {
  return Math.max(2000, Math.min(n, 100_000));
}

/** n ranges, each half its spacing long: a hole follows every one. Values are 1 to n. */
export function fillWithHoles(map: RangeMap, n: number, keys: Keys): void {
  for (let i = 0; i < n; i += 1) map.fill(keys.at(i * SPACING), keys.at(i * SPACING + SPACING / 2), i + 1);
}

/** n ranges without a hole between them. Values are 1 to n. */
export function fillWithoutHoles(map: RangeMap, n: number, keys: Keys): void {
  for (let i = 0; i < n; i += 1) map.fill(keys.at(i * SPACING), keys.at((i + 1) * SPACING), i + 1);
}

/** A checksum over every range there is. */
export function sumOf(map: RangeMap): number {
  let sum = 0;
  map.forEach((start, end, value) => {
    sum = mix(mix(mix(sum, start), end), value);
  });
  return sum;
}

/** Every structure as a contender of the workload that `prepare` sets up. */
export function everyStructure<M extends RangeMap>(
  prepare: (create: () => M, n: number, keys: Keys) => Subject,
  takesPart: (structure: RangeStructure) => boolean = () => true,
): readonly Contender[] {
  return STRUCTURES.filter(takesPart).map((structure) => ({
    name: structure.name,
    ...(structure.maxN === undefined ? {} : { maxN: structure.maxN }),
    prepare: (n, keys) => prepare(structure.create as () => RangeMap as () => M, n, keys),
  }));
}

/** Whether a structure has all the given methods. */
export function offers(...methods: readonly string[]): (structure: RangeStructure) => boolean {
  return ({ create }) => {
    const map: object = create();
    return methods.every((method) => method in map);
  };
}
