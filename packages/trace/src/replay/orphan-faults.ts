/** Page faults of processes that no line of the trace has told of yet: a child may touch memory before. */

import type { QueuedFault } from "./fault-queue.js";

/** Faults that are kept until the birth of their process is read; when there are more, all are forgotten. */
const MAX_ORPHANS = 100_000;

export class OrphanFaults {
  readonly #byProcess: Map<number, QueuedFault[]> = new Map();
  #count = 0;

  /** Whether no process is waited for. */
  get isEmpty(): boolean {
    return this.#byProcess.size === 0;
  }

  /** Keeps a fault. */
  keep(fault: QueuedFault): void {
    if (this.#count >= MAX_ORPHANS) {
      this.#byProcess.clear();
      this.#count = 0;
    }
    const list = this.#byProcess.get(fault.pid);
    if (list === undefined) this.#byProcess.set(fault.pid, [fault]);
    else list.push(fault);
    this.#count += 1;
  }

  /** Takes the faults of processes that have been born out, and hands them on in order. */
  adopt(isBorn: (pid: number) => boolean, apply: (fault: QueuedFault) => void): void {
    for (const [pid, list] of this.#byProcess) {
      if (!isBorn(pid)) continue;
      this.#byProcess.delete(pid);
      this.#count -= list.length;
      for (const fault of list) apply(fault);
    }
  }
}
