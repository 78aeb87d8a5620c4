/** One area as the analyses see it, out of smaps or, with less to say, out of maps. */

import type { MapsArea, SmapsArea, SmapsLayout } from "@vma/trace";

/** Bytes, half-open. Sizes in memory are kB as smaps prints them, -1 where the input has none. */
export interface MapArea {
  readonly start: number;
  readonly end: number;
  readonly permissions: string;
  /** Offset in the file, bytes. */
  readonly offset: number;
  readonly device: string;
  readonly inode: number | bigint;
  readonly name: string;
  /** VM_ bits as the engine keeps them; 0, which says nothing, where `flagText` is null. */
  readonly flags: number;
  readonly flagsHigh: number;
  /** VmFlags as printed, or null where the input has none. */
  readonly flagText: string | null;
  /** Codes of `flagText` that have no bit in the engine. */
  readonly unknownFlags: readonly string[];
  readonly rss: number;
  readonly anonymous: number;
  readonly swap: number;
  readonly locked: number;
}

/** Where the fields of interest stand in a layout; -1 for none. */
interface FieldIndexes {
  readonly rss: number;
  readonly anonymous: number;
  readonly swap: number;
  readonly locked: number;
}

const INDEXES: WeakMap<SmapsLayout, FieldIndexes> = new WeakMap();

function indexesOf(layout: SmapsLayout): FieldIndexes {
  let indexes = INDEXES.get(layout);
  if (indexes === undefined) {
    const find = (name: string): number => layout.findIndex((field) => field.name === name);
    indexes = { rss: find("Rss"), anonymous: find("Anonymous"), swap: find("Swap"), locked: find("Locked") };
    INDEXES.set(layout, indexes);
  }
  return indexes;
}

function amount(values: readonly (number | string)[], index: number): number {
  const value = index < 0 ? undefined : values[index];
  return typeof value === "number" ? value : -1;
}

/** The area of a smaps file. */
export function fromSmaps(area: SmapsArea): MapArea {
  const { start, end, permissions, offset, device, inode, name, values, vmFlags } = area;
  const indexes = indexesOf(area.layout);
  return {
    start,
    end,
    permissions,
    offset,
    device,
    inode,
    name,
    flags: vmFlags?.flags ?? 0,
    flagsHigh: vmFlags?.flagsHigh ?? 0,
    flagText: vmFlags?.text ?? null,
    unknownFlags: vmFlags?.unknown ?? NO_CODES,
    rss: amount(values, indexes.rss),
    anonymous: amount(values, indexes.anonymous),
    swap: amount(values, indexes.swap),
    locked: amount(values, indexes.locked),
  };
}

const NO_CODES: readonly string[] = [];

/** The area of a maps file. */
export function fromMaps(area: MapsArea): MapArea {
  const { start, end, permissions, offset, device, inode, name } = area;
  return {
    start,
    end,
    permissions,
    offset,
    device,
    inode,
    name,
    flags: 0,
    flagsHigh: 0,
    flagText: null,
    unknownFlags: NO_CODES,
    rss: -1,
    anonymous: -1,
    swap: -1,
    locked: -1,
  };
}

/** Whether the kernel counts the area: [vsyscall] is printed but belongs to no process. */
export function isCounted(area: { readonly name: string }): boolean {
  return area.name !== "[vsyscall]";
}

/** Whether nothing is behind the area but memory: no file, and no page of the kernel's own. */
export function isAnonymousArea(area: MapArea): boolean {
  return area.inode === 0 && (area.name === "" || area.name.startsWith("[anon:") || area.name === "[heap]");
}

/** Whether the area maps a file, a device or shared memory. */
export function isFileArea(area: MapArea): boolean {
  return area.inode !== 0 || area.name.startsWith("/");
}
