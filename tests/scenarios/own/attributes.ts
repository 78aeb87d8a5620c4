// One difference at a time: each attribute that keeps a range and its neighbour apart, and the one that does not.
import { readScenarios, type Scenario } from "@vma/testkit";

/** What the neighbour has and the plain range does not. */
const apart = [
  "r--",
  "rwx",
  "sh",
  "lo",
  "ac",
  "mg",
  "ht",
  "gd",
  "sl",
  "dp",
  "file=F",
  "policy=bind:0",
  "uffd=1",
  "name=x",
  "@9",
];

export const scenarios: Scenario[] = [
  ...apart.flatMap((word) =>
    readScenarios(`
  scenario attributes: a range beside an area with ${word} stays alone, above and below it
  given
    0123456789
    PP..VV.NN
    P rw- ${word}
    V rw-
    N rw- ${word}
  when
    new 2-3 rw-
  then
    0123456789
    PP..VV.NN
    returns none
    state nomerge
    marked nothing
  when
    new 6-7 rw-
  then
    0123456789
    PP..VVVNN
    returns V
    marked V
`),
  ),
  ...readScenarios(`
  scenario attributes: soft-dirty alone keeps nothing apart
  given
    0123456789
    PP..NN
    P rw- sd
    N rw-
  when
    new 2-4 rw-
  then
    0123456789
    PPPPPP
    P rw- sd
    returns P
`),
];
