// Whose object and chain the survivor gets, in five geometries (`test_dup_anon_vma`). An area with a chain and no
// object cannot stay so in a running kernel; it is how the engine is shown cloning from the changed area itself.
import { readScenarios, type Scenario } from "@vma/testkit";

export const scenarios: Scenario[] = readScenarios(`
  scenario dup anon: expanding over the area above takes its object
  given
    0123456789
    VVV..NNN
    N rw- anon=A
  when
    expand V 0-8 next=N
  then
    0123456789
    VVVVVVVV
    V anon=A chain=A
    returns ok
    marked V N

  scenario dup anon: of three that become one, the object of the area above
  given
    0123456789
    PPPVVVNNN
    V r--
    N rw- anon=A
  when
    merge V 3-6 rw-
  then
    0123456789
    PPPPPPPPP
    P anon=A chain=A
    returns P
    marked P V N

  scenario dup anon: of three that become one, the object of the changed area when the one above has none
  given
    0123456789
    PPPVVVNNN
    P rw- chain=X
    V r-- anon=A
    N rw- chain=X
  when
    merge V 3-6 rw-
  then
    0123456789
    PPPPPPPPP
    P anon=A chain=XA
    returns P
    marked P V N

  scenario dup anon: given up to the area below whole, the object of the changed area
  given
    0123456789
    PPPVVV
    P rw- chain=X
    V r-- anon=A
  when
    merge V 3-6 rw-
  then
    0123456789
    PPPPPP
    P anon=A chain=XA
    returns P
    marked P V

  scenario dup anon: given up to the area above whole, the object of the changed area
  given
    0123456789
    VVVNNN
    V r-- anon=A
    N rw- chain=X
  when
    merge V 0-3 rw-
  then
    0123456789
    NNNNNN
    N anon=A chain=XA @0
    returns N
    marked V N
`);
