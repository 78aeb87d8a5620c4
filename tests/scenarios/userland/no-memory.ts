// No memory for tree nodes after a chain was cloned: the clone is dropped again (`test_vmi_prealloc_fail`).
import { readScenarios, type Scenario } from "@vma/testkit";

export const scenarios: Scenario[] = readScenarios(`
  scenario no memory: a merge of three undoes the clone it made
  given
    0123456789
    PPPVVVNNN
    V r--
    N rw- anon=A
  when
    merge V 3-6 rw-
    fail 2
  then
    0123456789
    PPPVVVNNN
    P anon=none chain=none
    V r--
    N anon=A chain=A
    returns none
    state nomem
    events W:V W:P W:N C:P<N A! U:P

  scenario no memory: an expansion undoes the clone it made
  given
    0123456789
    VVV..NNN
    N rw- anon=A
  when
    expand V 0-8 next=N
    fail 2
  then
    0123456789
    VVV..NNN
    V anon=none chain=none
    N anon=A chain=A
    returns ENOMEM
    state nomem
    events W:V W:N C:V<N A! U:V

  scenario no memory: the chain itself cannot be cloned
  given
    0123456789
    PPPVVVNNN
    V r--
    N rw- anon=A
  when
    merge V 3-6 rw-
    fail 1
  then
    0123456789
    PPPVVVNNN
    P anon=none chain=none
    returns none
    state nomem
    events W:V W:P W:N C!:P<N

  scenario no memory: a caller that gives up is told of no merge
  given
    0123456789
    PPPVVV
    V r--
  when
    merge V 3-6 rw- give-up
    fail 1
  then
    0123456789
    PPPVVV
    returns none
    state nomerge
`);
