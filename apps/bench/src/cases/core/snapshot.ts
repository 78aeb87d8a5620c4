// Remembering an address space: what a snapshot costs, and what the calls after it cost more than they would without.

import type { CallProgram } from "../../kernel/call-list.js";
import { engineSubject, newSpace, runCalls } from "../../kernel/engine.js";
import { mmapFixed, mprotectSplit } from "../../kernel/programs.js";
import type { Case } from "../../run/case.js";

const SNAPSHOTS = 1000;

export const spaceSnapshot: Case = {
  suite: "core",
  name: "snapshot",
  title: "take a snapshot of the address space",
  unit: "ns/op",
  contenders: [
    {
      name: "engine",
      prepare(n) {
        const space = newSpace();
        runCalls(space, mmapFixed(n).setup.toArray());
        return {
          round(clock) {
            const taken = [];
            clock.start();
            for (let i = 0; i < SNAPSHOTS; i += 1) taken.push(space.snapshot());
            clock.stop(SNAPSHOTS);
            for (const snapshot of taken) snapshot.dispose();
            return space.mapCount;
          },
        };
      },
    },
  ],
};

/** Splits, and the merges back, both timed. */
function splitsAndMerges(n: number): CallProgram {
  const { setup, round } = mprotectSplit(n);
  return { setup, round: round.map(({ calls }) => ({ timed: true, calls })) };
}

export const snapshotCalls: Case = {
  suite: "core",
  name: "snapshot-calls",
  title: "mprotect back and forth, without and with a snapshot before each pass",
  unit: "ns/op",
  contenders: [
    { name: "no snapshot", prepare: (n) => engineSubject(splitsAndMerges(n)) },
    {
      name: "snapshot alive",
      prepare(n) {
        let renew = (): void => {};
        const subject = engineSubject(splitsAndMerges(n), {}, (space) => {
          let snapshot = space.snapshot();
          renew = () => {
            snapshot.dispose();
            snapshot = space.snapshot();
          };
        });
        return {
          round(clock) {
            renew();
            return subject.round(clock);
          },
        };
      },
    },
  ],
};
