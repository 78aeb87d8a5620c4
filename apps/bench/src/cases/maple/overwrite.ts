// Writing over and clearing parts of what is there: each operation cuts one range in two, or two short.

import type { RangeMap } from "../../contender/range-map.js";
import type { Case, Subject } from "../../run/case.js";
import { Random } from "../../run/random.js";
import { everyStructure, fillWithoutHoles, SPACING, sumOf } from "./ranges.js";

/** Most operations before the structure is built anew. */
const MOST = 20_000;

function cutting(create: () => RangeMap, n: number, cut: (map: RangeMap, at: number) => void): Subject {
  const operations = Math.min(MOST, n >> 1);
  const places = new Random(3).order(n).subarray(0, operations);
  const times = Math.ceil(MOST / operations);
  return {
    round(clock) {
      let sum = 0;
      for (let time = 0; time < times; time += 1) {
        const map = create();
        fillWithoutHoles(map, n);
        clock.start();
        for (let i = 0; i < operations; i += 1) cut(map, (places[i] as number) * SPACING);
        clock.stop(operations);
        sum ^= sumOf(map);
      }
      return sum;
    },
  };
}

export const splitOverwrite: Case = {
  suite: "maple",
  name: "split-overwrite",
  title: "overwrite the middle of a range",
  unit: "ns/op",
  contenders: everyStructure((create, n) => cutting(create, n, (map, at) => map.set(at + 4, at + 8, 7))),
};

export const eraseRange: Case = {
  suite: "maple",
  name: "erase-range",
  title: "clear across two or three ranges",
  unit: "ns/op",
  contenders: everyStructure((create, n) => cutting(create, n, (map, at) => map.erase(at + 4, at + 28))),
};
