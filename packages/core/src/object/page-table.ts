/**
 * Which pages of an address space are in memory. Only kept where it decides something: a fault on a page that is
 * there never asks userfaultfd, and guard markers and huge-page faults depend on what is mapped already.
 */

import { HUGE_PAGE_SIZE, PAGE_SIZE } from "../abi/page.js";

/** A page is mapped, or holds a guard marker. */
export type PageState = "present" | "guard";

/** Page states by address. Addresses are bytes, page aligned. */
export class PageTable {
  readonly #states: Map<number, PageState> = new Map();

  /** The state of the page at `address`, or undefined when nothing is there. */
  stateOf(address: number): PageState | undefined {
    return this.#states.get(address);
  }

  /** Sets the state of one page. */
  set(address: number, state: PageState): void {
    this.#states.set(address, state);
  }

  /** Forgets every page of [start, end). */
  drop(start: number, end: number): void {
    this.#forEachIn(start, end, (address) => this.#states.delete(address));
  }

  /** Forgets the pages of [start, end) that are in `state`. */
  dropState(start: number, end: number, state: PageState): void {
    this.#forEachIn(start, end, (address) => {
      if (this.#states.get(address) === state) this.#states.delete(address);
    });
  }

  /** Moves the pages of [start, end) so that `start` comes to `to`. */
  move(start: number, end: number, to: number): void {
    const moved: [number, PageState][] = [];
    this.#forEachIn(start, end, (address, state) => {
      moved.push([address, state]);
      this.#states.delete(address);
    });
    for (const [address, state] of moved) this.#states.set(address - start + to, state);
  }

  /** Forgets every page. */
  clear(): void {
    this.#states.clear();
  }

  /** A table with the same pages. */
  clone(): PageTable {
    const copy = new PageTable();
    for (const [address, state] of this.#states) copy.#states.set(address, state);
    return copy;
  }

  /** Whether any page of the 2 MiB block around `address` is there. */
  hasInHugeBlock(address: number): boolean {
    const start = Math.floor(address / HUGE_PAGE_SIZE) * HUGE_PAGE_SIZE;
    let found = false;
    this.#forEachIn(start, start + HUGE_PAGE_SIZE, () => {
      found = true;
    });
    return found;
  }

  #forEachIn(start: number, end: number, visit: (address: number, state: PageState) => void): void {
    if ((end - start) / PAGE_SIZE <= this.#states.size) {
      for (let address = start; address < end; address += PAGE_SIZE) {
        const state = this.#states.get(address);
        if (state !== undefined) visit(address, state);
      }
      return;
    }
    for (const [address, state] of [...this.#states])
      if (address >= start && address < end) visit(address, state);
  }
}
