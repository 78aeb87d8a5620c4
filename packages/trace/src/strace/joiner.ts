/** Calls printed in two parts: what was entered waits here, by thread, for its `<... resumed>` line. */

/** First part of a call. */
export interface PendingCall {
  readonly call: number;
  /** The text behind `name(`, up to ` <unfinished ...>`. */
  readonly text: Uint8Array;
  readonly line: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** Threads that may be inside a call at once; a trace with more is not one. */
const MAX_PENDING = 65_536;

/** Waiting calls of all threads. Memory is bounded by MAX_PENDING lines. */
export class Joiner {
  readonly #pending: Map<number, PendingCall> = new Map();

  get size(): number {
    return this.#pending.size;
  }

  /**
   * Keeps a copy of the first part. Returns the part it replaces, when the thread never came back from an earlier
   * call, or "full".
   */
  enter(pid: number, call: PendingCall): PendingCall | "full" | undefined {
    const before = this.#pending.get(pid);
    if (before === undefined && this.#pending.size >= MAX_PENDING) return "full";
    this.#pending.set(pid, { ...call, text: call.text.slice() });
    return before;
  }

  /** The thread's waiting call, taken out. */
  resume(pid: number): PendingCall | undefined {
    const call = this.#pending.get(pid);
    if (call !== undefined) this.#pending.delete(pid);
    return call;
  }

  /** The thread that waits in `call`, when only one does; else -1. */
  onlyOneIn(call: number): number {
    let found = -1;
    for (const [pid, pending] of this.#pending) {
      if (pending.call !== call) continue;
      if (found >= 0) return -1;
      found = pid;
    }
    return found;
  }

  /** Thread `from` goes on under the number `to`: execve by a thread that was not the leader. */
  rename(from: number, to: number): void {
    const call = this.resume(from);
    if (call !== undefined) this.#pending.set(to, call);
  }

  /** Everything that still waits, oldest first, and forgets it. */
  drain(): PendingCall[] {
    const rest = [...this.#pending.values()];
    this.#pending.clear();
    return rest;
  }
}
