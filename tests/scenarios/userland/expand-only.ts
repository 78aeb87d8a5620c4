// The mode brk uses: only the area below is asked, and the iterator is not moved (`test_expand_only_mode`).
import { readScenarios, type Scenario } from "@vma/testkit";

export const scenarios: Scenario[] = readScenarios(`
  scenario expand only: the area below grows
  given
    0123456789
    PPP....NNN
  when
    new 3-5 rw- expand-only
  then
    0123456789
    PPPPP..NNN
    returns P
    state success
    marked P

  scenario expand only: an area above that fits is not taken along
  given
    0123456789
    PPP..NNN
  when
    new 3-5 rw- expand-only
  then
    0123456789
    PPPPPNNN
    N @5
    returns P
    state success
    marked P

  scenario expand only: with nothing below nobody takes the range
  given
    0123456789
    .....NNN
  when
    new 3-5 rw- expand-only
  then
    0123456789
    .....NNN
    returns none
    state nomerge
    marked nothing
`);
