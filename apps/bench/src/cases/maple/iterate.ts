// Visiting every range in order.
import type { Case } from "../../run/case.js";
import { Random } from "../../run/random.js";
import { everyStructure, SPACING } from "./ranges.js";

/** Visits of a pass, at least. */
const VISITS = 20_000;

export const iterate: Case = {
  suite: "maple",
  name: "iterate",
  title: "visit all in order",
  unit: "ns/op",
  contenders: everyStructure((create, n, keys) => {
    const map = create();
    for (const i of new Random(4).order(n)) {
      map.fill(keys.at(i * SPACING), keys.at(i * SPACING + SPACING / 2), i + 1);
    }
    const times = Math.ceil(VISITS / n);
    return {
      round(clock) {
        let sum = 0;
        const visit = (start: number, end: number, value: number): void => {
          // The sum itself is of integers: the next visit waits for it, and for sums of doubles it waits longer than it takes.
          sum = (sum + ((end - start + value) | 0)) | 0;
        };
        clock.start();
        for (let time = 0; time < times; time += 1) map.forEach(visit);
        clock.stop(times * n);
        return sum;
      },
    };
  }),
};
