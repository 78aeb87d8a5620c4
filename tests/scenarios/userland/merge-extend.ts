// An area grows by what mremap asks for, over the area above it if that fits (`test_merge_extend`).
import { readScenarios, type Scenario } from "@vma/testkit";

export const scenarios: Scenario[] = readScenarios(`
  scenario merge extend: growth that fills the hole takes the area above along
  given
    0123456789
    V.NN
  when
    extend V 1
  then
    0123456789
    VVVV
    V @0
    returns V
    marked V N

  scenario merge extend: growth that leaves a hole leaves the area above alone
  given
    0123456789
    V..NN
  when
    extend V 1
  then
    0123456789
    VV.NN
    returns V
    marked V

  scenario merge extend: an area above that differs stays
  given
    0123456789
    V.NN
    N r--
  when
    extend V 1
  then
    0123456789
    VVNN
    N r-- @2
    returns V
    marked V

  scenario merge extend: the area below is not asked
  given
    0123456789
    PPV..
  when
    extend V 2
  then
    0123456789
    PPVVV
    V @2
    returns V
    marked V
`);
