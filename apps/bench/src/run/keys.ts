// The keys that range workloads run on: addresses as a memory map has them, or small whole numbers.

export const KEYS = ["addresses", "small"] as const;
export type KeysName = (typeof KEYS)[number];

/** What a workload multiplies its units with: a page and a place in the 47-bit space, or nothing. */
export interface Keys {
  readonly name: KeysName;
  /** The key that lies `units` above the lowest in use. */
  at(units: number): number;
  /** The length of `units`. */
  length(units: number): number;
  /** Above every key in use, as far as there is room. */
  readonly top: number;
}

const PAGE = 4096;
/** Where a program's own mappings lie on x86-64 Linux. */
const BASE = 0x5555_5555_4000;

export const KEYS_BY_NAME: Readonly<Record<KeysName, Keys>> = {
  addresses: {
    name: "addresses",
    at: (units) => BASE + units * PAGE,
    length: (units) => units * PAGE,
    top: 2 ** 47,
  },
  small: { name: "small", at: (units) => units, length: (units) => units, top: 2 ** 40 },
};
