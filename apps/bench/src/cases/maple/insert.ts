// Filling an empty structure with ranges, in order and out of order.

import type { RangeMap } from "../../contender/range-map.js";
import type { Case, Subject } from "../../run/case.js";
import type { Keys } from "../../run/keys.js";
import { Random } from "../../run/random.js";
import { everyStructure, operationsFor, SPACING, sumOf } from "./ranges.js";

function filling(create: () => RangeMap, order: Int32Array, keys: Keys): Subject {
  const n = order.length;
  const starts = Float64Array.from(order, (i) => keys.at(i * SPACING));
  const length = keys.length(SPACING / 2);
  const times = Math.ceil(operationsFor(n) / n);
  return {
    round(clock) {
      const maps = Array.from({ length: times }, create);
      clock.start();
      for (const map of maps) {
        for (let i = 0; i < n; i += 1) {
          const at = starts[i] as number;
          map.insert(at, at + length, i + 1);
        }
      }
      clock.stop(n * times);
      return sumOf(maps[0] as RangeMap);
    },
  };
}

export const sequentialInsert: Case = {
  suite: "maple",
  name: "sequential-insert",
  title: "insert in order",
  unit: "ns/op",
  contenders: everyStructure((create, n, keys) =>
    filling(
      create,
      Int32Array.from({ length: n }, (_, i) => i),
      keys,
    ),
  ),
};

export const randomInsert: Case = {
  suite: "maple",
  name: "random-insert",
  title: "insert in random order",
  unit: "ns/op",
  contenders: everyStructure((create, n, keys) => filling(create, new Random(2).order(n), keys)),
};
