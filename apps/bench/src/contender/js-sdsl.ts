// js-sdsl's OrderedMap from start to { start, end, value }. Each `pointer` builds a proxy, so it is read once a step.
import { OrderedMap } from "js-sdsl";
import type { GapSearch, Neighbours, RangeMap, RangeStructure } from "./range-map.js";

interface Range {
  start: number;
  end: number;
  value: number;
}

class SdslMap implements RangeMap, Neighbours, GapSearch {
  readonly #map = new OrderedMap<number, Range>([], (a, b) => a - b);

  get(at: number): number {
    const place = this.#map.reverseLowerBound(at);
    if (!place.isAccessible()) return 0;
    const range = place.pointer[1];
    return range.end > at ? range.value : 0;
  }

  set(start: number, end: number, value: number): void {
    this.erase(start, end);
    this.#map.setElement(start, { start, end, value });
  }

  insert(start: number, end: number, value: number): boolean {
    const below = this.#map.reverseUpperBound(end);
    if (below.isAccessible() && below.pointer[1].end > start) return false;
    this.#map.setElement(start, { start, end, value });
    return true;
  }

  fill(start: number, end: number, value: number): void {
    this.#map.setElement(start, { start, end, value });
  }

  erase(start: number, end: number): void {
    const map = this.#map;
    const place = map.lowerBound(start);
    const covered: Range[] = [];
    while (place.isAccessible()) {
      const range = place.pointer[1];
      if (range.start >= end) break;
      covered.push(range);
      place.next();
    }
    const below = map.reverseUpperBound(start);
    if (below.isAccessible()) {
      const range = below.pointer[1];
      if (range.end > end) map.setElement(end, { start: end, end: range.end, value: range.value });
      if (range.end > start) range.end = start;
    }
    for (const range of covered) {
      map.eraseElementByKey(range.start);
      if (range.end > end) {
        range.start = end;
        map.setElement(end, range);
      }
    }
  }

  forEach(visit: (start: number, end: number, value: number) => void): void {
    this.#map.forEach(([start, range]) => {
      visit(start, range.end, range.value);
    });
  }

  valueBelow(at: number): number {
    const place = this.#map.reverseUpperBound(at);
    if (!place.isAccessible()) return 0;
    const range = place.pointer[1];
    if (range.end <= at) return range.value;
    if (place.equals(this.#map.begin())) return 0;
    place.pre();
    return place.pointer[1].value;
  }

  valueAbove(at: number): number {
    const place = this.#map.lowerBound(at);
    return place.isAccessible() ? place.pointer[1].value : 0;
  }

  lowestGap(size: number, min: number, max: number): number {
    const below = this.#map.reverseUpperBound(min);
    let at = below.isAccessible() ? Math.max(min, below.pointer[1].end) : min;
    const place = this.#map.lowerBound(min);
    while (place.isAccessible() && at + size <= max) {
      const range = place.pointer[1];
      if (range.start - at >= size) return at;
      at = range.end;
      place.next();
    }
    return at + size <= max ? at : -1;
  }

  highestGap(size: number, min: number, max: number): number {
    let at = max;
    const first = this.#map.front()?.[0];
    const place = this.#map.reverseUpperBound(max);
    while (place.isAccessible() && at - size >= min) {
      const range = place.pointer[1];
      if (at - range.end >= size) return at - size;
      at = Math.min(at, range.start);
      if (range.start === first) break;
      place.pre();
    }
    return at - size >= min ? at - size : -1;
  }
}

export const jsSdsl: RangeStructure = {
  name: "js-sdsl",
  create: () => new SdslMap(),
  gapCycleMaxN: 1000,
};
