// Bytes that an area costs, everything included: its record, its place in the tree, its anonymous object.

import { PAGE_SIZE } from "@vma/core";
import { ARENA, engineSubject, newSpace, runCalls } from "../../kernel/engine.js";
import { mmapFixed } from "../../kernel/programs.js";
import type { Case, Contender } from "../../run/case.js";
import { bytesInUse } from "../../run/heap.js";

const STRIDE = 32;

function weighing(name: string, touch: boolean): Contender {
  return {
    name,
    prepare(n) {
      const calls = mmapFixed(n).setup.toArray();
      // Code and shapes are made before the first weighing.
      engineSubject(mmapFixed(100));
      return {
        round(clock) {
          const before = bytesInUse();
          const space = newSpace();
          runCalls(space, calls);
          if (touch) for (let i = 0; i < n; i += 1) space.fault(ARENA + i * STRIDE * PAGE_SIZE, true);
          clock.amount((bytesInUse() - before) / n);
          return space.mapCount;
        },
      };
    },
  };
}

export const memory: Case = {
  suite: "core",
  name: "memory",
  title: "memory per anonymous area",
  unit: "bytes/range",
  contenders: [weighing("untouched", false), weighing("written to", true)],
};
