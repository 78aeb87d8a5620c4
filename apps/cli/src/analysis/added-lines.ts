/** Line numbers of a trace to which lines were added, and those of the trace as it was. */

/** Where lines were added. Lines count from 1. */
export class AddedLines {
  /** Line of the recording for each added line, ascending: eight bytes each, for a trace may get a million. */
  readonly #lines: Float64Array;

  /** @param lines for each added line, the line of the recording that it belongs to, in any order */
  constructor(lines: Iterable<number>) {
    this.#lines = Float64Array.from(lines).sort();
  }

  /** New number of a line of the recording; of one that became several, of the first of them. */
  after(line: number): number {
    return line + this.#leading((own) => own < line);
  }

  /** Line of the recording that a line of the new trace belongs to. */
  before(line: number): number {
    // The added line at `index` is behind its own line and all that were added before it.
    return line - this.#leading((own, index) => own + index < line);
  }

  /** How many added lines are in front of the first for which this does not hold. */
  #leading(holds: (own: number, index: number) => boolean): number {
    let low = 0;
    let high = this.#lines.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (holds(this.#lines[middle] as number, middle)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
