/** Who set what last: for each attribute, which call gave each range of addresses its present value. */

import { MapleTree } from "@vma/maple";
import { clone } from "@vma/maple/versions";

/** Groups of attributes that one call sets together. */
export type HistoryField =
  | "mapping"
  | "access"
  | "advice"
  | "lock"
  | "seal"
  | "name"
  | "policy"
  | "uffd"
  | "written";

const FIELDS: readonly HistoryField[] = [
  "mapping",
  "access",
  "advice",
  "lock",
  "seal",
  "name",
  "policy",
  "uffd",
  "written",
];

/**
 * Keeps, for every address, the call that last set each field. `C` is whatever names a call: a line number, a record.
 * Ranges are half-open bytes.
 */
export class AttributeHistory<C> {
  readonly #trees: Map<HistoryField, MapleTree<C>> = new Map(
    FIELDS.map((field) => [field, new MapleTree<C>()]),
  );

  /** A copy that goes its own way, as a fork's does. Takes constant time; what both know is shared. */
  clone(): AttributeHistory<C> {
    const copy = new AttributeHistory<C>();
    for (const [field, tree] of this.#trees) copy.#trees.set(field, clone(tree));
    return copy;
  }

  /** [start, end) is a new mapping made by `call`: everything before it is forgotten. */
  mapped(start: number, end: number, call: C): void {
    this.forget(start, end);
    this.#tree("mapping").set(start, end, call);
  }

  /** `call` set `field` of [start, end). */
  set(field: HistoryField, start: number, end: number, call: C): void {
    this.#tree(field).set(start, end, call);
  }

  /** [start, end) is mapped no longer. */
  forget(start: number, end: number): void {
    for (const tree of this.#trees.values()) tree.delete(start, end);
  }

  /** [start, end) was moved to `to`, with all that was known of it. */
  move(start: number, end: number, to: number): void {
    for (const tree of this.#trees.values()) {
      const moved: [number, number, C][] = [];
      for (const [from, until, call] of tree.entries(start, end)) {
        moved.push([Math.max(from, start), Math.min(until, end), call]);
      }
      tree.delete(start, end);
      tree.delete(to, to + (end - start));
      for (const [from, until, call] of moved) tree.set(from - start + to, until - start + to, call);
    }
  }

  /** The call that last set `field` at `address`; the mapping call when none did since; undefined when unknown. */
  originOf(field: HistoryField, address: number): C | undefined {
    return this.#tree(field).get(address) ?? this.#tree("mapping").get(address);
  }

  #tree(field: HistoryField): MapleTree<C> {
    const tree = this.#trees.get(field);
    if (tree === undefined) throw new RangeError(`"${field}" is not a field of the history`);
    return tree;
  }
}
