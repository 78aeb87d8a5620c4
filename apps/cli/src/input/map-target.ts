/** A memory map with its name, its limit and what it can tell, and what may choose one. */

import type { MapArea } from "./area.js";
import type { MapDetail } from "./map-file.js";
import type { ProcessInfo } from "./process.js";

/** vm.max_map_count of a kernel nobody configured. */
export const STOCK_MAX_MAP_COUNT = 65530;

export type TargetKind = "process" | "file" | "stdin" | "recording";

/** A memory map and where it comes from. */
export interface MapTarget {
  readonly kind: TargetKind;
  /** As the user named it. */
  readonly given: string;
  /** For headings: "process 4242 (java)", "java.smaps.gz". Not escaped. */
  readonly label: string;
  readonly detail: MapDetail;
  readonly areas: MapArea[];
  /** vm.max_map_count that applies. */
  readonly limit: number;
  /** Where the limit is known from: this machine, the recording, or the stock value. */
  readonly limitFrom: "this machine" | "the recording" | "the stock value" | "--max-map-count";
  readonly process: ProcessInfo | null;
  /** Kernel release the map comes from, as far as known. */
  readonly release: string | null;
  /** Memory policies by start address, where numa_maps could be read and has any but the default. */
  readonly policies: ReadonlyMap<number, string> | null;
}

/** What may choose a moment of a recording. */
export interface TargetOptions {
  /** A process of a recording. */
  readonly pid?: number;
  /** A line of a recording's trace. */
  readonly at?: number;
  readonly maxMapCount?: number;
}
