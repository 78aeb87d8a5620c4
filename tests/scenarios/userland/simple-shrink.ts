// An area gives pages up at one end (`test_simple_shrink`).
import { readScenarios, type Scenario } from "@vma/testkit";

export const scenarios: Scenario[] = readScenarios(`
  scenario simple shrink: the upper end moves down
  given
    0123456789
    VVV
  when
    shrink V 0-1
  then
    0123456789
    V
    V rw- @0
    returns ok
    marked V
    warned nothing

  scenario simple shrink: the lower end moves up and the offset with it
  given
    0123456789
    VVV
  when
    shrink V 2-3
  then
    0123456789
    ..V
    V rw- @2
    returns ok
    warned nothing
`);
