// New ranges beside one, two or no neighbours, one after the other (`test_merge_new`).
import { readScenarios, type Scenario } from "@vma/testkit";

export const scenarios: Scenario[] = readScenarios(`
  scenario merge new: nothing touches the range
  given
    0123456789012345
    AA..............
  when
    new 4-6 rw-
  then
    0123456789012345
    AA
    returns none
    state nomerge
    marked nothing

  scenario merge new: the area below takes the range
  given
    0123456789012345
    AAA..B..CCC
  when
    new 3-4 rw-
  then
    0123456789012345
    AAAA.B..CCC
    returns A
    state success
    marked A

  scenario merge new: the area above takes the range and its offset goes down
  given
    0123456789012345
    AAA..B..CCC
  when
    new 7-8 rw-
  then
    0123456789012345
    AAA..B.CCCC
    C @7
    returns C
    state success
    marked C

  scenario merge new: both sides take the range and the area above goes
  given
    0123456789012345
    AAA..B..CCC
  when
    new 3-5 rw-
  then
    0123456789012345
    AAAAAA..CCC
    returns A
    state success
    marked A B

  scenario merge new: hole after hole, until one area is left
  given
    0123456789012345
    AAA..B..CCC.DD
  when
    new 3-4 rw-
    new 4-5 rw-
    new 6-7 rw-
    new 11-12 rw-
    new 7-8 rw-
  then
    0123456789012345
    AAAAAAAAAAAAAA
    A rw- @0
    returns A
    state success

  scenario merge new: an object on either side alone is no obstacle and stays
  given
    0123456789
    PP..NN
    P anon=A
  when
    new 2-4 rw-
  then
    0123456789
    PPPPPP
    P anon=A chain=A
    returns P
    marked P N

  scenario merge new: the object of the area that goes passes to the one that stays
  given
    0123456789
    PP..NN
    N anon=A
  when
    new 2-4 rw-
  then
    0123456789
    PPPPPP
    P anon=A chain=A
    returns P
    marked P N
    closed nothing

  scenario merge new: the same object on both sides
  given
    0123456789
    PP..NN
    P anon=A
    N anon=A
  when
    new 2-4 rw-
  then
    0123456789
    PPPPPP
    P anon=A
    returns P

  scenario merge new: an area that came through a fork does not take unwritten pages
  given
    0123456789
    PP..
    P anon=A chain=XA
  when
    new 2-4 rw-
  then
    0123456789
    PP
    returns none
    state nomerge
    marked nothing

  scenario merge new: soft-dirty keeps nothing apart and stays with the survivor
  given
    0123456789
    PP..NN
    P sd
  when
    new 2-4 rw-
  then
    0123456789
    PPPPPP
    P rw- sd
    returns P
`);
