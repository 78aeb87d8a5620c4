// Half lookups, a quarter writes, a quarter clears, at random places: what a busy map sees.
import type { Case } from "../../run/case.js";
import { mix, Random } from "../../run/random.js";
import { everyStructure, operationsFor, SPACING, sumOf } from "./ranges.js";

export const mixed: Case = {
  suite: "maple",
  name: "mixed",
  title: "50 % lookup, 25 % write, 25 % clear",
  unit: "ns/op",
  contenders: everyStructure((create, n, keys) => {
    const operations = operationsFor(n);
    const random = new Random(5);
    const kinds = new Uint8Array(operations);
    const places = new Float64Array(operations);
    const lengths = new Float64Array(operations);
    for (let i = 0; i < operations; i += 1) {
      kinds[i] = random.below(4);
      places[i] = keys.at(random.below(n * SPACING));
      lengths[i] = keys.length(1 + random.below(SPACING));
    }
    const fill = Float64Array.from({ length: n }, () => keys.length(1 + random.below(SPACING)));
    return {
      round(clock) {
        // Run twice on one structure, the writes would write what is there: each pass starts from the same fill.
        const map = create();
        for (let i = 0; i < n; i += 1) {
          const at = keys.at(i * SPACING);
          map.fill(at, at + (fill[i] as number), i + 1);
        }
        let sum = 0;
        clock.start();
        for (let i = 0; i < operations; i += 1) {
          const at = places[i] as number;
          const kind = kinds[i] as number;
          if (kind < 2) sum = mix(sum, map.get(at));
          else if (kind === 2) map.set(at, at + (lengths[i] as number), i + 1);
          else map.erase(at, at + (lengths[i] as number));
        }
        clock.stop(operations);
        return mix(sum, sumOf(map));
      },
    };
  }),
};
