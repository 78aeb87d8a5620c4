// A contender in a process of its own: nothing another contender did to the compiler or the heap reaches it.
import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Case, Unavailable } from "./case.js";
import type { KeysName } from "./keys.js";
import type { Order, Report } from "./protocol.js";

/** Beside this file once bundled: dist/worker.js. */
const WORKER: string = fileURLToPath(new URL("./worker.js", import.meta.url));

export type Round = Extract<Report, { kind: "round" }>;

/** The last processor, by number, if processes can be pinned to it (`taskset`); else null. */
export function pinnedProcessor(count: number): number | null {
  const processor = count - 1;
  const probe = spawnSync("taskset", ["-c", String(processor), process.execPath, "--version"]);
  return probe.status === 0 ? processor : null;
}

export class Child {
  readonly name: string;
  readonly #process: ChildProcess;
  #answer: ((report: Report) => void) | null = null;

  constructor(name: string, processor: number | null) {
    this.name = name;
    const flags = ["--expose-gc", "--enable-source-maps"];
    this.#process =
      processor === null
        ? fork(WORKER, [], { execArgv: flags })
        : fork(WORKER, [], {
            execPath: "taskset",
            execArgv: ["-c", String(processor), process.execPath, ...flags],
          });
    this.#process.on("message", (report: Report) => this.#settle(report));
    this.#process.on("error", (error) => this.#settle({ kind: "failed", why: error.message }));
    this.#process.on("exit", (code, signal) => {
      this.#settle({ kind: "failed", why: `its process ended early (${signal ?? `exit ${code}`})` });
    });
  }

  /** Throws Unavailable when the contender cannot run here. */
  async prepare(subject: Case, n: number, keys: KeysName): Promise<void> {
    const { suite, name } = subject;
    await this.#ask({ kind: "prepare", suite, name, contender: this.name, n, keys });
  }

  /** A round of at least `millis` of CPU time. */
  async round(millis: number): Promise<Round> {
    const answer = await this.#ask({ kind: "round", millis });
    if (answer.kind !== "round") throw new Error(`${this.name} answered "${answer.kind}" to a round`);
    return answer;
  }

  /** Ends the process; resolves when it is gone. */
  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#process.once("exit", resolve));
    if (this.#process.connected) this.#process.send({ kind: "close" } satisfies Order);
    else this.#process.kill();
    await gone;
  }

  async #ask(order: Order): Promise<Report> {
    const answer = await new Promise<Report>((resolve) => {
      this.#answer = resolve;
      this.#process.send(order, (error) => {
        if (error !== null) this.#settle({ kind: "failed", why: error.message });
      });
    });
    if (answer.kind === "unavailable") throw new Unavailable(answer.why);
    if (answer.kind === "failed") throw new Error(`${this.name}: ${answer.why}`);
    return answer;
  }

  #settle(report: Report): void {
    const answer = this.#answer;
    this.#answer = null;
    answer?.(report);
  }
}
