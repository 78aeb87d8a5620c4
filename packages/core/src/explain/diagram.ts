/** Areas as a ruler picture: a line of page digits and a line of letters, one column a page (docs/notation.md). */

import { PAGE_SIZE } from "../abi/page.js";

/** What a picture shows of an area. Bytes, half-open. */
export interface PicturedArea {
  readonly start: number;
  readonly end: number;
}

/** A picture as its two lines, and the first page it shows. */
export interface Picture {
  readonly ruler: string;
  readonly areas: string;
  readonly firstPage: number;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** The widest window that is drawn page by page. */
export const MAX_PICTURE_PAGES = 160;

/**
 * Draws the areas that lie in [from, to) bytes. A column is one page: a letter for each area in turn, `.` for a hole.
 * The ruler counts pages from `firstPage`, last digit only. Throws RangeError when the window holds more than
 * `MAX_PICTURE_PAGES` pages or is not page aligned.
 *
 * @param letterOf names an area; by default A, B, C... in address order
 */
export function drawAreas<A extends PicturedArea>(
  areas: Iterable<A>,
  from: number,
  to: number,
  letterOf?: (area: A, index: number) => string,
): Picture {
  const pages = (to - from) / PAGE_SIZE;
  if (!Number.isInteger(pages) || pages < 1 || pages > MAX_PICTURE_PAGES) {
    throw new RangeError(`a picture shows 1 to ${MAX_PICTURE_PAGES} whole pages, not ${pages}`);
  }
  const firstPage = from / PAGE_SIZE;
  const columns: string[] = new Array<string>(pages).fill(".");
  let index = 0;
  for (const area of areas) {
    if (area.end <= from || area.start >= to) continue;
    const letter = letterOf === undefined ? (LETTERS[index % LETTERS.length] ?? "?") : letterOf(area, index);
    index += 1;
    const first = Math.max(0, (area.start - from) / PAGE_SIZE);
    const last = Math.min(pages, (area.end - from) / PAGE_SIZE);
    columns.fill(letter, first, last);
  }
  let ruler = "";
  for (let page = 0; page < pages; page += 1) ruler += String((firstPage + page) % 10);
  return { ruler, areas: columns.join(""), firstPage };
}
