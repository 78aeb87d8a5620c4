// Both neighbours of a new range have close hooks (`test_vma_merge_new_with_close`).
import { readScenarios, type Scenario } from "@vma/testkit";

export const scenarios: Scenario[] = readScenarios(`
  scenario new with close: both neighbours have the hook, only the one below grows
  given
    0123456789
    PPP..NNN
    P rw- close
    N rw- close
  when
    new 3-5 rw-
  then
    0123456789
    PPPPPNNN
    N rw- close @5
    returns P
    state success
    marked P
    closed nothing

  scenario new with close: alone beside the range, the area above with the hook grows down
  given
    0123456789
    .....NNN
    N rw- close
  when
    new 3-5 rw-
  then
    0123456789
    ...NNNNN
    N close @3
    returns N
    marked N
    closed nothing

  scenario new with close: the hook of the area below is no obstacle
  given
    0123456789
    PPP..NNN
    P rw- close
  when
    new 3-5 rw-
  then
    0123456789
    PPPPPPPP
    returns P
    marked P N
    closed nothing
`);
