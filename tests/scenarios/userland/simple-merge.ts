// A hole between two areas that fit (`test_simple_merge`).
import { readScenarios, type Scenario } from "@vma/testkit";

export const scenarios: Scenario[] = readScenarios(`
  scenario simple merge: a page between two areas that fit makes all three one
  given
    0123456789
    P.N
  when
    new 1-2 rw-
  then
    0123456789
    PPP
    P rw- @0
    returns P
    state success
    marked P N
    closed nothing

  scenario simple merge: an offset that does not continue keeps the page apart
  given
    0123456789
    P.N
    P @5
    N @7
  when
    new 1-2 rw- @9
  then
    0123456789
    P.N
    returns none
    state nomerge
    marked nothing
`);
