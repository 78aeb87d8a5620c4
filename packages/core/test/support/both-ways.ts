/** For tests that make the same calls on areas with records and without. */
import { type AddressSpace, PAGE_SIZE } from "../../src/index.js";

/** Whole numbers below `below`, the same for the same seed. */
export function numbers(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** All that two address spaces must agree on. Looks at no area, so that those without records stay so. */
export function stateOf(space: AddressSpace): unknown {
  const { mm } = space;
  const areas = [...mm.map.entries()].map(([start, end, cell]) => {
    const vma = typeof cell === "number" ? mm.compact.recordOf(cell, 0, start, end) : cell;
    return [
      [vma.start / PAGE_SIZE, vma.end / PAGE_SIZE, vma.pgoff, vma.flags, vma.flagsHigh],
      [vma.anonVma?.id, vma.anonChain.map(({ id }) => id), vma.anonName, vma.file?.path],
    ];
  });
  const { mapCount, totalVm, lockedVm, dataVm, execVm, stackVm, committed, brk } = mm;
  return { areas, counters: [mapCount, totalVm, lockedVm, dataVm, execVm, stackVm, committed, brk] };
}
