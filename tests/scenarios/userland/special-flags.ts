// Flags that keep a proposal out of every merge (`test_vma_merge_special_flags`).
import { readScenarios, type Scenario } from "@vma/testkit";

/** io, dont-expand, pfnmap, mixedmap, as smaps calls them. */
const special = ["io", "de", "pf", "mm"];

export const scenarios: Scenario[] = special.flatMap((flag) =>
  readScenarios(`
  scenario special flags: a new range with ${flag} is not taken by its like
  given
    0123456789
    PPP.NNN
    P rw- ${flag}
    N rw- ${flag}
  when
    new 3-4 rw- ${flag}
  then
    0123456789
    PPP.NNN
    returns none
    state nomerge
    marked nothing

  scenario special flags: part of an area that becomes ${flag} is not taken by its like
  given
    0123456789
    PPPVVNNN
    P rw- ${flag}
    N rw- ${flag}
  when
    merge V 3-5 rw- ${flag}
  then
    0123456789
    PPPVVNNN
    returns none
    state nomerge
    marked nothing

  scenario special flags: a plain range beside an area with ${flag} is merely different
  given
    0123456789
    PPP.NNN
    P rw- ${flag}
  when
    new 3-4 rw-
  then
    0123456789
    PPPNNNN
    returns N
    state success
`),
);
