// Calls one after the other, as programs make them. They say what each page is at the end, so that the page-by-page
// model runs them too.
import { readScenarios, type Scenario } from "@vma/testkit";

export const scenarios: Scenario[] = readScenarios(`
  scenario sequence: a guard page is taken out of an area and put back
  given
    0123456789
    VVVVVV
  when
    modify V 2-3 ---
  then
    0123456789
    aaVbbb
    V --- @2
    b rw- @3
    returns V
  when
    modify V 2-3 rw-
  then
    0123456789
    aaaaaa
    a rw- @0
    returns a

  scenario sequence: areas mapped from both ends meet in the middle
  given
    0123456789
    .
  when
    map 0-2 rw-
    map 6-8 rw-
    map 2-3 rw-
    map 4-6 rw-
    map 3-4 rw-
  then
    0123456789
    aaaaaaaa
    a rw- @0

  scenario sequence: a hole punched through three areas
  given
    0123456789
    AABBBCCC
    B r--
  when
    unmap 1-6
  then
    0123456789
    a.....bb
    a rw- @0
    b rw- @6
    returns ok

  scenario sequence: a hole in the middle of one area
  given
    0123456789
    VVVVVV
  when
    unmap 2-4
  then
    0123456789
    aa..bb
    a rw- @0
    b rw- @4
    returns ok

  scenario sequence: what was unmapped is mapped anew and fits again
  given
    0123456789
    VVVVVV
  when
    unmap 2-4
    map 2-4 rw-
  then
    0123456789
    aaaaaa
    a rw- @0

  scenario sequence: memory locked page by page ends as one locked area
  given
    0123456789
    VVVV
  when
    modify V 0-1 rw- lo
    modify a 1-2 rw- lo
    modify a 2-4 rw- lo
  then
    0123456789
    VVVV
    V rw- lo @0

  scenario sequence: named, and the name taken away
  given
    0123456789
    VVVV
  when
    modify V 1-3 name=heap
    modify V 1-3 name=none
  then
    0123456789
    aaaa
    a rw- name=none @0

  scenario sequence: a policy on the upper half
  given
    0123456789
    VVVV
  when
    modify V 2-4 policy=bind:0
  then
    0123456789
    aaVV
    a policy=none @0
    V policy=bind:0 @2

  scenario sequence: a cut alone changes no page
  given
    0123456789
    VVVV
  when
    split V 2 above
  then
    0123456789
    VVaa
    V rw- @0
    a rw- @2
    returns ok

  scenario sequence: growth at the end after a change at the front
  given
    0123456789
    VVVV
  when
    modify V 0-2 r-x
    extend a 2
  then
    0123456789
    VVaaaa
    V r-x @0
    a rw- @2
`);
