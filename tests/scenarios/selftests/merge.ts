/**
 * The kernel's end-to-end merge tests (its selftests, mm/merge) in our own words: each is what a program does, and
 * the picture of what it must find afterwards on Linux 6.18. They run on the engine and, where the kernel we stand on
 * is that kernel, for real.
 *
 * Pictures: one column a page from page 0, a letter for each area in address order, `.` for a hole.
 */

import type { CorpusOperation } from "@vma/testkit/corpus";

/** One end-to-end scenario. */
export interface MergeStory {
  readonly name: string;
  /** Why the outcome is what it is. */
  readonly because: string;
  readonly operations: readonly CorpusOperation[];
  /** The areas afterwards. */
  readonly after: string;
}

const map = (start: number, pages: number, prot: string = "rw"): CorpusOperation => ({
  name: "mmap",
  start,
  pages,
  prot,
  flags: ["private", "anonymous", "fixed"],
  file: null,
});
const protect = (start: number, pages: number, prot: string): CorpusOperation => ({
  name: "mprotect",
  start,
  pages,
  prot,
});
const unmap = (start: number, pages: number): CorpusOperation => ({ name: "munmap", start, pages });
const write = (at: number): CorpusOperation => ({ name: "write", at });
const move = (start: number, pages: number, to: number): CorpusOperation => ({
  name: "mremap",
  start,
  pages,
  newPages: pages,
  flags: ["maymove", "fixed"],
  to,
});
const forkIntoChild: CorpusOperation = { name: "forkchild" };

export const MERGE_STORIES: readonly MergeStory[] = [
  {
    name: "mprotect: unfaulted left",
    because: "the part that was never written joins the written part above it when it becomes alike",
    operations: [map(0, 10), protect(0, 5, "r"), write(7), protect(0, 5, "rw")],
    after: "AAAAAAAAAA",
  },
  {
    name: "mprotect: unfaulted right",
    because: "the same the other way round",
    operations: [map(0, 10), protect(5, 5, "r"), write(2), protect(5, 5, "rw")],
    after: "AAAAAAAAAA",
  },
  {
    name: "mprotect: unfaulted on both sides",
    because: "a written middle joins both neighbours, which take its anonymous object over",
    operations: [map(0, 9), protect(3, 3, "rwx"), write(4), protect(3, 3, "rw")],
    after: "AAAAAAAAA",
  },
  {
    name: "mprotect: faulted left, unfaulted right",
    because: "an untouched middle joins a written area below and an untouched one above",
    operations: [map(0, 9), protect(3, 3, "r"), write(1), protect(3, 3, "rw")],
    after: "AAAAAAAAA",
  },
  {
    name: "mprotect: unfaulted left, faulted right",
    because: "and the same with the written area above",
    operations: [map(0, 9), protect(3, 3, "r"), write(7), protect(3, 3, "rw")],
    after: "AAAAAAAAA",
  },
  {
    name: "forked target",
    because: "the neighbour came over a fork with the parent's chain, so an untouched range does not join it",
    operations: [map(0, 5), write(1), forkIntoChild, map(5, 5)],
    after: "AAAAABBBBB",
  },
  {
    name: "forked source",
    because: "the changed part came over a fork, so it does not spread into the untouched area beside it",
    operations: [map(0, 5), write(1), forkIntoChild, map(5, 5, "rwx"), protect(0, 5, "rwx")],
    after: "AAAAABBBBB",
  },
  {
    name: "uprobes upon a merge",
    because: "a file mapping moved beside the part it was cut from becomes one area with it again",
    operations: [
      {
        name: "mmap",
        start: 0,
        pages: 10,
        prot: "rx",
        flags: ["private", "fixed"],
        file: "A",
        pgoff: 0,
      },
      move(5, 5, 20),
      move(20, 5, 5),
    ],
    after: "AAAAAAAAAA",
  },
  {
    name: "KSM for the whole process",
    because: "new memory is marked mergeable before it is compared, so it joins what was marked before",
    operations: [{ name: "ksm_all", on: 1 }, map(0, 5), map(5, 5)],
    after: "AAAAAAAAAA",
  },
  {
    name: "mremap: unfaulted behind faulted",
    because:
      "memory that was never written takes the offset of its new place, so it fits behind the written area",
    operations: [map(0, 5), write(1), map(20, 5), move(20, 5, 5)],
    after: "AAAAAAAAAA",
  },
  {
    name: "mremap: unfaulted before faulted",
    because: "and just as well before it",
    operations: [map(5, 5), write(6), map(20, 5), move(20, 5, 0)],
    after: "AAAAAAAAAA",
  },
  {
    name: "mremap: unfaulted between two that were faulted apart",
    because: "both would take it, but their anonymous objects differ: the one below wins",
    operations: [map(0, 3), write(1), map(6, 3), write(7), map(20, 3), move(20, 3, 3)],
    after: "AAAAAABBB",
  },
  {
    name: "mremap: unfaulted between faulted and unfaulted",
    because: "one anonymous object serves all three",
    operations: [map(0, 3), write(1), map(6, 3), map(20, 3), move(20, 3, 3)],
    after: "AAAAAAAAA",
  },
  {
    name: "mremap: unfaulted between two parts of one faulted area",
    because: "both parts still have the same anonymous object, so all three become one",
    operations: [map(0, 9), write(1), unmap(3, 3), map(20, 3), move(20, 3, 3)],
    after: "AAAAAAAAA",
  },
  {
    name: "mremap: faulted back to where it was",
    because: "written memory keeps its offset when it moves, and fits again only at its old place",
    operations: [map(0, 9), write(1), write(4), write(7), move(3, 3, 20), move(20, 3, 3)],
    after: "AAAAAAAAA",
  },
  {
    name: "mremap: faulted beside an unfaulted area below",
    because: "the untouched neighbour takes over the moved memory's anonymous object",
    operations: [map(3, 3), write(4), move(3, 3, 20), map(0, 3), move(20, 3, 3)],
    after: "AAAAAA",
  },
  {
    name: "mremap: faulted beside an unfaulted area above",
    because: "the same with the neighbour above",
    operations: [map(0, 3), write(1), move(0, 3, 20), map(3, 3), move(20, 3, 0)],
    after: "AAAAAA",
  },
  {
    name: "mremap: faulted between two unfaulted areas",
    because: "both neighbours take it over",
    operations: [map(3, 3), write(4), move(3, 3, 20), map(0, 3), map(6, 3), move(20, 3, 3)],
    after: "AAAAAAAAA",
  },
  {
    name: "mremap: faulted between unfaulted below and faulted above",
    because: "the area above has another anonymous object, so only the one below takes it",
    operations: [map(3, 3), write(4), move(3, 3, 20), map(0, 3), map(6, 3), write(7), move(20, 3, 3)],
    after: "AAAAAABBB",
  },
];
