// The child process: one contender, one case, one size. Runs a round whenever the parent asks for one.
import { findCase } from "../cases.js";
import { type Subject, Unavailable } from "./case.js";
import { Clock, type Reading } from "./clock.js";
import { KEYS_BY_NAME } from "./keys.js";
import type { Order, Report } from "./protocol.js";

let subject: Subject | null = null;

function report(message: Report): void {
  process.send?.(message);
}

/** Passes of one round end here even if they were short. */
const MOST_PASSES = 10_000;

/** Repeats the work until at least `millis` of CPU time were measured. Every pass must come to the same result. */
async function runRound(runner: Subject, millis: number): Promise<{ checksum: number } & Reading> {
  const clock = new Clock();
  const checksum = await runner.round(clock);
  for (let pass = 1; pass < MOST_PASSES && clock.measuredMillis < millis; pass += 1) {
    const again = await runner.round(clock);
    if (again !== checksum) throw new Error(`one pass came to ${checksum}, a later one to ${again}`);
  }
  return { checksum, ...clock.read() };
}

async function obey(order: Order): Promise<void> {
  if (order.kind === "prepare") {
    const { contenders } = findCase(order.suite, order.name);
    const contender = contenders.find(({ name }) => name === order.contender);
    if (contender === undefined) throw new Error(`${order.name} has no contender ${order.contender}`);
    subject = await contender.prepare(order.n, KEYS_BY_NAME[order.keys]);
    report({ kind: "ready" });
  } else if (order.kind === "round") {
    if (subject === null) throw new Error("a round was asked for before its subject was prepared");
    report({ kind: "round", ...(await runRound(subject, order.millis)) });
  } else {
    await subject?.close?.();
    process.disconnect();
  }
}

process.on("message", (order: Order) => {
  obey(order).catch((error: unknown) => {
    if (error instanceof Unavailable) report({ kind: "unavailable", why: error.message });
    else
      report({
        kind: "failed",
        why: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
  });
});
