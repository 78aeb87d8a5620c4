/** Who shares which address space. */

import { describe, expect, it } from "vitest";
import { ProcessTable } from "../src/processes.js";
import { StraceReader } from "../src/strace/reader.js";
import { encodeText } from "../src/text.js";

/** What a trace does to address spaces, in words. */
function story(lines: string): { told: string[]; table: ProcessTable } {
  const told: string[] = [];
  const table: ProcessTable = new ProcessTable({
    forked: (parent, child) =>
      told.push(`${child.tid} copies ${parent.space.id} of ${parent.tid} as ${child.space.id}`),
    executed: (task, old) => told.push(`${task.tid} leaves ${old.id} for ${task.space.id}`),
    released: (space) => told.push(`${space.id} is gone`),
  });
  const reader = new StraceReader({
    call(record) {
      table.complete(record);
      return undefined;
    },
    enter(record) {
      table.enter(record);
      return undefined;
    },
    exit: (end) => table.exit(end),
  });
  reader.push(encodeText(lines));
  expect(reader.end().unparsed).toBe(0);
  return { told, table };
}

const spaces = (table: ProcessTable): string[] =>
  [...table.tasks].map(({ tid, tgid, space }) => `${tid}/${tgid}:${space.id}`);

describe("processes", () => {
  it("fork copies, threads and vfork share, exec starts anew", () => {
    const { told, table } = story(`10 brk(NULL) = 0x1000
10 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD) = 11
10 clone3({flags=CLONE_VM|CLONE_FILES|CLONE_THREAD, stack=0x7f}, 88) = 12
10 vfork( <unfinished ...>
13 execve("/bin/true", ["true"], 0x7f /* 1 var */) = 0
10 <... vfork resumed>) = 13
11 +++ exited with 0 +++
`);
    expect(told).toEqual(["11 copies 1 of 10 as 2", "13 leaves 1 for 3", "2 is gone"]);
    expect(spaces(table)).toEqual(["10/10:1", "12/10:1", "13/13:3"]);
  });

  it("a child may speak before its parent's clone returns", () => {
    const { told, table } = story(`10 clone(child_stack=NULL, flags=SIGCHLD <unfinished ...>
11 brk(NULL) = 0x1000
10 <... clone resumed>) = 11
11 mmap(NULL, 4096, 0, 0x22, -1, 0) = 0x7f
`);
    expect(told).toEqual(["11 copies 1 of 10 as 2"]);
    expect([table.guesses, table.corrections]).toEqual([0, 0]);
  });

  it("a guess between two parents is counted, and put right", () => {
    const { table } = story(`10 clone(child_stack=NULL, flags=CLONE_VM|SIGCHLD) = 20
10 clone(child_stack=NULL, flags=SIGCHLD <unfinished ...>
20 clone(child_stack=NULL, flags=SIGCHLD <unfinished ...>
31 brk(NULL) = 0x1000
10 <... clone resumed>) = 30
20 <... clone resumed>) = 31
`);
    expect([table.guesses, table.corrections]).toEqual([1, 1]);
    expect([...table.tasks].map(({ tid }) => tid).sort()).toEqual([10, 20, 30, 31]);
  });

  it("an exec ends the other threads, whoever calls it", () => {
    const { told, table } = story(`1 clone3({flags=CLONE_VM|CLONE_THREAD, stack=0x7f}, 88) = 2
2 execve("/bin/true", ["true"], 0x7f /* 1 var */ <unfinished ...>
1 +++ superseded by execve in pid 2 +++
1 <... execve resumed>) = 0
1 brk(NULL) = 0x1000
`);
    expect(told).toEqual(["1 leaves 1 for 2", "1 is gone"]);
    expect(spaces(table)).toEqual(["1/1:2"]);
  });

  it("lines without a pid belong to the only task", () => {
    const { told, table } = story(`brk(NULL) = 0x1000
clone(child_stack=NULL, flags=SIGCHLD) = 6
[pid     5] brk(NULL) = 0x1000
[pid     6] brk(NULL) = 0x1000
[pid     6] +++ exited with 0 +++
brk(NULL) = 0x1000
+++ exited with 0 +++
`);
    expect(told).toEqual(["6 copies 1 of 0 as 2", "2 is gone", "1 is gone"]);
    expect(spaces(table)).toEqual([]);
  });

  it("failed and made-up calls make nobody", () => {
    const { told, table } =
      story(`1 clone(child_stack=NULL, flags=SIGCHLD) = -1 EAGAIN (Resource temporarily unavailable)
1 fork() = 9 (INJECTED)
1 execve("/x", [], NULL) = -1 ENOENT (No such file or directory)
`);
    expect(told).toEqual([]);
    expect(spaces(table)).toEqual(["1/1:1"]);
  });

  it("descriptors are shared by threads and copied by forks", () => {
    const { table } = story(`1 clone3({flags=CLONE_VM|CLONE_FILES|CLONE_THREAD, stack=0x7f}, 88) = 2
1 clone(child_stack=NULL, flags=SIGCHLD) = 3
2 openat(AT_FDCWD, "/a", O_RDONLY|O_CLOEXEC) = 3
3 openat(AT_FDCWD, "/b", O_RDONLY) = 4
`);
    expect([...table.tasks].map(({ files }) => files.size)).toEqual([1, 1, 1]);
    expect(table.ofProcess(1)!.files.get(3)!.path).toBe("/a");
    expect(table.ofProcess(3)!.files.get(4)!.path).toBe("/b");
  });
});
