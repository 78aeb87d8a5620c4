/** A map against its limit: areas by cause, what each cause costs, what could be saved, kernel memory spent. */

import { isFileArea, type MapArea } from "../input/area.js";
import type { MapTarget } from "../input/map-target.js";
import { bytes } from "../output/amount.js";
import { CAUSES, type Cause } from "./cause.js";
import { groupPairs, type PairReport } from "./pair-group.js";

/** Bytes of an area's own record (vm_area_struct). */
export const AREA_BYTES = 192;
/** Bytes of the anonymous object and its chain link, for memory that was written to. */
export const ANONYMOUS_BYTES = 168;

/** One name inside a cause: a file, an extension, an owner's name. */
export interface NamedCount {
  readonly name: string;
  readonly areas: number;
}

export interface CauseGroup {
  readonly cause: Cause;
  readonly areas: number;
  /** Bytes of address space. */
  readonly size: number;
  /** Bytes in memory, or null when the input has none (maps). */
  readonly rss: number | null;
  /** Areas a program could save here. */
  readonly saves: number;
  /** One sentence that adds to the title; "" when there is nothing to add. */
  readonly note: string;
  /** What inside it has the most areas. */
  readonly largest: readonly NamedCount[];
}

export interface TopReport {
  readonly target: MapTarget;
  readonly areas: number;
  readonly limit: number;
  /** Splits that are still possible, one area each. */
  readonly left: number;
  readonly kernelMemory: { readonly least: number; readonly most: number; readonly estimate: number | null };
  /** Most areas first. */
  readonly groups: readonly CauseGroup[];
  readonly pairs: PairReport;
}

interface Sums {
  areas: number;
  size: number;
  rss: number;
  names: Map<string, number>;
}

/** What a cause's areas are counted by, or null. */
function nameWithin(cause: Cause, area: MapArea): string | null {
  if (cause === "library" || cause === "relro") return isFileArea(area) ? baseName(area.name) : null;
  if (cause === "named") return area.name;
  if (cause === "shared" || cause === "device") return area.name.replace(/\d{3,}/g, "*");
  if (cause === "file" || cause === "deleted") return fileFamily(area.name);
  return null;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Files that belong together: the folder, and the extension when there is one. */
function fileFamily(path: string): string {
  const name = path.replace(/ \(deleted\)$/, "");
  const slash = name.lastIndexOf("/");
  const dot = name.lastIndexOf(".");
  const extension = dot > slash + 1 ? name.slice(dot) : "";
  return extension === "" || extension.length > 12 ? name : `${name.slice(0, slash + 1)}*${extension}`;
}

const LARGEST = 5;

/** Looks at a map as a whole. */
export function analyseTop(target: MapTarget): TopReport {
  const { areas, limit } = target;
  const pairs = groupPairs(areas, target.detail, target.policies);
  const byCause = new Map<Cause, Sums>();
  let written = 0;
  areas.forEach((area, index) => {
    const cause = pairs.causes[index] as Cause;
    let sums = byCause.get(cause);
    if (sums === undefined) {
      sums = { areas: 0, size: 0, rss: 0, names: new Map() };
      byCause.set(cause, sums);
    }
    sums.areas += 1;
    sums.size += area.end - area.start;
    sums.rss += Math.max(0, area.rss) * 1024;
    if (area.anonymous > 0) written += 1;
    const name = nameWithin(cause, area);
    if (name !== null) sums.names.set(name, (sums.names.get(name) ?? 0) + 1);
  });
  const known = target.detail === "smaps";
  const groups = [...byCause].map(([cause, sums]): CauseGroup => {
    const largest = [...sums.names]
      .map(([name, count]) => ({ name, areas: count }))
      .sort((a, b) => b.areas - a.areas || (a.name < b.name ? -1 : 1));
    return {
      cause,
      areas: sums.areas,
      size: sums.size,
      rss: known ? sums.rss : null,
      saves: pairs.savesByCause.get(cause) ?? 0,
      note: noteOf(cause, sums, byCause, limit, areas.length),
      largest: largest.slice(0, LARGEST),
    };
  });
  groups.sort((a, b) => b.areas - a.areas || (CAUSES[a.cause][0] < CAUSES[b.cause][0] ? -1 : 1));
  return {
    target,
    areas: areas.length,
    limit,
    left: Math.max(0, limit - areas.length),
    kernelMemory: {
      least: AREA_BYTES * areas.length,
      most: (AREA_BYTES + ANONYMOUS_BYTES) * areas.length,
      estimate: known ? AREA_BYTES * areas.length + ANONYMOUS_BYTES * written : null,
    },
    groups,
    pairs,
  };
}

function noteOf(
  cause: Cause,
  sums: Sums,
  all: ReadonlyMap<Cause, Sums>,
  limit: number,
  total: number,
): string {
  if (cause === "library") {
    const files = sums.names.size;
    const relro = all.get("relro")?.areas ?? 0;
    return files === 0
      ? ""
      : `${files} files, ${((sums.areas + relro) / files).toFixed(1)} areas each with RELRO`;
  }
  if (cause === "thread-stack") {
    const each = (sums.areas + (all.get("guard")?.areas ?? 0)) / sums.areas;
    const room = Math.max(0, Math.floor((limit - total) / each));
    return `${each.toFixed(1)} areas for each thread with its guard: room for ${room.toLocaleString("en-US")} more`;
  }
  if (cause === "decommitted") return `${bytes(sums.size / sums.areas)} each on average`;
  if (cause === "arena") return `${Math.ceil(sums.areas / 2)} arenas, 2 areas each`;
  return "";
}
