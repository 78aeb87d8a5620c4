/**
 * What a merge will do, as values: built by the functions that decide, carried out by commit. One plan per address
 * space is reused.
 */

import type { Vma } from "../object/vma.js";

// Numbers that may be large are infinite at first, so that they are doubles to the JS engine from the start.
export class MergePlan {
  /** The area that grows, and the range and offset it will have. */
  target: Vma | null = null;
  start: number = Infinity;
  end: number = Infinity;
  pgoff: number = Infinity;
  /** The area that gives part of its range, and what it keeps; null when none does. */
  adjust: Vma | null = null;
  adjustStart: number = Infinity;
  adjustEnd: number = Infinity;
  adjustPgoff: number = Infinity;
  /** Areas swallowed whole, in address order. */
  remove: Vma | null = null;
  removeNext: Vma | null = null;
  /** The adjusted area counts as the main one for the order of side effects (right part). */
  adjustFirst = false;

  /** A plan in which `target` becomes [start, end) at `pgoff` and nothing else changes. */
  grow(target: Vma, start: number, end: number, pgoff: number): this {
    this.target = target;
    this.start = start;
    this.end = end;
    this.pgoff = pgoff;
    this.adjust = null;
    this.remove = null;
    this.removeNext = null;
    this.adjustFirst = false;
    return this;
  }

  /** `area` keeps [start, end) at `pgoff`. */
  shrink(area: Vma, start: number, end: number, pgoff: number, first: boolean): this {
    this.adjust = area;
    this.adjustStart = start;
    this.adjustEnd = end;
    this.adjustPgoff = pgoff;
    this.adjustFirst = first;
    return this;
  }
}
