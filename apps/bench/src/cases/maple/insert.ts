// Filling an empty structure with ranges, in order and out of order: looking for what is in the way (insert), writing over
// whatever is there (set), and without any question (fill).

import type { RangeMap } from "../../contender/range-map.js";
import type { Case, Subject } from "../../run/case.js";
import type { Keys } from "../../run/keys.js";
import { mix, Random } from "../../run/random.js";
import { everyStructure, operationsFor, SPACING, sumOf } from "./ranges.js";

type Write = "insert" | "set" | "fill";

/** Writes ranges in `order` by one of the ways there are; who looks first must also refuse, off the clock. */
function filling(create: () => RangeMap, order: Int32Array, keys: Keys, write: Write): Subject {
  const n = order.length;
  const starts = Float64Array.from(order, (i) => keys.at(i * SPACING));
  const length = keys.length(SPACING / 2);
  const times = Math.ceil(operationsFor(n) / n);
  const asking = write === "insert";
  const over = write === "set";
  const fill = (map: RangeMap): void => {
    for (let i = 0; i < n; i += 1) {
      const at = starts[i] as number;
      if (asking) map.insert(at, at + length, i + 1);
      else if (over) map.set(at, at + length, i + 1);
      else map.fill(at, at + length, i + 1);
    }
  };
  return {
    round(clock) {
      const maps = Array.from({ length: times }, create);
      clock.start();
      for (const map of maps) fill(map);
      clock.stop(n * times);
      const [map] = maps as [RangeMap];
      let refused = 0;
      for (let i = 0; asking && i < n; i += 1 + (n >> 4)) {
        const at = starts[i] as number;
        const tries = [map.insert(at, at + 1, 1), map.insert(at + length - 1, at + 2 * length, 1)];
        refused += tries.filter((taken) => !taken).length;
      }
      return mix(sumOf(map), refused);
    },
  };
}

/** For every structure the same random order. */
function fillingAtRandom(write: Write): Case["contenders"] {
  return everyStructure((create, n, keys) => filling(create, new Random(2).order(n), keys, write));
}

export const sequentialInsert: Case = {
  suite: "maple",
  name: "sequential-insert",
  title: "insert in order where nothing is in the way",
  unit: "ns/op",
  contenders: everyStructure((create, n, keys) =>
    filling(
      create,
      Int32Array.from({ length: n }, (_, i) => i),
      keys,
      "insert",
    ),
  ),
};

export const randomInsert: Case = {
  suite: "maple",
  name: "random-insert",
  title: "insert in random order where nothing is in the way",
  unit: "ns/op",
  contenders: fillingAtRandom("insert"),
};

/** What writes of ranges mean unless something else is said: an ordered map has to look for what they cover. */
export const randomStore: Case = {
  suite: "maple",
  name: "random-store",
  title: "write over whatever is there, in random order, where nothing is",
  unit: "ns/op",
  contenders: fillingAtRandom("set"),
};

/** What an ordered map does anyway, without being asked about ranges: the case in which it loses least. */
export const uncheckedInsert: Case = {
  suite: "maple",
  name: "unchecked-insert",
  title: "write in random order what is known to fit",
  unit: "ns/op",
  contenders: fillingAtRandom("fill"),
};
