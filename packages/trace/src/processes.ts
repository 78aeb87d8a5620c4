/** Tasks, processes and who shares what: fork, vfork, clone, exec and exit, out of the calls of a trace. */

import { DescriptorTable } from "./descriptors.js";
import {
  CALL_CLONE,
  CALL_CLONE3,
  CALL_EXECVE,
  CALL_EXECVEAT,
  CALL_FORK,
  CALL_VFORK,
  RESULT_VALUE,
} from "./strace/call-numbers.js";
import type { ThreadEnd } from "./strace/reader.js";
import type { CallRecord } from "./strace/record.js";

const CLONE_VM = 0x100;
const CLONE_FILES = 0x400;
const CLONE_VFORK = 0x4000;
const CLONE_THREAD = 0x10000;

/** One address space's place in the story. What it holds is the listener's affair. */
export interface SpaceRef {
  /** Counts up from 1 in the order in which address spaces come into being. */
  readonly id: number;
  /** Tasks that use it. */
  users: number;
}

/** A thread. */
export interface Task {
  readonly tid: number;
  /** Thread group: the pid of its process. */
  readonly tgid: number;
  space: SpaceRef;
  files: DescriptorTable;
}

/** Told as the trace goes by. */
export interface ProcessListener {
  /** A fork, entered on `line`, copied `parent`'s address space into `child`, a new one. */
  forked(parent: Task, child: Task, line: number): void;
  /** exec gave the task a fresh address space, `task.space`, in place of `old`. */
  executed(task: Task, old: SpaceRef): void;
  /** The last user of an address space is gone. */
  released(space: SpaceRef): void;
}

/** A clone, fork or vfork whose child has not been named by its result yet. */
interface Birth {
  readonly parent: number;
  readonly line: number;
  readonly sharesSpace: boolean;
  readonly sharesFiles: boolean;
  readonly sharesGroup: boolean;
  /** The child, once a line of its own told it; 0 before. */
  child: number;
}

/** Whether a call makes a new task. */
export function isBirth(call: number): boolean {
  return call === CALL_CLONE || call === CALL_CLONE3 || call === CALL_FORK || call === CALL_VFORK;
}

/** Whether a call makes a new program. */
export function isExec(call: number): boolean {
  return call === CALL_EXECVE || call === CALL_EXECVEAT;
}

function birthOf(record: CallRecord): Birth {
  const vfork = record.call === CALL_VFORK;
  const plain = vfork || record.call === CALL_FORK;
  const flags = plain ? (vfork ? CLONE_VM | CLONE_VFORK : 0) : record.args[0]!;
  return {
    parent: record.pid,
    line: record.startLine,
    sharesSpace: (flags & CLONE_VM) !== 0,
    sharesFiles: (flags & CLONE_FILES) !== 0,
    sharesGroup: (flags & CLONE_THREAD) !== 0,
    child: 0,
  };
}

/**
 * The tasks of a trace. Feed it every record before anything else looks at the record's task.
 *
 * A child may speak before its parent's clone has returned. It is then taken for the child of the task that is inside
 * such a call; when several are, for that of the oldest call whose result is still to come (`guesses` counts these).
 * When the result names another child, `corrections` counts it.
 */
export class ProcessTable {
  readonly #tasks: Map<number, Task> = new Map();
  readonly #births: Birth[] = [];
  readonly #listener: ProcessListener;
  #spaces = 0;
  /** The task that `task` answered last: most lines are of the same one. */
  #last: Task | null = null;
  /** Tasks taken for the child of one of several possible parents. */
  guesses = 0;
  /** Of these, wrong ones. */
  corrections = 0;

  constructor(listener: ProcessListener) {
    this.#listener = listener;
  }

  /** All live tasks. */
  get tasks(): IterableIterator<Task> {
    return this.#tasks.values();
  }

  /** The task of that thread id, if it has been met. */
  peek(pid: number): Task | undefined {
    return this.#tasks.get(pid);
  }

  /** Any live task of a process (thread group), its leader if it lives. */
  ofProcess(tgid: number): Task | undefined {
    const leader = this.#tasks.get(tgid);
    if (leader !== undefined && leader.tgid === tgid) return leader;
    for (const task of this.#tasks.values()) if (task.tgid === tgid) return task;
    return undefined;
  }

  /**
   * The task of a thread id, met or new. A line without a pid belongs to the only task there is, or to the first. A
   * number never met is the child of a clone under way; else the first task under its real number (lines carry no
   * pid while there is one task); else a task of its own.
   */
  task(pid: number): Task {
    const last = this.#last;
    if (last !== null && last.tid === pid) return last;
    const known = this.#tasks.get(pid);
    if (known !== undefined) {
      this.#last = known;
      return known;
    }
    if (pid === 0) return this.#nameless();
    const open = this.#births.filter((birth) => birth.child === 0);
    const birth = open[0];
    if (birth !== undefined) {
      if (open.length > 1) this.guesses += 1;
      birth.child = pid;
      return this.#bear(birth, pid);
    }
    const nameless = this.#tasks.get(0);
    if (nameless !== undefined) return this.#rename(nameless, pid);
    return this.#add(pid, pid, this.#newSpace(), new DescriptorTable());
  }

  /** A call was entered (`<unfinished ...>`). */
  enter(record: CallRecord): void {
    const task = this.task(record.pid);
    if (isBirth(record.call)) this.#births.push({ ...birthOf(record), parent: task.tid });
  }

  /** A call is complete: forks, execs and descriptors are taken over. Returns the calling task. */
  complete(record: CallRecord): Task {
    const task = this.task(record.pid);
    if (isBirth(record.call)) this.#born(task, record);
    else if (isExec(record.call)) {
      if (record.resultKind === RESULT_VALUE && !record.injected) this.#exec(task);
    } else task.files = task.files.apply(record);
    return task;
  }

  /** A thread is gone. */
  exit(end: ThreadEnd): void {
    if (end.supersededBy > 0) {
      // A thread that was not the leader called exec, and goes on under the leader's number.
      const successor = this.#tasks.get(end.supersededBy);
      const leader = this.#tasks.get(end.pid);
      if (successor === undefined) return;
      if (leader !== undefined) this.#remove(leader);
      this.#rename(successor, end.pid);
      return;
    }
    const task = this.#tasks.get(end.pid) ?? (end.pid === 0 ? this.#onlyTask() : undefined);
    if (task !== undefined) this.#remove(task);
    const waiting = this.#births.findIndex((birth) => birth.parent === end.pid);
    if (waiting >= 0) this.#births.splice(waiting, 1);
  }

  #onlyTask(): Task | undefined {
    return this.#tasks.size === 1 ? this.#tasks.values().next().value : undefined;
  }

  #nameless(): Task {
    return this.#onlyTask() ?? this.#add(0, 0, this.#newSpace(), new DescriptorTable());
  }

  #newSpace(): SpaceRef {
    this.#spaces += 1;
    return { id: this.#spaces, users: 0 };
  }

  #add(tid: number, tgid: number, space: SpaceRef, files: DescriptorTable): Task {
    const task: Task = { tid, tgid, space, files };
    space.users += 1;
    this.#tasks.set(tid, task);
    return task;
  }

  #rename(task: Task, tid: number): Task {
    this.#last = null;
    this.#tasks.delete(task.tid);
    const renamed: Task = { ...task, tid, tgid: task.tgid === task.tid ? tid : task.tgid };
    this.#tasks.set(tid, renamed);
    for (const birth of this.#births) {
      if (birth.parent === task.tid) this.#births[this.#births.indexOf(birth)] = { ...birth, parent: tid };
    }
    return renamed;
  }

  #remove(task: Task): void {
    this.#last = null;
    this.#tasks.delete(task.tid);
    this.#leave(task.space);
  }

  #leave(space: SpaceRef): void {
    space.users -= 1;
    if (space.users === 0) this.#listener.released(space);
  }

  /** The clone's result: names the child, or says that there is none. */
  #born(task: Task, record: CallRecord): void {
    const index = this.#births.findIndex((birth) => birth.parent === task.tid);
    const birth = index < 0 ? birthOf(record) : this.#births[index]!;
    if (index >= 0) this.#births.splice(index, 1);
    const worked = record.resultKind === RESULT_VALUE && !record.injected && record.result > 0;
    if (!worked) return;
    const child = record.result;
    if (birth.child === child) return;
    if (birth.child !== 0) {
      // Another task had been taken for this child: it belongs to a clone whose result is still to come.
      this.corrections += 1;
      const other = this.#births.find((candidate) => candidate.child === 0 || candidate.child === child);
      if (other !== undefined) other.child = birth.child;
    }
    if (!this.#tasks.has(child)) this.#bear({ ...birth, parent: task.tid }, child);
  }

  #bear(birth: Birth, tid: number): Task {
    const parent = this.#tasks.get(birth.parent) ?? this.task(birth.parent);
    const files = birth.sharesFiles ? parent.files : parent.files.copy();
    const space = birth.sharesSpace ? parent.space : this.#newSpace();
    const child = this.#add(tid, birth.sharesGroup ? parent.tgid : tid, space, files);
    if (!birth.sharesSpace) this.#listener.forked(parent, child, birth.line);
    return child;
  }

  #exec(task: Task): void {
    const old = task.space;
    // The other threads of the process end without a word when one of them calls exec.
    for (const other of [...this.#tasks.values()]) {
      if (other !== task && other.tgid === task.tgid) this.#remove(other);
    }
    task.space = this.#newSpace();
    task.space.users = 1;
    task.files = task.files.copy();
    task.files.exec();
    this.#listener.executed(task, old);
    this.#leave(old);
  }
}
