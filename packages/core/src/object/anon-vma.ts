/**
 * The anonymous object of an area (`anon_vma`) and its chain (`anon_vma_chain`).
 *
 * A chain is never changed in place: cloning one is sharing it. An area's chain lists every anonymous object its
 * pages may belong to; one entry means the area was faulted in this process, more mean it came through a fork.
 */

/** Identity of one anonymous object. Two areas share pages' reverse mappings when they share this. */
export class AnonVma {
  /** Number for pictures and dumps; unique within one `AnonVmaSource`. */
  readonly id: number;
  private alone: AnonChain | null = null;

  constructor(id: number) {
    this.id = id;
  }

  /** The chain of an area that was faulted here and never forked: just this object. Made when first asked for. */
  get singular(): AnonChain {
    this.alone ??= [this];
    return this.alone;
  }
}

/** Anonymous objects an area is linked to, own one last. */
export type AnonChain = readonly AnonVma[];

/** The chain of an area that was never faulted. */
export const EMPTY_CHAIN: AnonChain = [];

/** Hands out anonymous objects with increasing numbers. Shared by all address spaces that fork from one another. */
export class AnonVmaSource {
  #last = 0;

  /** A new anonymous object. */
  create(): AnonVma {
    this.#last += 1;
    return new AnonVma(this.#last);
  }
}

/** The chain of a forked area: all of the parent's objects and the child's own. */
export function inheritedChain(parent: AnonChain, own: AnonVma): AnonChain {
  return [...parent, own];
}
