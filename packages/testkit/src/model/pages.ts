/**
 * What each page is, written for obviousness: a table from page number to attributes. It knows no areas and no merge
 * rules, and so tells what a merge must never change: which pages are mapped, and as what.
 */

import { type AreaAttributes, type AreaSpec, ScenarioError } from "../scenario/area.js";

/** What one page is. `pgoff` is the offset of this page; anonymous objects and hooks are no matter of pages. */
export type PageAttributes = Pick<
  AreaAttributes,
  "flags" | "flagsHigh" | "pgoff" | "file" | "policy" | "uffd" | "anonName"
>;

/** Most pages one call may touch, so that a mistyped range does not fill the memory. */
const MAX_PAGES = 1 << 20;
const SOFT_DIRTY = 0x08000000;

/** The attributes of page `page` of an area. */
export function pageOf(area: AreaSpec, page: number): PageAttributes {
  const { flags, flagsHigh, file, policy, uffd, anonName } = area;
  return { flags, flagsHigh, pgoff: area.pgoff + (page - area.start), file, policy, uffd, anonName };
}

/** Whether two pages are the same to a program: soft-dirty is bookkeeping of the kernel. */
export function samePage(a: PageAttributes, b: PageAttributes): boolean {
  return (
    ((a.flags ^ b.flags) & ~SOFT_DIRTY) === 0 &&
    a.flagsHigh === b.flagsHigh &&
    a.pgoff === b.pgoff &&
    a.file === b.file &&
    a.policy === b.policy &&
    a.uffd === b.uffd &&
    a.anonName === b.anonName
  );
}

export class PageModel {
  readonly #pages: Map<number, PageAttributes> = new Map();

  static of(areas: readonly AreaSpec[]): PageModel {
    const model = new PageModel();
    for (const area of areas) {
      if (area.end - area.start > MAX_PAGES)
        throw new ScenarioError(`area ${area.name} is too large for the model`);
      for (let page = area.start; page < area.end; page += 1) model.#pages.set(page, pageOf(area, page));
    }
    return model;
  }

  get(page: number): PageAttributes | undefined {
    return this.#pages.get(page);
  }

  /** Mapped pages, ascending. */
  mapped(): number[] {
    return [...this.#pages.keys()].sort((a, b) => a - b);
  }

  /** Maps [start, end); `first` is what the first page is, the others follow it. */
  map(start: number, end: number, first: PageAttributes): void {
    if (end - start > MAX_PAGES) throw new ScenarioError(`pages ${start}-${end} are too many for the model`);
    for (let page = start; page < end; page += 1) {
      this.#pages.set(page, { ...first, pgoff: first.pgoff + (page - start) });
    }
  }

  unmap(start: number, end: number): void {
    for (const page of this.#pages.keys()) if (page >= start && page < end) this.#pages.delete(page);
  }

  /** Changes what each page of [start, end) is; offsets stay. Throws ScenarioError at a hole. */
  change(start: number, end: number, to: (page: PageAttributes) => PageAttributes): void {
    for (let page = start; page < end; page += 1) {
      const old = this.#pages.get(page);
      if (old === undefined) throw new ScenarioError(`page ${page} is not mapped`);
      this.#pages.set(page, { ...to(old), pgoff: old.pgoff });
    }
  }

  /** The first page in which this model and those areas differ, or null when they tell the same. */
  firstDifference(
    areas: readonly AreaSpec[],
  ): { page: number; here: PageAttributes | null; there: PageAttributes | null } | null {
    const other = PageModel.of(areas);
    for (const page of new Set([...this.mapped(), ...other.mapped()])) {
      const here = this.#pages.get(page) ?? null;
      const there = other.#pages.get(page) ?? null;
      if (here === null || there === null || !samePage(here, there)) return { page, here, there };
    }
    return null;
  }
}
