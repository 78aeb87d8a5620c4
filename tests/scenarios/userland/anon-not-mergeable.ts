// Each neighbour fits the range, but the two do not fit one another (`test_anon_vma_non_mergeable`).
import { readScenarios, type Scenario } from "@vma/testkit";

export const scenarios: Scenario[] = readScenarios(`
  scenario anon not mergeable: a changed area between two objects goes to the area below
  given
    0123456789
    PPPVVVNNN
    P rw- anon=A
    V r--
    N rw- anon=B
  when
    merge V 3-6 rw-
  then
    0123456789
    PPPPPPNNN
    P anon=A chain=A
    N anon=B chain=B
    returns P
    state success
    marked P V

  scenario anon not mergeable: a new range between two objects goes to the area below
  given
    0123456789
    PPP...NNN
    P rw- anon=A
    N rw- anon=B
  when
    new 3-6 rw-
  then
    0123456789
    PPPPPPNNN
    P anon=A chain=A
    N anon=B chain=B
    returns P
    state success
    marked P

  scenario anon not mergeable: with an object of its own the range fits the side that has the same
  given
    0123456789
    PPPVVVNNN
    P rw- anon=A
    V r-- anon=B
    N rw- anon=B
  when
    merge V 3-6 rw-
  then
    0123456789
    PPPNNNNNN
    N anon=B chain=B
    returns N
    state success
    marked V N
`);
