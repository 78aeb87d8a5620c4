/**
 * What can be said without page faults: two runs, "nothing was written" and "everything was written at once", and what
 * they agree on.
 */

import { type AreaImage, VM_GROWSDOWN, VM_SHARED, VM_WRITE } from "@vma/core";
import type { SmapsArea } from "../proc/smaps.js";
import {
  CALL_BRK,
  CALL_MMAP,
  CALL_MPROTECT,
  CALL_MREMAP,
  CALL_PKEY_MPROTECT,
} from "../strace/call-numbers.js";
import {
  type AreaDifference,
  type ComparableArea,
  expectedArea,
  predictedArea,
  sameArea,
} from "./compare.js";
import type { BracketResult, DisputedBoundary } from "./report.js";
import { ownAreas, type ReplaySpace } from "./seed.js";

const PROT_WRITE = 2;

/** Whether a call can make memory that a program may write to: what the second run then takes for written. */
function opensForWriting(call: number, prot: number): boolean {
  switch (call) {
    case CALL_MMAP:
    case CALL_MPROTECT:
    case CALL_PKEY_MPROTECT:
      return (prot & PROT_WRITE) !== 0;
    case CALL_BRK:
    case CALL_MREMAP:
      return true;
    default:
      return false;
  }
}

/**
 * The second run's assumption after a call about [start, end) (bytes) whose third argument is `prot`: every private
 * writable area there that was never written to is written to.
 */
export function writeEverything(
  target: ReplaySpace,
  call: number,
  prot: number,
  start: number,
  end: number,
): void {
  if (!opensForWriting(call, prot)) return;
  for (const image of [...target.space.images(start, end)]) {
    if (image.anonVma === null && (image.flags & (VM_WRITE | VM_SHARED)) === VM_WRITE) {
      target.space.fault(image.start, true);
    }
  }
}

function boundaries(areas: readonly { readonly start: number; readonly end: number }[]): Set<number> {
  const set = new Set<number>();
  for (const { start, end } of areas) set.add(start).add(end);
  return set;
}

/** Lower ends of stacks: they depend on how deep the program went, so nothing is claimed about them. */
function stackBottoms(target: ReplaySpace): Set<number> {
  const set = new Set<number>();
  for (const vma of target.space.images()) if ((vma.flags & VM_GROWSDOWN) !== 0) set.add(vma.start);
  return set;
}

/** The page that decides whether there is a boundary: in the area beside it that only one run takes for written. */
function decidingPage(address: number, unwritten: ReplaySpace, written: ReplaySpace): number {
  for (const at of [address, address - 4096]) {
    const dry = at < 0 ? null : unwritten.space.imageAt(at);
    const wet = at < 0 ? null : written.space.imageAt(at);
    if (isUnwritten(dry) && wet !== null && wet.anonVma !== null) return at;
  }
  return address;
}

function isUnwritten(vma: AreaImage | null): boolean {
  return vma !== null && vma.anonVma === null;
}

/** Holds both runs against a snapshot. */
export function judgeBracket(
  snapshot: readonly SmapsArea[],
  unwritten: ReplaySpace,
  written: ReplaySpace,
): BracketResult {
  const real = ownAreas(snapshot).map(expectedArea);
  const dry = [...unwritten.space.images()].map((vma) => predictedArea(unwritten, vma));
  const wet = [...written.space.images()].map((vma) => predictedArea(written, vma));
  const realSet = boundaries(real);
  const drySet = boundaries(dry);
  const wetSet = boundaries(wet);
  const bottoms = stackBottoms(unwritten);
  const realBottoms = new Set(
    snapshot.filter((area) => ((area.vmFlags?.flags ?? 0) & VM_GROWSDOWN) !== 0).map((area) => area.start),
  );
  let certain = 0;
  let stackEnds = 0;
  const certainWrong: number[] = [];
  const disputed: DisputedBoundary[] = [];
  for (const address of [...new Set([...drySet, ...wetSet])].sort((a, b) => a - b)) {
    if (bottoms.has(address)) stackEnds += 1;
    else if (drySet.has(address) && wetSet.has(address)) {
      certain += 1;
      if (!realSet.has(address)) certainWrong.push(address);
    } else {
      disputed.push({
        address,
        real: realSet.has(address),
        presentWhenWritten: wetSet.has(address),
        page: decidingPage(address, unwritten, written),
      });
    }
  }
  const missed = [...realSet].filter(
    (address) => !drySet.has(address) && !wetSet.has(address) && !realBottoms.has(address),
  );
  return { certain, certainWrong, disputed, missed, stackEnds, ...judgeAttributes(real, dry, wet) };
}

/** Areas with the same bounds in both runs and in the snapshot: do the runs agree, and are they right? */
function judgeAttributes(
  real: readonly ComparableArea[],
  dry: readonly ComparableArea[],
  wet: readonly ComparableArea[],
): { attributesWrong: AreaDifference[]; attributesDisputed: number } {
  const key = (area: ComparableArea): string => `${area.start}-${area.end}`;
  const realByRange = new Map(real.map((area) => [key(area), area]));
  const wetByRange = new Map(wet.map((area) => [key(area), area]));
  const attributesWrong: AreaDifference[] = [];
  let attributesDisputed = 0;
  for (const area of dry) {
    const other = wetByRange.get(key(area));
    const truth = realByRange.get(key(area));
    if (other === undefined) continue;
    if (!sameArea(area, other)) attributesDisputed += 1;
    else if (truth !== undefined && !sameArea(area, truth)) {
      attributesWrong.push({ expected: [truth], predicted: [area] });
    }
  }
  return { attributesWrong, attributesDisputed };
}
