/** The address spaces of a replay: one model each, or two without recorded faults. */

import type { ReplaySpace } from "./seed.js";

/** One address space of the traced programs. */
export interface SpaceState {
  readonly id: number;
  /** The model; or two: nothing written, everything written. Empty until a snapshot seeds it. */
  runs: ReplaySpace[];
  /** Faults up to here are in the snapshot already. */
  seededAt: number;
  /** Calls were applied in an order that turned out to be wrong, since the last snapshot. */
  isGuess: boolean;
}

/** Address spaces by the number processes.ts gives them. */
export class SpaceTable {
  readonly #states: Map<number, SpaceState> = new Map();
  /** The one asked for last: most calls are of the same. */
  #last: SpaceState | null = null;
  /** Address spaces met. */
  total = 0;
  /** Areas of one address space at its largest. */
  mostAreas = 0;

  get(id: number): SpaceState {
    const last = this.#last;
    if (last !== null && last.id === id) return last;
    let state = this.#states.get(id);
    if (state === undefined) {
      state = { id, runs: [], seededAt: Number.NEGATIVE_INFINITY, isGuess: false };
      this.#states.set(id, state);
      this.total += 1;
    }
    this.#last = state;
    return state;
  }

  /** The child's address space at a fork. */
  fork(parent: number, child: number): void {
    const from = this.get(parent);
    const to = this.get(child);
    to.runs = from.runs.map((run) => run.fork());
    to.seededAt = from.seededAt;
    to.isGuess = from.isGuess;
  }

  delete(id: number): void {
    this.#states.delete(id);
    this.#last = null;
  }

  /** Notes the size of an address space after a change. */
  noteSize(areas: number): void {
    if (areas > this.mostAreas) this.mostAreas = areas;
  }
}
