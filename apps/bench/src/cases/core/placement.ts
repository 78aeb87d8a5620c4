// mmap that looks for room in a fragmented space, against mmap at a place that is told.
import { MAP_ANONYMOUS, MAP_FIXED, MAP_PRIVATE, PAGE_SIZE, PROT_READ, PROT_WRITE } from "@vma/core";
import { newSpace } from "../../kernel/engine.js";
import type { Case, Subject } from "../../run/case.js";
import { mix, Random } from "../../run/random.js";

const PRIVATE: number = MAP_PRIVATE | MAP_ANONYMOUS;
/** Mappings of a pass, and the widest hole, in pages. */
const CALLS = 2000;
const WIDEST = 16;

/** n areas down from where searches begin, holes of 1 to 16 pages between them, so that some of any size are free. */
function placing(n: number, looks: boolean): Subject {
  const space = newSpace();
  const random = new Random(21);
  let address = space.mm.mmapBase;
  for (let i = 0; i < n; i += 1) {
    address -= (1 + random.below(WIDEST)) * PAGE_SIZE;
    const length = (1 + random.below(4)) * PAGE_SIZE;
    address -= length;
    space.mmap({ address, length, prot: PROT_READ, flags: PRIVATE | MAP_FIXED });
  }
  const calls = Math.min(CALLS, Math.max(1, n >> 2));
  const lengths = Float64Array.from({ length: calls }, () => (1 + random.below(WIDEST)) * PAGE_SIZE);
  const order = random.order(calls);
  const places = new Float64Array(calls);
  const unmapAll = (): void => {
    for (const i of order) space.munmap(places[i] as number, lengths[i] as number);
  };
  // Both contenders map the same places: those that the search finds.
  for (let i = 0; i < calls; i += 1) {
    const length = lengths[i] as number;
    places[i] = space.mmap({ address: 0, length, prot: PROT_READ | PROT_WRITE, flags: PRIVATE });
  }
  unmapAll();
  return {
    round(clock) {
      let sum = 0;
      clock.start();
      for (let i = 0; i < calls; i += 1) {
        const address = looks ? 0 : (places[i] as number);
        const flags = looks ? PRIVATE : PRIVATE | MAP_FIXED;
        sum = mix(
          sum,
          space.mmap({ address, length: lengths[i] as number, prot: PROT_READ | PROT_WRITE, flags }),
        );
      }
      clock.stop(calls);
      unmapAll();
      return sum;
    },
  };
}

export const placement: Case = {
  suite: "core",
  name: "placement",
  title: "mmap without a place in a fragmented space, against mmap fixed",
  unit: "ns/op",
  contenders: [
    { name: "mmap fixed", prepare: (n) => placing(n, false) },
    { name: "mmap anywhere", prepare: (n) => placing(n, true) },
  ],
};
