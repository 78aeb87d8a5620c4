// What it costs to be told: the mix with nobody listening, counted only, with a listener to events, and with one that
// reads every reason.
import { reasonCodes, Tally } from "@vma/core";
import { engineSubject } from "../../kernel/engine.js";
import { mixOfCalls } from "../../kernel/programs.js";
import type { Case } from "../../run/case.js";

/** What listeners add up, so that nothing they are told is for nothing. */
const heard = { sum: 0 };

export const events: Case = {
  suite: "core",
  name: "events",
  title: "mix, events off and on",
  unit: "ns/op",
  contenders: [
    { name: "events off", prepare: (n) => engineSubject(mixOfCalls(n)) },
    {
      name: "counted",
      prepare: (n) => engineSubject(mixOfCalls(n), {}, (space) => space.tallyIn(new Tally())),
    },
    {
      name: "events on",
      prepare: (n) => {
        return engineSubject(mixOfCalls(n), {}, (space) => {
          space.onEvent((event) => {
            heard.sum += event.kind === "refused" ? event.leftReasons & event.rightReasons : 1;
          });
        });
      },
    },
    {
      name: "events on, reasons as words",
      prepare: (n) => {
        return engineSubject(mixOfCalls(n), {}, (space) => {
          space.onEvent((event) => {
            if (event.kind !== "refused") return;
            heard.sum += reasonCodes(event.leftReasons).length + reasonCodes(event.rightReasons).length;
          });
        });
      },
    },
  ],
};
