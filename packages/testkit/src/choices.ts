/**
 * Every combination of choices, one after the other: enumerate before you randomize.
 *
 * ```ts
 * for (const choices = new Choices(); choices.next(); ) {
 *   const anon = choices.pick(["none", "A", "B"]);
 *   const close = choices.flag();
 *   check(anon, close);          // runs 6 times
 * }
 * ```
 *
 * What is asked may depend on what was answered: the combinations form a tree and each leaf is visited once, in the
 * order of the answers. Nothing is stored but the path to the current leaf.
 */

export class Choices {
  /** Answers on the way to the current leaf, and how many there were to choose from. */
  readonly #path: { answer: number; of: number }[] = [];
  #depth = 0;
  #started = false;
  #count = 0;

  /** Goes to the next combination; false when all have been visited. */
  next(): boolean {
    this.#depth = 0;
    if (!this.#started) {
      this.#started = true;
      this.#count = 1;
      return true;
    }
    while (this.#path.length > 0) {
      const last = this.#path[this.#path.length - 1] as { answer: number; of: number };
      if (last.answer + 1 < last.of) {
        last.answer += 1;
        this.#count += 1;
        return true;
      }
      this.#path.pop();
    }
    return false;
  }

  /** Combinations visited so far, the current one included. */
  get count(): number {
    return this.#count;
  }

  /** One of 0, 1, ..., `of` - 1. Throws RangeError unless `of` is a positive integer. */
  index(of: number): number {
    if (!Number.isSafeInteger(of) || of < 1)
      throw new RangeError(`there is nothing to choose from ${of} answers`);
    const depth = this.#depth;
    this.#depth += 1;
    const known = this.#path[depth];
    if (known === undefined) {
      this.#path.push({ answer: 0, of });
      return 0;
    }
    if (known.of !== of) {
      throw new RangeError(
        `the same question had ${known.of} answers before and has ${of} now: the body is not fixed`,
      );
    }
    return known.answer;
  }

  /** One of the values. */
  pick<T>(values: readonly T[]): T {
    return values[this.index(values.length)] as T;
  }

  /** False, then true. */
  flag(): boolean {
    return this.index(2) === 1;
  }

  /** One of low, ..., high, both included. */
  range(low: number, high: number): number {
    return low + this.index(high - low + 1);
  }

  /** Every subset of the values, the empty one first. */
  subset<T>(values: readonly T[]): T[] {
    return values.filter(() => this.flag());
  }
}

/** Runs `body` over every combination of the choices it makes; returns how many there were. */
export function exhaust(body: (choices: Choices) => void): number {
  const choices = new Choices();
  while (choices.next()) body(choices);
  return choices.count;
}
