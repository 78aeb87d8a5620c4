// Searching for holes in a crowded structure, and living from that: find, fill, clear.

import type { GapSearch, RangeMap } from "../../contender/range-map.js";
import { STRUCTURES } from "../../contender/structures.js";
import type { Case, Contender, Subject } from "../../run/case.js";
import type { Keys } from "../../run/keys.js";
import { mix, Random } from "../../run/random.js";
import { everyStructure, offers, SPACING } from "./ranges.js";

/** One hole in so many is wide; all others have a single free key. */
const WIDE_EVERY = 1000;
const WIDE = 3 * SPACING;
const SEARCHES = 2000;
const CYCLES = 1000;

type Searched = RangeMap & GapSearch;

/** n ranges with a free key between them, and now and then a wide hole. Returns the units up to the last. */
function crowd(map: RangeMap, n: number, keys: Keys): number {
  let at = 0;
  for (let i = 0; i < n; i += 1) {
    map.fill(keys.at(at), keys.at(at + SPACING - 1), i + 1);
    at += i % WIDE_EVERY === WIDE_EVERY - 1 ? SPACING + WIDE : SPACING;
  }
  return at;
}

function searching(create: () => Searched, n: number, keys: Keys, upward: boolean): Subject {
  const map = create();
  const end = crowd(map, n, keys);
  const [bottom, top] = [keys.at(0), keys.top];
  const random = new Random(6);
  const places = Float64Array.from({ length: SEARCHES }, () => keys.at(random.below(end)));
  const sizes = Float64Array.from({ length: SEARCHES }, () => keys.length(2 + random.below(WIDE)));
  return {
    round(clock) {
      let sum = 0;
      clock.start();
      for (let i = 0; i < SEARCHES; i += 1) {
        const size = sizes[i] as number;
        const at = places[i] as number;
        sum = mix(sum, upward ? map.lowestGap(size, at, top) : map.highestGap(size, bottom, at));
      }
      clock.stop(SEARCHES);
      return sum;
    },
  };
}

/** A cycle at a time costs the slowest a tenth of a second. */
function cycling(contender: Contender): Contender {
  const most = STRUCTURES.find(({ name }) => name === contender.name)?.gapCycleMaxN;
  return most === undefined ? contender : { ...contender, maxN: most };
}

const searchable = offers("lowestGap", "highestGap");

export const lowestGap: Case = {
  suite: "maple",
  name: "lowest-gap",
  title: "find the lowest hole above a key",
  unit: "ns/op",
  contenders: everyStructure<Searched>((create, n, keys) => searching(create, n, keys, true), searchable),
};

export const highestGap: Case = {
  suite: "maple",
  name: "highest-gap",
  title: "find the highest hole below a key",
  unit: "ns/op",
  contenders: everyStructure<Searched>((create, n, keys) => searching(create, n, keys, false), searchable),
};

export const gapCycle: Case = {
  suite: "maple",
  name: "gap-cycle",
  title: "find the lowest hole, fill it, clear it later",
  unit: "ns/op",
  contenders: everyStructure<Searched>((create, n, keys) => {
    const map = create();
    crowd(map, n, keys);
    const [bottom, top] = [keys.at(0), keys.top];
    const random = new Random(7);
    const sizes = Float64Array.from({ length: CYCLES }, () => keys.length(2 + random.below(WIDE)));
    const order = random.order(CYCLES);
    const found = new Float64Array(CYCLES);
    return {
      round(clock) {
        let sum = 0;
        clock.start();
        for (let i = 0; i < CYCLES; i += 1) {
          const size = sizes[i] as number;
          const at = map.lowestGap(size, bottom, top);
          map.fill(at, at + size, i + 1);
          found[i] = at;
          sum = mix(sum, at);
        }
        for (let i = 0; i < CYCLES; i += 1) {
          const index = order[i] as number;
          const at = found[index] as number;
          map.erase(at, at + (sizes[index] as number));
        }
        clock.stop(CYCLES);
        return sum;
      },
    };
  }, searchable).map(cycling),
};
