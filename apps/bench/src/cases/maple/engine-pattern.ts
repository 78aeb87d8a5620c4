// What the merge engine does to its tree for each mmap and munmap: clear the range, look left and right, fill it or
// not; and a search for room now and then.

import type { GapSearch, Neighbours, RangeMap } from "../../contender/range-map.js";
import type { Case } from "../../run/case.js";
import { mix, Random } from "../../run/random.js";
import { everyStructure, offers, operationsFor, SPACING, sumOf } from "./ranges.js";

/** One operation in so many is a search for room from the top. */
const SEARCH_EVERY = 64;

export const enginePattern: Case = {
  suite: "maple",
  name: "engine-pattern",
  title: "clear, ask both neighbours, write; a gap search every 64",
  unit: "ns/op",
  contenders: everyStructure<RangeMap & Neighbours & GapSearch>(
    (create, n, keys) => {
      const operations = operationsFor(n);
      const random = new Random(10);
      const places = Float64Array.from({ length: operations }, () => keys.at(random.below(n * SPACING)));
      const lengths = Float64Array.from({ length: operations }, () => keys.length(1 + random.below(SPACING)));
      const keeps = Uint8Array.from({ length: operations }, () => random.below(4));
      const fill = Float64Array.from({ length: n }, () => keys.length(1 + random.below(SPACING)));
      const [bottom, top, room] = [keys.at(0), keys.at(n * SPACING), keys.length(2 * SPACING)];
      return {
        round(clock) {
          const map = create();
          for (let i = 0; i < n; i += 1) {
            const at = keys.at(i * SPACING);
            map.fill(at, at + (fill[i] as number), i + 1);
          }
          let sum = 0;
          clock.start();
          for (let i = 0; i < operations; i += 1) {
            const at = places[i] as number;
            const end = at + (lengths[i] as number);
            map.erase(at, end);
            sum = mix(sum, map.valueBelow(at) ^ map.valueAbove(end));
            if (keeps[i] !== 0) map.fill(at, end, i + 1);
            if (i % SEARCH_EVERY === 0) sum = mix(sum, map.highestGap(room, bottom, top));
          }
          clock.stop(operations);
          return mix(sum, sumOf(map));
        },
      };
    },
    offers("valueBelow", "valueAbove", "highestGap"),
  ),
};
