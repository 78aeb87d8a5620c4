// Writing over and clearing parts of what is there: each operation cuts one range in two, or two short.

import type { RangeMap } from "../../contender/range-map.js";
import type { Case, Subject } from "../../run/case.js";
import type { Keys } from "../../run/keys.js";
import { Random } from "../../run/random.js";
import { everyStructure, fillWithoutHoles, SPACING, sumOf } from "./ranges.js";

/** Operations of a pass: at most on one structure, at least on all together. */
const MOST = 20_000;
const LEAST = 2000;

function cutting(
  create: () => RangeMap,
  n: number,
  keys: Keys,
  cut: (map: RangeMap, start: number, end: number) => void,
  from: number,
  to: number,
): Subject {
  const operations = Math.min(MOST, n >> 1);
  const places = Float64Array.from(new Random(3).order(n).subarray(0, operations), (i) =>
    keys.at(i * SPACING + from),
  );
  const length = keys.length(to - from);
  const times = Math.ceil(LEAST / operations);
  return {
    round(clock) {
      const maps = Array.from({ length: times }, create);
      for (const map of maps) fillWithoutHoles(map, n, keys);
      clock.start();
      for (const map of maps) {
        for (let i = 0; i < operations; i += 1) {
          const at = places[i] as number;
          cut(map, at, at + length);
        }
      }
      clock.stop(operations * times);
      return sumOf(maps[0] as RangeMap);
    },
  };
}

export const splitOverwrite: Case = {
  suite: "maple",
  name: "split-overwrite",
  title: "overwrite the middle of a range",
  unit: "ns/op",
  contenders: everyStructure((create, n, keys) =>
    cutting(create, n, keys, (map, start, end) => map.set(start, end, 7), 4, 8),
  ),
};

export const eraseRange: Case = {
  suite: "maple",
  name: "erase-range",
  title: "clear across two or three ranges",
  unit: "ns/op",
  contenders: everyStructure((create, n, keys) =>
    cutting(create, n, keys, (map, start, end) => map.erase(start, end), 4, 28),
  ),
};
