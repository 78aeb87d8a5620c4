// Searching for holes in a crowded structure, and living from that: find, fill, clear.

import type { GapSearch, RangeMap } from "../../contender/range-map.js";
import type { Case, Subject } from "../../run/case.js";
import { mix, Random } from "../../run/random.js";
import { everyStructure, offers, SPACING } from "./ranges.js";

/** One hole in so many is wide; all others have a single free key. */
const WIDE_EVERY = 1000;
const WIDE = 3 * SPACING;
/** Searches reach far beyond the last range: there is always room. */
const MAX = 2 ** 40;
const SEARCHES = 2000;
const CYCLES = 1000;

type Searched = RangeMap & GapSearch;

/** n ranges with a free key between them, and now and then a wide hole. Returns the key behind the last. */
function crowd(map: RangeMap, n: number): number {
  let at = 0;
  for (let i = 0; i < n; i += 1) {
    map.insert(at, at + SPACING - 1, i + 1);
    at += i % WIDE_EVERY === WIDE_EVERY - 1 ? SPACING + WIDE : SPACING;
  }
  return at;
}

function searching(create: () => Searched, n: number, upward: boolean): Subject {
  const map = create();
  const end = crowd(map, n);
  const random = new Random(6);
  const places = Float64Array.from({ length: SEARCHES }, () => random.below(end));
  const sizes = Uint8Array.from({ length: SEARCHES }, () => 2 + random.below(WIDE));
  return {
    round(clock) {
      let sum = 0;
      clock.start();
      for (let i = 0; i < SEARCHES; i += 1) {
        const size = sizes[i] as number;
        const at = places[i] as number;
        sum = mix(sum, upward ? map.lowestGap(size, at, MAX) : map.highestGap(size, 0, at));
      }
      clock.stop(SEARCHES);
      return sum;
    },
  };
}

const searchable = offers("lowestGap", "highestGap");

export const lowestGap: Case = {
  suite: "maple",
  name: "lowest-gap",
  title: "find the lowest hole above a key",
  unit: "ns/op",
  contenders: everyStructure<Searched>((create, n) => searching(create, n, true), searchable),
};

export const highestGap: Case = {
  suite: "maple",
  name: "highest-gap",
  title: "find the highest hole below a key",
  unit: "ns/op",
  contenders: everyStructure<Searched>((create, n) => searching(create, n, false), searchable),
};

export const gapCycle: Case = {
  suite: "maple",
  name: "gap-cycle",
  title: "find the lowest hole, fill it, clear it later",
  unit: "ns/op",
  contenders: everyStructure<Searched>((create, n) => {
    const map = create();
    crowd(map, n);
    const random = new Random(7);
    const sizes = Uint8Array.from({ length: CYCLES }, () => 2 + random.below(WIDE));
    const order = random.order(CYCLES);
    const found = new Float64Array(CYCLES);
    return {
      round(clock) {
        let sum = 0;
        clock.start();
        for (let i = 0; i < CYCLES; i += 1) {
          const size = sizes[i] as number;
          const at = map.lowestGap(size, 0, MAX);
          map.insert(at, at + size, i + 1);
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
  }, searchable),
};
