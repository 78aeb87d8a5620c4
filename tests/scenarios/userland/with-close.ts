// Close hooks in every role when part of an area changes (`test_vma_merge_with_close`).
import { readScenarios, type Scenario } from "@vma/testkit";

export const scenarios: Scenario[] = readScenarios(`
  scenario with close: the area below may have the hook, it only grows
  given
    0123456789
    PPPVVVNNN
    P rw- close
    V r--
  when
    merge V 3-6 rw-
  then
    0123456789
    PPPPPPPPP
    P close
    returns P
    closed nothing
    marked P V N

  scenario with close: the area above has it and the one below does not fit, so it grows down
  given
    0123456789
    PPPVVVNNN
    P r-x
    V r--
    N rw- close
  when
    merge V 3-6 rw-
  then
    0123456789
    PPPNNNNNN
    N close @3
    returns N
    closed nothing
    marked V N

  scenario with close: the area that would go has it and stays
  given
    0123456789
    PPPVVVNNN
    V r-- close
  when
    merge V 3-6 rw-
  then
    0123456789
    PPPVVVNNN
    V close
    returns none
    state nomerge
    closed nothing
    marked nothing

  scenario with close: only the area below fits one that has it
  given
    0123456789
    PPPVVV...
    V r-- close
  when
    merge V 3-6 rw-
  then
    0123456789
    PPPVVV
    returns none
    state nomerge
    marked nothing

  scenario with close: only the area above fits one that has it
  given
    0123456789
    ...VVVNNN
    V r-- close
  when
    merge V 3-6 rw-
  then
    0123456789
    ...VVVNNN
    returns none
    state nomerge
    marked nothing

  scenario with close: a part of one that has it may be given to the area below
  given
    0123456789
    PPPVVV...
    V r-- close
  when
    merge V 3-5 rw-
  then
    0123456789
    PPPPPV
    V r-- close @5
    returns P
    closed nothing

  scenario with close: a part of one that has it may be given to the area above
  given
    0123456789
    ...VVVNNN
    V r-- close
  when
    merge V 4-6 rw-
  then
    0123456789
    ...VNNNNN
    V r-- close
    N @4
    returns N
    closed nothing

  scenario with close: both fit and the area above has it, so only the one below grows
  given
    0123456789
    PPPVVVNNN
    V r--
    N rw- close
  when
    merge V 3-6 rw-
  then
    0123456789
    PPPPPPNNN
    N rw- close
    returns P
    closed nothing
    marked P V
`);
