// Part of an area, or all of it, goes to a neighbour (`test_merge_existing`).
import { readScenarios, type Scenario } from "@vma/testkit";

export const scenarios: Scenario[] = readScenarios(`
  scenario merge existing: the upper part goes to the area above
  given
    0123456789
    VVVVNNN
    V r--
  when
    merge V 2-4 rw-
  then
    0123456789
    VVNNNNN
    V r-- @0
    N rw- @2
    returns N
    state success
    marked V N

  scenario merge existing: all of it goes to the area above
  given
    0123456789
    .VVVNNN
    V r--
  when
    merge V 1-4 rw-
  then
    0123456789
    .NNNNNN
    N rw- @1
    returns N
    state success
    marked V N

  scenario merge existing: the lower part goes to the area below
  given
    0123456789
    PPVVVV
    V r--
  when
    merge V 2-5 rw-
  then
    0123456789
    PPPPPV
    P rw- @0
    V r-- @5
    returns P
    state success
    marked V P

  scenario merge existing: all of it goes to the area below
  given
    0123456789
    PPVVVV
    V r--
  when
    merge V 2-6 rw-
  then
    0123456789
    PPPPPP
    returns P
    state success
    marked V P

  scenario merge existing: both neighbours fit and all three become one
  given
    0123456789
    PPVVVVNNN
    V r--
  when
    merge V 2-6 rw-
  then
    0123456789
    PPPPPPPPP
    returns P
    state success
    marked V P N

  scenario merge existing: a part that reaches neither end stays
  given
    0123456789
    PPVVVVNNN
    V r--
  when
    merge V 3-5 rw-
  then
    0123456789
    PPVVVVNNN
    returns none
    state nomerge
    marked nothing

  scenario merge existing: the lower part is no matter of the area above
  given
    0123456789
    ..VVVVNNN
    V r--
  when
    merge V 2-4 rw-
  then
    0123456789
    ..VVVVNNN
    returns none
    state nomerge
    marked nothing

  scenario merge existing: the upper part is no matter of the area below
  given
    0123456789
    PPVVVV
    V r--
  when
    merge V 4-6 rw-
  then
    0123456789
    PPVVVV
    returns none
    state nomerge
    marked nothing

  scenario merge existing: the survivor keeps its own soft-dirty bit
  given
    0123456789
    PPVVVV
    P rw- sd
    V r--
  when
    merge V 2-6 rw-
  then
    0123456789
    PPPPPP
    P rw- sd
    returns P
`);
