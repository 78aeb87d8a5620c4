// The merge engine against the one before the 2024 series, which claimed to cost nothing: the same requests, the same
// tree and records, only the functions that decide and commit differ.
import { PAGE_SIZE, PROT_READ, PROT_WRITE } from "@vma/core";
import { MergeRequest, type Mm, mergeNewRange, modifyArea, shrinkArea, type Vma } from "@vma/core/engine";
import { legacyMapRange, legacyModify } from "@vma/testkit";
import { CALL_MMAP_FIXED, CallList } from "../../kernel/call-list.js";
import { ARENA, newSpace, runCalls } from "../../kernel/engine.js";
import { mmapFixed } from "../../kernel/programs.js";
import type { Case, Contender, Subject } from "../../run/case.js";
import { mix, Random } from "../../run/random.js";

/** The functions under comparison. Each returns the area that holds the range afterwards, null for none. */
interface MergeEngine {
  readonly name: string;
  readonly mapRange: (request: MergeRequest) => Vma | null;
  readonly modify: (request: MergeRequest) => Vma | null;
}

const TODAY: MergeEngine = {
  name: "engine",
  mapRange: mergeNewRange,
  modify: (request) => (modifyArea(request) === 0 ? request.result : null),
};

const LEGACY: MergeEngine = {
  name: "legacy engine",
  mapRange: (request) => legacyMapRange(request).area,
  modify: (request) => legacyModify(request).area,
};

const STRIDE = 32 * PAGE_SIZE;
const AREA = 8 * PAGE_SIZE;
const MOST = 2500;
/** Pages that a heap grows by, one at a time. */
const GROWTH = 500;

interface Ground {
  readonly mm: Mm;
  readonly request: MergeRequest;
  /** Starts of some areas, in random order. */
  readonly places: Float64Array;
}

function ground(n: number): Ground {
  const space = newSpace();
  runCalls(space, mmapFixed(n).setup.toArray());
  // One page behind the last area's hole, to grow as a heap does.
  runCalls(
    space,
    new CallList().add(CALL_MMAP_FIXED, (n * STRIDE) / PAGE_SIZE, 1, PROT_READ | PROT_WRITE).toArray(),
  );
  // The functions under comparison run inside of calls, which hold it.
  space.mm.lock();
  const order = new Random(30).order(n).subarray(0, Math.min(MOST, n));
  return {
    mm: space.mm,
    request: new MergeRequest(space.mm),
    places: Float64Array.from(order, (i) => ARENA + i * STRIDE),
  };
}

/** What lies on both sides of a hole, as every caller of the engine has to find out first. */
function lookAround({ mm, request }: Ground, start: number, end: number): void {
  const { cursor } = mm;
  cursor.seek(start);
  request.prev = cursor.peekPrev() ?? null;
  request.next = cursor.find(end) ?? null;
  request.iterator.reset(start);
}

function againstLegacy(name: string, title: string, run: (engine: MergeEngine, n: number) => Subject): Case {
  const contenders = [LEGACY, TODAY].map(
    (engine): Contender => ({ name: engine.name, prepare: (n) => run(engine, n) }),
  );
  return { suite: "core", name, title, unit: "ns/op", contenders };
}

export const legacyMmap: Case = againstLegacy(
  "legacy-mmap",
  "mmap beside a neighbour, against the legacy engine",
  ({ mapRange }, n) => {
    const place = ground(n);
    const { mm, request, places } = place;
    const { flags } = mm.tree.get(ARENA) as Vma;
    return {
      round(clock) {
        let sum = 0;
        clock.start();
        for (const at of places) {
          const start = at + AREA;
          const end = start + 2 * PAGE_SIZE;
          request.proposeNewRange(start, end, flags, 0, start / PAGE_SIZE);
          lookAround(place, start, end);
          sum = mix(sum, mapRange(request)?.id ?? 0);
        }
        clock.stop(places.length);
        for (const at of places) {
          const area = mm.tree.get(at) as Vma;
          shrinkArea(request.iterator, area, at, at + AREA, area.pgoff);
        }
        return sum;
      },
    };
  },
);

export const legacyBrk: Case = againstLegacy(
  "legacy-brk",
  "an area grows page by page as a heap does, against the legacy engine",
  ({ mapRange }, n) => {
    const place = ground(n);
    const { mm, request } = place;
    const heap = ARENA + n * STRIDE;
    const { flags } = mm.tree.get(ARENA) as Vma;
    return {
      round(clock) {
        let sum = 0;
        clock.start();
        for (let page = 1; page <= GROWTH; page += 1) {
          const start = heap + page * PAGE_SIZE;
          request.proposeNewRange(start, start + PAGE_SIZE, flags, 0, start / PAGE_SIZE);
          lookAround(place, start, start + PAGE_SIZE);
          request.justExpand = true;
          request.iterator.moveTo(request.prev as Vma);
          sum = mix(sum, mapRange(request)?.end ?? 0);
        }
        clock.stop(GROWTH);
        const area = mm.tree.get(heap) as Vma;
        shrinkArea(request.iterator, area, heap, heap + PAGE_SIZE, area.pgoff);
        return sum;
      },
    };
  },
);

export const legacyMprotect: Case = againstLegacy(
  "legacy-mprotect",
  "mprotect back and forth, against the legacy engine",
  ({ modify }, n) => {
    const { mm, request, places } = ground(n);
    const readWrite = (mm.tree.get(ARENA) as Vma).flags;
    const readOnly = (readWrite & ~PROT_WRITE) | PROT_READ;
    const change = (at: number, flags: number): number => {
      const start = at + 3 * PAGE_SIZE;
      const vma = mm.cursor.find(start) as Vma;
      const prev = vma.start < start ? vma : (mm.cursor.peekPrev() ?? null);
      request.proposeArea(prev, vma, start, start + 2 * PAGE_SIZE);
      request.iterator.moveTo(vma);
      request.flags = flags;
      const area = modify(request);
      if (area === null) return 0;
      area.flags = flags;
      return area.start / PAGE_SIZE;
    };
    return {
      round(clock) {
        let sum = 0;
        clock.start();
        for (const at of places) sum = mix(sum, change(at, readOnly));
        for (const at of places) sum = mix(sum, change(at, readWrite));
        clock.stop(2 * places.length);
        return mix(sum, mm.mapCount);
      },
    };
  },
);
