/** Areas as rows for other engines: flat, one a line, the same columns in JSON and in Parquet. */

import { causesOf } from "../analysis/cause.js";
import type { MapTarget } from "../input/map-target.js";

/** One area of one process at one time. Bytes, half-open; kB as smaps prints them. */
export interface AreaRow {
  readonly schema: "vma.area/1";
  readonly host: string;
  /** ISO 8601. */
  readonly time: string;
  readonly source: string;
  readonly pid: number | null;
  readonly command: string | null;
  readonly process_areas: number;
  readonly max_map_count: number;
  readonly index: number;
  readonly start: number;
  readonly end: number;
  readonly size: number;
  readonly permissions: string;
  readonly offset: number;
  readonly device: string;
  readonly inode: number;
  readonly name: string;
  readonly vm_flags: string | null;
  readonly cause: string;
  readonly rss_kb: number | null;
  readonly anonymous_kb: number | null;
  readonly swap_kb: number | null;
  readonly locked_kb: number | null;
  /** The area begins where the one before it ends. */
  readonly touches_previous: boolean;
}

/** Where and when rows were taken. */
export interface RowSource {
  readonly host: string;
  readonly time: Date;
}

/** The rows of one map, one at a time. */
export function* areaRows(target: MapTarget, source: RowSource): Generator<AreaRow> {
  const { areas } = target;
  const causes = causesOf(areas, target.detail);
  const time = source.time.toISOString();
  const known = (value: number): number | null => (value < 0 ? null : value);
  let lastEnd = -1;
  for (const [index, area] of areas.entries()) {
    yield {
      schema: "vma.area/1",
      host: source.host,
      time,
      source: target.given,
      pid: target.process?.pid ?? null,
      command: target.process?.command ?? null,
      process_areas: areas.length,
      max_map_count: target.limit,
      index,
      start: area.start,
      end: area.end,
      size: area.end - area.start,
      permissions: area.permissions,
      offset: area.offset,
      device: area.device,
      inode: Number(area.inode),
      name: area.name,
      vm_flags: area.flagText,
      cause: causes[index] ?? "anonymous",
      rss_kb: known(area.rss),
      anonymous_kb: known(area.anonymous),
      swap_kb: known(area.swap),
      locked_kb: known(area.locked),
      touches_previous: lastEnd === area.start,
    };
    lastEnd = area.end;
  }
}
