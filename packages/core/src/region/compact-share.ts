/** What mprotect does to one area without a record, told to those who listen in the words of the longer way, and in its order. */

import { commitCompact } from "../merge/compact.js";
import { joinReasons, NONE } from "../merge/compact-reasons.js";
import { REASON_NOT_AT_END } from "../merge/reason.js";
import type { Mm } from "../mm.js";
import type { MergeGeometry, StepSink } from "../object/event.js";

/** One area's share of a call. Bytes; infinite at first, and so doubles to the JS engine. */
export class Share {
  start: number = Infinity;
  end: number = Infinity;
  areaStart: number = Infinity;
  areaEnd: number = Infinity;
  /** First byte of the area below, where that takes the share. */
  belowStart: number = Infinity;
  /** First byte behind what the share becomes part of. */
  aboveEnd: number = Infinity;
  /** Number of the area that the walk left last, 0 for none. */
  before = 0;
  /** Why neither side takes it, as last asked: words of bits. */
  leftReasons = 0;
  rightReasons = 0;
}

/** One for all: a call ends before the next begins. */
export const share: Share = /* @__PURE__ */ new Share();

/**
 * Tells that the share joins no neighbour, and that it is cut out of its area. Parts that are cut off get new numbers.
 * Returns the cell with the kind that the share's area has from now on.
 */
export function tellCut(
  mm: Mm,
  steps: StepSink,
  cell: number,
  wanted: number,
  below: number,
  above: number,
): number {
  tellRefused(mm, steps, cell, wanted, below, above);
  const { compact } = mm;
  const { start, end, areaStart, areaEnd } = share;
  const id = compact.idOf(cell);
  let own = cell;
  if (areaStart < start) {
    const piece = mm.nextId();
    steps.split(id, piece, start);
    // The part below keeps the kind, so that nothing is written there.
    own = compact.ownCell(cell, id);
    compact.setId(cell, piece);
  }
  if (end < areaEnd) {
    const piece = mm.nextId();
    steps.split(id, piece, end);
    if (own !== cell) commitCompact(mm, end, areaEnd, compact.ownCell(cell, piece), 0);
    else {
      own = compact.ownCell(cell, id);
      compact.setId(cell, piece);
    }
  }
  return own;
}

/** Tells that the share, an area of its own now, has other flags than `cell` says. */
export function tellChanged(mm: Mm, steps: StepSink, cell: number, wanted: number): void {
  const { compact } = mm;
  steps.changed(compact.idOf(cell), compact.flagsOf(wanted), 0, compact.flagsOf(cell), 0);
}

/** Asks why neither side takes the share, with every reason: a side that it does not reach is asked as if it did. */
export function askBoth(mm: Mm, cell: number, wanted: number, below: number, above: number): void {
  const { compact } = mm;
  const file = compact.fileOf(cell);
  const offset = compact.offsetOf(cell);
  const anonVma = compact.anonVmaOf(cell);
  const left = joinReasons(mm, wanted, file, offset, anonVma, below);
  const right = joinReasons(mm, wanted, file, offset, anonVma, above);
  share.leftReasons = share.start > share.areaStart ? left | REASON_NOT_AT_END : left;
  share.rightReasons = share.end < share.areaEnd ? right | REASON_NOT_AT_END : right;
}

/** Tells that neither side takes the share. */
function tellRefused(
  mm: Mm,
  steps: StepSink,
  cell: number,
  wanted: number,
  below: number,
  above: number,
): void {
  askBoth(mm, cell, wanted, below, above);
  const { compact } = mm;
  const { start, end, areaStart, areaEnd, leftReasons, rightReasons } = share;
  const prev = start > areaStart ? compact.idOf(cell) : share.before;
  const next = end === areaEnd && above !== NONE ? compact.idOf(above) : 0;
  steps.refused(start, end, prev, next, leftReasons, rightReasons);
}

/** Tells that neighbours have taken the share. */
export function tellJoined(
  mm: Mm,
  steps: StepSink,
  cell: number,
  below: number,
  above: number,
  left: boolean,
  right: boolean,
): void {
  const { compact } = mm;
  const { start, end, areaStart, areaEnd, belowStart, aboveEnd } = share;
  const id = compact.idOf(cell);
  const full = start === areaStart && end === areaEnd;
  const survivor = compact.idOf(left ? below : above);
  const next = left && right ? compact.idOf(above) : 0;
  if (full) steps.removed(id, areaStart, areaEnd);
  else if (left) steps.shrank(id, end, areaEnd, areaStart, areaEnd);
  else steps.shrank(id, areaStart, start, areaStart, areaEnd);
  if (left && right) steps.removed(next, areaEnd, aboveEnd);
  let geometry: MergeGeometry;
  if (left) {
    steps.grew(survivor, belowStart, aboveEnd, belowStart, start);
    geometry = right ? "existing-both" : full ? "existing-left-full" : "existing-left-part";
  } else {
    steps.grew(survivor, start, aboveEnd, areaEnd, aboveEnd);
    geometry = full ? "existing-right-full" : "existing-right-part";
  }
  steps.merged(geometry, survivor, full ? id : 0, next, left ? belowStart : start, aboveEnd);
}
