/** Which open file a descriptor is. */

import { describe, expect, it } from "vitest";
import { DescriptorTable } from "../src/descriptors.js";
import { StraceReader } from "../src/strace/reader.js";
import { encodeText } from "../src/text.js";

/** The table after these lines, starting from `table`. */
function after(lines: string, start: DescriptorTable = new DescriptorTable()): DescriptorTable {
  let table = start;
  const reader = new StraceReader({
    call(record) {
      table = table.apply(record);
      return undefined;
    },
  });
  reader.push(encodeText(lines));
  expect(reader.end().unparsed).toBe(0);
  return table;
}

describe("descriptors", () => {
  it("know how a file was opened", () => {
    const table = after(`openat(AT_FDCWD</>, "/a", O_RDONLY) = 3</a>
open("/b", O_WRONLY|O_CREAT, 0600) = 4
openat(AT_FDCWD</>, "/tmp", O_RDWR|O_TMPFILE, 0600) = 5</tmp/#7>(deleted)
openat2(AT_FDCWD</>, "/c", {flags=O_RDWR, resolve=0}, 24) = 6</c>
openat(AT_FDCWD</>, "/d", O_RDONLY|O_PATH) = 7</d>
creat("e", 0600) = 8
openat(AT_FDCWD</>, "/f", O_RDONLY) = -1 ENOENT (No such file or directory)
memfd_create("x", MFD_CLOEXEC) = 9
`);
    const seen = [3, 4, 5, 6, 7, 8, 9].map((fd) => {
      const { path, readable, writable } = table.get(fd)!;
      return `${path} ${readable ? "r" : "-"}${writable ? "w" : "-"}`;
    });
    expect(seen).toEqual([
      "/a r-",
      "/b -w",
      "/tmp/#7 (deleted) rw",
      "/c rw",
      "/d --",
      " -w",
      "/memfd:x (deleted) rw",
    ]);
    expect(table.get(9)!.file.kind).toBe("shmem");
    expect(table.size).toBe(7);
  });

  it("share an open file when duplicated, and only then", () => {
    const table = after(`openat(AT_FDCWD, "/a", O_RDONLY) = 3
openat(AT_FDCWD, "/a", O_RDONLY) = 4
dup(3) = 5
dup2(3, 4) = 4
dup3(3, 20, O_CLOEXEC) = 20
fcntl(3, F_DUPFD, 10) = 10
fcntl(3, F_DUPFD_CLOEXEC, 10) = 11
openat(AT_FDCWD, "/a", O_RDONLY) = 6
`);
    const file = table.get(3)!.file;
    for (const fd of [4, 5, 10, 11, 20]) expect(table.get(fd)!.file).toBe(file);
    expect(table.get(6)!.file).not.toBe(file);
    table.exec();
    expect([3, 4, 5, 6, 10, 11, 20].filter((fd) => table.get(fd) !== null)).toEqual([3, 4, 5, 6, 10]);
  });

  it("are closed one by one, in ranges, and at exec", () => {
    const opened = "1 2 3 4 5 6".split(" ").map((fd) => `openat(AT_FDCWD, "/a", O_RDONLY) = ${fd}\n`);
    const table = after(`${opened.join("")}close(1) = 0
close(2) = -1 EBADF (Bad file descriptor)
close_range(3, 4, 0) = 0
close_range(6, 4294967295, CLOSE_RANGE_CLOEXEC) = 0
fcntl(5, F_SETFD, FD_CLOEXEC) = 0
fcntl(5, F_SETFD, 0) = 0
close(2) = -1 EIO (Input/output error)
`);
    expect([1, 2, 3, 4, 5, 6].filter((fd) => table.get(fd) !== null)).toEqual([5, 6]);
    table.exec();
    expect(table.size).toBe(1);
  });

  it("are copied by fork, and by an unsharing close_range", () => {
    const parent = after('openat(AT_FDCWD, "/a", O_RDONLY) = 3\n');
    const child = parent.copy();
    after("close(3) = 0\n", child);
    expect([parent.size, child.size]).toEqual([1, 0]);
    const own = after("close_range(3, 3, CLOSE_RANGE_UNSHARE) = 0\n", parent);
    expect([parent.size, own.size]).toEqual([1, 0]);
  });

  it("that were never seen opened have an identity of their own", () => {
    const table = new DescriptorTable();
    const first = table.resolve(5, "/x", false)!;
    expect(first).toMatchObject({ path: "/x", readable: true, writable: true, knowledge: "assumed" });
    expect(table.resolve(5, "/x", true)).toBe(first);
    expect(first.path).toBe("/x (deleted)");
    expect(table.resolve(-1, null, false)).toBeNull();
  });

  it("take no notice of what strace made up", () => {
    expect(after('openat(AT_FDCWD, "/a", O_RDONLY) = 3 (INJECTED)\n').size).toBe(0);
  });
});
