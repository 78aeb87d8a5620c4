/** The names of calls in a trace: those of interest by their numbers, the others counted as they come. */

import { decodeText } from "../text.js";
import { count, type TraceTotals } from "./accounting.js";
import { FIRST_OTHER } from "./call-numbers.js";
import { CALL_NAMES, CALL_SPECS, callName } from "./calls.js";
import { FOREIGN_CALLS } from "./line-kind.js";
import { NameTrie } from "./name-trie.js";

const MAX_OTHER_NAMES = 1000;
const MAX_NAME = 48;

/** Names of one trace, in a table that one pass over a name's bytes looks up. At most 1,000 names are added. */
export class CallCounter {
  readonly names: NameTrie = new NameTrie(CALL_NAMES);
  /** Calls of interest by number. */
  readonly used: Float64Array = new Float64Array(CALL_SPECS.length);
  readonly #otherNames: string[] = [];
  readonly #otherCounts: number[] = [];
  #unnamed = 0;

  /**
   * Counts a call of no interest: `number` is its number in the table, NaN when it is not there yet. Returns false
   * when the call does not exist on x86-64.
   */
  countOther(bytes: Uint8Array, nameStart: number, nameEnd: number, number: number): boolean {
    let index = number - FIRST_OTHER;
    if (Number.isNaN(number)) {
      const name = decodeText(bytes.subarray(nameStart, Math.min(nameEnd, nameStart + MAX_NAME)));
      if (FOREIGN_CALLS.has(name)) return false;
      if (this.#otherNames.length >= MAX_OTHER_NAMES || nameEnd - nameStart >= MAX_NAME) {
        this.#unnamed += 1;
        return true;
      }
      index = this.#otherNames.length;
      this.#otherNames.push(name);
      this.#otherCounts.push(0);
      this.names.set(name, FIRST_OTHER + index);
    }
    this.#otherCounts[index]! += 1;
    return true;
  }

  /** Puts the counts into an account. */
  addTo(totals: TraceTotals): void {
    this.used.forEach((calls, id) => {
      if (calls > 0) totals.calls.set(callName(id), calls);
    });
    this.#otherNames.forEach((name, index) => {
      totals.ignoredCalls.set(name, this.#otherCounts[index]!);
    });
    if (this.#unnamed > 0) count(totals.ignoredCalls, "(others)", this.#unnamed);
  }
}
