// What it costs to look: the mix on areas that nobody has looked at, and on areas that all have records, as somebody has
// asked for the tree of them.
import { engineSubject } from "../../kernel/engine.js";
import { mixOfCalls } from "../../kernel/programs.js";
import type { Case } from "../../run/case.js";

export const records: Case = {
  suite: "core",
  name: "records",
  title: "mix on areas without records, and with",
  unit: "ns/op",
  contenders: [
    {
      name: "areas with records",
      prepare: (n) => engineSubject(mixOfCalls(n), {}, ({ mm }) => mm.tree.size),
    },
    { name: "areas without", prepare: (n) => engineSubject(mixOfCalls(n)) },
  ],
};
