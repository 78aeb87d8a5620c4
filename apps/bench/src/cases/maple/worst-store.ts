// The slowest single write on the way to n ranges: where a structure moves house.
import type { Case } from "../../run/case.js";
import { everyStructure, SPACING, sumOf } from "./ranges.js";

export const worstStore: Case = {
  suite: "maple",
  name: "worst-store",
  title: "slowest single insert (wall time) while growing in order",
  unit: "ns/op",
  sizes: [65_000, 1_000_000],
  contenders: everyStructure(
    (create, n, keys) => ({
      round(clock) {
        const map = create();
        let worst = 0;
        let before = performance.now();
        for (let i = 0; i < n; i += 1) {
          map.insert(keys.at(i * SPACING), keys.at(i * SPACING + SPACING / 2), i + 1);
          const after = performance.now();
          if (after - before > worst) worst = after - before;
          before = after;
        }
        clock.amount(worst * 1e6);
        return sumOf(map);
      },
    }),
    ({ maxN }) => maxN === undefined,
  ),
};
