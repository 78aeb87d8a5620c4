/**
 * Which pages of an address space are in memory. Only kept where it decides something: a fault on a page that is
 * there never asks userfaultfd, and guard markers and huge-page faults depend on what is mapped already.
 */

import { HUGE_PAGE_SIZE, PAGE_SIZE } from "../abi/page.js";
import { type Journal, JournaledMap, JournaledSet } from "./journal.js";

/** A page is mapped, or holds a guard marker. */
export type PageState = "present" | "guard";

function blockOf(address: number): number {
  return Math.floor(address / HUGE_PAGE_SIZE);
}

/** Page states by address. Addresses are bytes, page aligned; ranges are half-open. */
export class PageTable {
  readonly #states: JournaledMap<number, PageState> = new JournaledMap();
  /** 2 MiB blocks, by number, whose pages are mapped one by one: a huge page cannot be mapped there. */
  readonly #small: JournaledSet<number> = new JournaledSet();

  /** Tells the journal how to take back every change from now on; null ends that. */
  keepJournal(journal: Journal | null): void {
    this.#states.journal = journal;
    this.#small.journal = journal;
  }

  /** The state of the page at `address`, or undefined when nothing is there. */
  stateOf(address: number): PageState | undefined {
    return this.#states.get(address);
  }

  /** Sets the state of one page. */
  set(address: number, state: PageState): void {
    this.#states.set(address, state);
    this.#small.add(blockOf(address));
  }

  /** Maps the 2 MiB block around `address` by one huge page. */
  setHuge(address: number): void {
    const start = blockOf(address) * HUGE_PAGE_SIZE;
    for (let at = start; at < start + HUGE_PAGE_SIZE; at += PAGE_SIZE) this.#states.set(at, "present");
  }

  /** Whether a fault may map the 2 MiB block around `address` by a huge page: nothing is mapped in it in any way. */
  canMapHuge(address: number): boolean {
    const block = blockOf(address);
    return !this.#small.has(block) && !this.#states.has(block * HUGE_PAGE_SIZE);
  }

  /**
   * [start, end) is unmapped, and nothing else is mapped in [floor, ceiling) around it: blocks that lie in that hole
   * entirely may be mapped by a huge page again.
   */
  unmap(start: number, end: number, floor: number, ceiling: number): void {
    this.#breakUp(start, end);
    this.#forEachIn(start, end, (address) => this.#states.delete(address));
    for (const block of this.#small) {
      const from = block * HUGE_PAGE_SIZE;
      const touched = from < end && from + HUGE_PAGE_SIZE > start;
      if (touched && from >= floor && from + HUGE_PAGE_SIZE <= ceiling) this.#small.delete(block);
    }
  }

  /**
   * The pages of [start, end) that are in `state` are let go, their areas stay. With `freesTables` a block that is
   * emptied as a whole may be mapped by a huge page again.
   */
  zap(start: number, end: number, state: PageState, freesTables: boolean): void {
    this.#breakUp(start, end);
    this.#forEachIn(start, end, (address, found) => {
      if (found === state) this.#states.delete(address);
    });
    if (!freesTables) return;
    for (const block of this.#small) {
      const from = block * HUGE_PAGE_SIZE;
      if (from >= start && from + HUGE_PAGE_SIZE <= end && !this.#hasAny(from)) this.#small.delete(block);
    }
  }

  /** Moves the pages of [start, end) so that `start` comes to `to`. */
  move(start: number, end: number, to: number): void {
    if ((start - to) % HUGE_PAGE_SIZE !== 0) this.#breakUp(start, end, true);
    else this.#breakUp(start, end);
    const moved: [number, PageState][] = [];
    this.#forEachIn(start, end, (address, state) => {
      moved.push([address, state]);
      this.#states.delete(address);
    });
    for (const [address, state] of moved) this.#states.set(address - start + to, state);
    const aligned = (start - to) % HUGE_PAGE_SIZE === 0;
    for (const block of [...this.#small]) {
      const from = Math.max(block * HUGE_PAGE_SIZE, start);
      const until = Math.min((block + 1) * HUGE_PAGE_SIZE, end);
      if (from >= until) continue;
      this.#small.add(blockOf(from - start + to));
      this.#small.add(blockOf(until - start + to - PAGE_SIZE));
      // Whole blocks between aligned places travel with their page tables.
      if (aligned && until - from === HUGE_PAGE_SIZE) this.#small.delete(block);
    }
  }

  /** Forgets every page. */
  clear(): void {
    this.#states.clear();
    this.#small.clear();
  }

  /** Copies the pages of [start, end) from another table, as fork does. */
  copyFrom(other: PageTable, start: number, end: number): void {
    other.#forEachIn(start, end, (address, state) => this.#states.set(address, state));
    for (const block of other.#small) {
      if (block * HUGE_PAGE_SIZE < end && (block + 1) * HUGE_PAGE_SIZE > start) this.#small.add(block);
    }
  }

  /** Blocks that [start, end) covers in part (or, with `all`, at all) are mapped page by page if they are mapped. */
  #breakUp(start: number, end: number, all: boolean = false): void {
    for (let block = blockOf(start); block <= blockOf(end - PAGE_SIZE); block += 1) {
      const from = block * HUGE_PAGE_SIZE;
      const whole = from >= start && from + HUGE_PAGE_SIZE <= end;
      if ((all || !whole) && this.#hasAny(from)) this.#small.add(block);
    }
  }

  #hasAny(blockStart: number): boolean {
    let found = false;
    this.#forEachIn(blockStart, blockStart + HUGE_PAGE_SIZE, () => {
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
