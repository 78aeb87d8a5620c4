// One page in the middle of an area becomes different (`test_simple_modify`).
import { readScenarios, type Scenario } from "@vma/testkit";

export const scenarios: Scenario[] = readScenarios(`
  scenario simple modify: the middle page is split off on both sides
  given
    0123456789
    VVV
  when
    modify V 1-2 r--
  then
    0123456789
    aVb
    a rw- @0
    V r-- @1
    b rw- @2
    returns V
    state nomerge

  scenario simple modify: changed back, the pieces become one again
  given
    0123456789
    VVV
  when
    modify V 1-2 r--
    modify V 1-2 rw-
  then
    0123456789
    aaa
    a rw- @0
    returns a
    state success
`);
