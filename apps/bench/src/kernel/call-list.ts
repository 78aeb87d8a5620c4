// A stream of memory calls as numbers, the same for the engine and for the running kernel. Addresses are pages from
// the start of an arena (for brk: of the heap), so that both may put it where they like.

/** What a call is; calls.c knows the same numbers. */
export const CALL_MMAP_FIXED = 0;
export const CALL_MUNMAP = 1;
export const CALL_MPROTECT = 2;
/** Sets the break to `page` pages above the heap's start. */
export const CALL_BRK = 3;
/** Resizes `pages` pages at `page` to `argument` pages, in place. */
export const CALL_MREMAP = 4;
/** Duplicates the address space. */
export const CALL_FORK = 5;
/** mmap without a place. Only the engine: the kernel's own mappings lie elsewhere. */
export const CALL_MMAP_ANYWHERE = 6;

/** Numbers of one call in the list. */
export const CALL_FIELDS = 4;

export class CallList {
  readonly #numbers: number[] = [];

  /** `argument`: protection for mmap and mprotect, new length in pages for mremap. */
  add(call: number, page: number, pages: number, argument: number = 0): this {
    this.#numbers.push(call, page, pages, argument);
    return this;
  }

  get length(): number {
    return this.#numbers.length / CALL_FIELDS;
  }

  /** Four numbers for each call: call, page, pages, argument. */
  toArray(): Int32Array {
    return Int32Array.from(this.#numbers);
  }
}

/** A stretch of a round. */
export interface Stretch {
  readonly timed: boolean;
  readonly calls: CallList;
}

/** Calls that set a state up, and rounds that lead back to it. */
export interface CallProgram {
  readonly setup: CallList;
  readonly round: readonly Stretch[];
}

/** Takes one result into a checksum: an errno, or pages from the arena's start. calls.c does the same. */
export function mixResult(sum: number, result: number): number {
  return (Math.imul(sum, 31) + result) | 0;
}
