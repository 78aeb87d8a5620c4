/** Names to numbers in one pass over bytes: the constants and call names of a trace, without making strings. */

/** The state before the first byte of a name. State 0 is "no such name", and stays so. */
export const TRIE_ROOT = 1;
const ROW = 64;

/** Column of each byte in a row: 0 for bytes that end a name, else 1 to 63. */
export const NAME_COLUMN: Uint8Array = makeColumns();

function makeColumns(): Uint8Array {
  const columns = new Uint8Array(256);
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
  for (let i = 0; i < letters.length; i++) columns[letters.charCodeAt(i)] = i + 1;
  return columns;
}

/**
 * A set of names, each with a number, as a table of transitions. Exact: a name that was not added is never found.
 *
 * Walk: `state = TRIE_ROOT`, then for each byte with a column, `state = trie.next[(state << 6) | column]`;
 * `trie.values[state]` is the name's number, or NaN.
 */
export class NameTrie {
  next: Uint16Array = new Uint16Array(ROW * 256);
  values: Float64Array = new Float64Array(256).fill(Number.NaN);
  #used = 2;

  constructor(names: Iterable<readonly [string, number]>) {
    for (const [name, value] of names) this.set(name, value);
  }

  /** Adds a name. Throws RangeError when it is there already, holds other bytes, or the table is full. */
  set(name: string, value: number): void {
    let state = TRIE_ROOT;
    for (let i = 0; i < name.length; i++) {
      const column = NAME_COLUMN[name.charCodeAt(i)];
      if (column === undefined || column === 0)
        throw new RangeError(`name "${name}" holds a byte that ends names`);
      const slot = (state << 6) | column;
      let target = this.next[slot]!;
      if (target === 0) {
        target = this.#newState();
        this.next[slot] = target;
      }
      state = target;
    }
    if (!Number.isNaN(this.values[state]!)) throw new RangeError(`name "${name}" was added twice`);
    this.values[state] = value;
  }

  #newState(): number {
    if (this.#used === this.values.length) {
      const next = new Uint16Array(this.next.length * 2);
      next.set(this.next);
      const values = new Float64Array(this.values.length * 2).fill(Number.NaN);
      values.set(this.values);
      this.next = next;
      this.values = values;
    }
    if (this.#used > 0xffff) throw new RangeError("a name trie holds at most 65,535 states");
    this.#used += 1;
    return this.#used - 1;
  }

  /** The number of `name`, or undefined. For set-up and tests; readers walk the table themselves. */
  get(name: string): number | undefined {
    let state = TRIE_ROOT;
    for (let i = 0; i < name.length; i++) {
      const column = NAME_COLUMN[name.charCodeAt(i) & 0xff]!;
      if (column === 0) return undefined;
      state = this.next[(state << 6) | column]!;
    }
    const value = this.values[state]!;
    return Number.isNaN(value) ? undefined : value;
  }
}
