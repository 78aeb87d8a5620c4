// Versions: taking one, and what the writes after it cost.

import type { RangeMap, Versions } from "../../contender/range-map.js";
import type { Case, Subject } from "../../run/case.js";
import { mix, Random } from "../../run/random.js";
import { everyStructure, fillWithoutHoles, offers, SPACING } from "./ranges.js";

const STORES = 100;
const TIMES = 20;

type Versioned = RangeMap & Versions;

function versions(create: () => Versioned, n: number, stores: number): Subject {
  const map = create();
  fillWithoutHoles(map, n);
  const random = new Random(8);
  const places = Float64Array.from({ length: STORES }, () => random.below(n) * SPACING);
  return {
    round(clock) {
      let sum = 0;
      for (let time = 0; time < TIMES; time += 1) {
        clock.start();
        const version = map.snapshot();
        for (let i = 0; i < stores; i += 1) {
          const at = places[i] as number;
          map.set(at, at + SPACING, time * STORES + i + 1);
        }
        clock.stop(1);
        const at = places[0] as number;
        sum = mix(sum, version.get(at) === map.get(at) ? 1 : 2);
      }
      return sum;
    },
  };
}

export const snapshot: Case = {
  suite: "maple",
  name: "snapshot",
  title: "take a version",
  unit: "ns/op",
  contenders: everyStructure<Versioned>((create, n) => versions(create, n, 0), offers("snapshot")),
};

export const snapshotStores: Case = {
  suite: "maple",
  name: "snapshot-stores",
  title: `take a version, then write ${STORES} ranges`,
  unit: "ns/op",
  contenders: everyStructure<Versioned>((create, n) => versions(create, n, STORES), offers("snapshot")),
};
