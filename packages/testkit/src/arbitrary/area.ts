/** fast-check arbitraries of areas and small address spaces, drawn from few values so that neighbours often match. */

import * as fc from "fast-check";
import { type AreaAttributes, type AreaSpec, PLAIN, readAttributes } from "../scenario/area.js";
import type { Given } from "../scenario/scenario.js";

/** How an arbitrary address space is made. */
export interface SpaceOptions {
  /** Pages it may cover (40). */
  readonly pages?: number;
  /** Most areas (6; letters run out at 26). */
  readonly areas?: number;
  /** Also hooks and anonymous objects, which a page-by-page model knows nothing of (true). */
  readonly hooks?: boolean;
}

/** Words that change what memory is; the first is plain. */
const KINDS: readonly string[] = ["rw-", "r--", "r-x", "rw- lo", "rw- sd", "---"];
const ANON: readonly (readonly [anon: string | null, chain: string])[] = [
  [null, ""],
  ["A", "A"],
  ["B", "B"],
  ["A", "XA"],
];

/** One of a few kinds of memory, as words of the scenario language. */
export function memoryWords(): fc.Arbitrary<string[]> {
  return fc.constantFrom(...KINDS).map((words) => words.split(" "));
}

/** The attributes of an area whose first page is `start`. */
export function attributes(start: number, options: SpaceOptions = {}): fc.Arbitrary<AreaAttributes> {
  const hooks = options.hooks ?? true;
  return fc
    .record({
      words: memoryWords(),
      anon: hooks ? fc.constantFrom(...ANON) : fc.constant(ANON[0] ?? ([null, ""] as const)),
      close: hooks ? fc.boolean() : fc.constant(false),
      file: fc.constantFrom(null, null, "F"),
      named: fc.constantFrom(null, null, "x"),
      shifted: fc.constantFrom(0, 0, 0, 100),
    })
    .map(({ words, anon: [anon, chain], close, file, named, shifted }) => ({
      ...readAttributes(words, { ...PLAIN, pgoff: start + shifted }),
      anon,
      chain,
      close,
      file,
      anonName: named,
    }));
}

/** An address space of a few areas, adjacent or not, in address order. */
export function addressSpace(options: SpaceOptions = {}): fc.Arbitrary<Given> {
  const pages = options.pages ?? 40;
  const most = Math.min(options.areas ?? 6, 26);
  const length = Math.max(1, Math.floor(pages / (2 * most)));
  const piece = fc.record({
    hole: fc.constantFrom(0, 0, 1, 2),
    length: fc.integer({ min: 1, max: Math.max(1, length) }),
    what: attributes(0, options),
  });
  return fc.array(piece, { maxLength: most }).map((pieces) => {
    const areas: AreaSpec[] = [];
    let page = 1;
    for (const { hole, length, what } of pieces) {
      const start = page + hole;
      const end = start + length;
      if (end > pages) break;
      const name = String.fromCharCode(65 + areas.length);
      areas.push({ ...what, name, start, end, pgoff: what.pgoff + start });
      page = end;
    }
    return { areas, maxMaps: null };
  });
}
