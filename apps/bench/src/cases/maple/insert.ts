// Filling an empty structure with ranges, in order and out of order: looking for what is in the way, and without.

import type { RangeMap } from "../../contender/range-map.js";
import type { Case, Subject } from "../../run/case.js";
import type { Keys } from "../../run/keys.js";
import { mix, Random } from "../../run/random.js";
import { everyStructure, operationsFor, SPACING, sumOf } from "./ranges.js";

/** Inserts in `order`, and afterwards, off the clock, tries what must be refused. */
function inserting(create: () => RangeMap, order: Int32Array, keys: Keys): Subject {
  const n = order.length;
  const starts = Float64Array.from(order, (i) => keys.at(i * SPACING));
  const length = keys.length(SPACING / 2);
  const times = Math.ceil(operationsFor(n) / n);
  return {
    round(clock) {
      const maps = Array.from({ length: times }, create);
      let refused = 0;
      clock.start();
      for (const map of maps) {
        for (let i = 0; i < n; i += 1) {
          const at = starts[i] as number;
          if (!map.insert(at, at + length, i + 1)) refused += 1;
        }
      }
      clock.stop(n * times);
      const [map] = maps as [RangeMap];
      for (let i = 0; i < n; i += 1 + (n >> 4)) {
        const at = starts[i] as number;
        const tries = [map.insert(at, at + 1, 1), map.insert(at + length - 1, at + 2 * length, 1)];
        refused += tries.filter((taken) => !taken).length;
      }
      return mix(sumOf(map), refused);
    },
  };
}

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
          map.fill(at, at + length, i + 1);
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
  title: "insert in order where nothing is in the way",
  unit: "ns/op",
  contenders: everyStructure((create, n, keys) =>
    inserting(
      create,
      Int32Array.from({ length: n }, (_, i) => i),
      keys,
    ),
  ),
};

export const randomInsert: Case = {
  suite: "maple",
  name: "random-insert",
  title: "insert in random order where nothing is in the way",
  unit: "ns/op",
  contenders: everyStructure((create, n, keys) => inserting(create, new Random(2).order(n), keys)),
};

/** What an ordered map does anyway, without being asked about ranges: the case in which it loses least. */
export const uncheckedInsert: Case = {
  suite: "maple",
  name: "unchecked-insert",
  title: "write in random order what is known to fit",
  unit: "ns/op",
  contenders: everyStructure((create, n, keys) => filling(create, new Random(2).order(n), keys)),
};
