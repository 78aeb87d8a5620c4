// A copy of an area elsewhere, as mremap places it (`test_copy_vma`).
import { readScenarios, type Scenario } from "@vma/testkit";

export const scenarios: Scenario[] = readScenarios(`
  scenario copy: far from everything it is an area of its own
  given
    0123456789
    VV
  when
    copy V 20 2
  then
    0123456789012345678901
    VV..................aa
    a rw- @20
    returns a
    marked a

  scenario copy: an unwritten area is renumbered and so joins what it lands beside
  given
    0123456789
    VV...NN
  when
    copy V 3 2
  then
    0123456789
    VV.NNNN
    N rw- @3
    returns N
    marked N

  scenario copy: a written area keeps its offset and so stays apart
  given
    0123456789
    VV...NN
    V rw- anon=A
  when
    copy V 3 2
  then
    0123456789
    VV.aaNN
    a rw- anon=A chain=A @0
    returns a
    marked a

  scenario copy: of its own file, it joins where the offsets continue
  given
    0123456789
    VV...NN
    V rw- file=F
    N rw- file=F @2
  when
    copy V 3 2
  then
    0123456789
    VV.NNNN
    N rw- file=F @0
    returns N

  scenario copy: a place that is taken
  given
    0123456789
    VV..NN
  when
    copy V 3 2
  then
    0123456789
    VV..NN
    returns none
    marked nothing

  scenario copy: an unwritten area that lands beside itself grows
  given
    0123456789
    VV
  when
    copy V 2 2
  then
    0123456789
    VVVV
    returns V
`);
