// A write fault in an area that has its anonymous object already, against nothing but finding the area.
import { PAGE_SIZE, VM_WRITE } from "@vma/core";
import { ARENA, newSpace, runCalls } from "../../kernel/engine.js";
import { mmapFixed } from "../../kernel/programs.js";
import type { Case, Subject } from "../../run/case.js";
import { Random } from "../../run/random.js";

const FAULTS = 20_000;
const STRIDE = 32;

function faulting(
  n: number,
  touch: (space: ReturnType<typeof newSpace>, address: number) => boolean,
): Subject {
  const space = newSpace();
  runCalls(space, mmapFixed(n).setup.toArray());
  for (let i = 0; i < n; i += 1) space.fault(ARENA + i * STRIDE * PAGE_SIZE, true);
  const random = new Random(20);
  const addresses = Float64Array.from(
    { length: FAULTS },
    () => ARENA + (random.below(n) * STRIDE + random.below(8)) * PAGE_SIZE,
  );
  return {
    round(clock) {
      let served = 0;
      clock.start();
      for (let i = 0; i < FAULTS; i += 1) if (touch(space, addresses[i] as number)) served += 1;
      clock.stop(FAULTS);
      return served;
    },
  };
}

export const fault: Case = {
  suite: "core",
  name: "fault",
  title: "write fault on an area with its anon_vma, against a bare lookup",
  unit: "ns/op",
  contenders: [
    {
      name: "tree lookup",
      prepare: (n) => faulting(n, ({ mm }, address) => mm.tree.get(address) !== undefined),
    },
    {
      name: "tree lookup, record read",
      prepare: (n) => faulting(n, ({ mm }, address) => ((mm.tree.get(address)?.flags ?? 0) & VM_WRITE) !== 0),
    },
    { name: "fault", prepare: (n) => faulting(n, (space, address) => space.fault(address, true) === 0) },
  ],
};
