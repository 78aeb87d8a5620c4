// Bytes that a range costs, heap and typed arrays together, after the garbage is gone.

import type { RangeMap } from "../../contender/range-map.js";
import type { Case, Subject } from "../../run/case.js";
import { bytesInUse } from "../../run/heap.js";
import type { Keys } from "../../run/keys.js";
import { Random } from "../../run/random.js";
import { everyStructure, SPACING, sumOf } from "./ranges.js";

/** Small structures are weighed many at once: a heap grows and shrinks by some kilobytes by itself. */
const COPIES = 50;

function weighing(create: () => RangeMap, order: Int32Array, keys: Keys): Subject {
  const copies = Math.max(1, Math.min(COPIES, Math.ceil(50_000 / order.length)));
  return {
    round(clock) {
      const before = bytesInUse();
      const maps = Array.from({ length: copies }, () => {
        const map = create();
        for (const i of order) {
          map.fill(keys.at(i * SPACING), keys.at(i * SPACING + SPACING / 2), (i % 1000) + 1);
        }
        return map;
      });
      const bytes = bytesInUse() - before;
      clock.amount(bytes / (order.length * copies));
      return maps.reduce((sum, map) => sum + sumOf(map), 0) | 0;
    },
  };
}

export const sequentialMemory: Case = {
  suite: "maple",
  name: "memory-sequential",
  title: "memory, filled in order",
  unit: "bytes/range",
  contenders: everyStructure((create, n, keys) =>
    weighing(
      create,
      Int32Array.from({ length: n }, (_, i) => i),
      keys,
    ),
  ),
};

export const randomMemory: Case = {
  suite: "maple",
  name: "memory-random",
  title: "memory, filled in random order",
  unit: "bytes/range",
  contenders: everyStructure((create, n, keys) => weighing(create, new Random(9).order(n), keys)),
};
