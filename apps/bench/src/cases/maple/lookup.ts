// Looking up random keys, two thirds of which lie in a range.
import type { Case } from "../../run/case.js";
import { mix, Random } from "../../run/random.js";
import { everyStructure, fillWithHoles, SPACING } from "./ranges.js";

const LOOKUPS = 20_000;

export const lookup: Case = {
  suite: "maple",
  name: "lookup",
  title: "look up a random key",
  unit: "ns/op",
  contenders: everyStructure((create, n, keys) => {
    const map = create();
    fillWithHoles(map, n, keys);
    const random = new Random(1);
    const places = Float64Array.from({ length: LOOKUPS }, () => keys.at(random.below(n * SPACING)));
    return {
      round(clock) {
        let sum = 0;
        clock.start();
        for (let i = 0; i < LOOKUPS; i += 1) sum = mix(sum, map.get(places[i] as number));
        clock.stop(LOOKUPS);
        return sum;
      },
    };
  }),
};
