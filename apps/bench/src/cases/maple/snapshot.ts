// Versions: taking one, and what the writes after it cost.

import type { RangeMap, Versions } from "../../contender/range-map.js";
import type { Case, Subject } from "../../run/case.js";
import type { Keys } from "../../run/keys.js";
import { mix, Random } from "../../run/random.js";
import { everyStructure, fillWithoutHoles, offers, SPACING } from "./ranges.js";

const STORES = 100;
const TIMES = 20;

type Versioned = RangeMap & Versions;

/** `drop`: whether a version is dropped the way its library asks for, if it does. That is part of its cost. */
function versions(create: () => Versioned, n: number, keys: Keys, stores: number, drop: boolean): Subject {
  const map = create();
  fillWithoutHoles(map, n, keys);
  const random = new Random(8);
  const places = Float64Array.from({ length: STORES }, () => keys.at(random.below(n) * SPACING));
  const length = keys.length(SPACING);
  return {
    round(clock) {
      let sum = 0;
      for (let time = 0; time < TIMES; time += 1) {
        clock.start();
        const version = map.snapshot();
        for (let i = 0; i < stores; i += 1) {
          const at = places[i] as number;
          map.set(at, at + length, time * STORES + i + 1);
        }
        const at = places[0] as number;
        sum = mix(sum, version.get(at) === map.get(at) ? 1 : 2);
        if (drop) version.dispose?.();
        clock.stop(1);
      }
      return sum;
    },
  };
}

export const snapshot: Case = {
  suite: "maple",
  name: "snapshot",
  title: "take a version, read it, drop it",
  unit: "ns/op",
  contenders: everyStructure<Versioned>(
    (create, n, keys) => versions(create, n, keys, 0, true),
    offers("snapshot"),
  ),
};

export const snapshotStores: Case = {
  suite: "maple",
  name: "snapshot-stores",
  title: `take a version, write ${STORES} ranges, drop it`,
  unit: "ns/op",
  contenders: everyStructure<Versioned>(
    (create, n, keys) => versions(create, n, keys, STORES, true),
    offers("snapshot"),
  ),
};

export const snapshotForgotten: Case = {
  suite: "maple",
  name: "snapshot-forgotten",
  title: `take a version, write ${STORES} ranges, leave it to the collector`,
  unit: "ns/op",
  contenders: everyStructure<Versioned>(
    (create, n, keys) => versions(create, n, keys, STORES, false),
    offers("snapshot"),
  ),
};
