// An area grows over the hole above it (`test_simple_expand`).
import { readScenarios, type Scenario } from "@vma/testkit";

export const scenarios: Scenario[] = readScenarios(`
  scenario simple expand: the range is taken as it is given
  given
    0123456789
    V
  when
    expand V 0-3
  then
    0123456789
    VVV
    V rw- @0
    returns ok
    state start
    marked V

  scenario simple expand: downwards the offset goes down too
  given
    0123456789
    ..V
  when
    expand V 0-3
  then
    0123456789
    VVV
    V @0
    returns ok
`);
