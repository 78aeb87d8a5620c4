/** Pages and page arithmetic. Every address and length of the engine is a JS number of bytes. */

/** Bytes in a page (x86-64). */
export const PAGE_SIZE = 4096;

/** Bytes in a transparent huge page (PMD size on x86-64). */
export const HUGE_PAGE_SIZE: number = 2 * 1024 * 1024;

/** First byte a user mapping may not use: 2^47 less one guard page (x86-64, four-level page tables). */
export const TASK_SIZE: number = 2 ** 47 - PAGE_SIZE;

/** Pages in `bytes`, which is a multiple of the page size. Exact for every page multiple up to 2^64. */
export function toPages(bytes: number): number {
  return bytes / PAGE_SIZE;
}

/** `value` (bytes) rounded up to a page boundary. */
export function pageAlignUp(value: number): number {
  return Math.ceil(value / PAGE_SIZE) * PAGE_SIZE;
}

/** `value` (bytes) rounded down to a page boundary. */
export function pageAlignDown(value: number): number {
  return Math.floor(value / PAGE_SIZE) * PAGE_SIZE;
}

/** Whether `value` (bytes) is a multiple of the page size. */
export function isPageAligned(value: number): boolean {
  return value - Math.floor(value / PAGE_SIZE) * PAGE_SIZE === 0;
}
