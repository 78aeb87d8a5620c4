/** Which open file a descriptor is: open, dup, close, fork, exec. A mapping needs it for its identity and its rights. */

import { type FileKind, FileObject, MAP_ANONYMOUS, OpenFile } from "@vma/core";
import {
  CALL_CLOSE,
  CALL_CLOSE_RANGE,
  CALL_CREAT,
  CALL_DUP,
  CALL_DUP2,
  CALL_DUP3,
  CALL_FCNTL,
  CALL_IO_URING_SETUP,
  CALL_MEMFD_CREATE,
  CALL_MEMFD_SECRET,
  CALL_MMAP,
  CALL_OPEN,
  CALL_OPENAT,
  CALL_OPENAT2,
  CALL_USERFAULTFD,
  RESULT_VALUE,
} from "./strace/call-numbers.js";
import type { CallRecord } from "./strace/record.js";

const O_ACCMODE = 3;
const O_WRONLY = 1;
const O_RDWR = 2;
const O_CLOEXEC = 0o2000000;
const O_PATH = 0o10000000;
const F_DUPFD = 0;
const F_SETFD = 2;
const F_DUPFD_CLOEXEC = 1030;
const FD_CLOEXEC = 1;
const MFD_CLOEXEC = 1;
const CLOSE_RANGE_UNSHARE = 2;
const CLOSE_RANGE_CLOEXEC = 4;
const ERRNO_EBADF = 9;
const NO_BYTES = new Uint8Array(0);

/** What `/proc` and strace -y print behind the path of an unlinked file. */
const DELETED = " (deleted)";

/** How a trace knows an open file. */
export type FileKnowledge =
  /** Its open call is in the trace. */
  | "opened"
  /** Only met as a descriptor: inherited, or received over a socket. Its mode is assumed to be read and write. */
  | "assumed";

/**
 * An open file (`struct file`) as far as the trace tells. Descriptors that were duplicated or inherited share one.
 */
export class OpenDescription {
  /** As /proc/PID/maps would print it, "(deleted)" included; "" when the trace does not tell. */
  path: string;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly knowledge: FileKnowledge;
  #file: OpenFile | null = null;
  /** The annotation that gave `path`, as it stood in the trace: the same bytes need no decoding. */
  #annotation: Uint8Array = NO_BYTES;
  #annotatedDeleted = false;

  constructor(path: string, readable: boolean, writable: boolean, knowledge: FileKnowledge) {
    this.path = path;
    this.readable = readable;
    this.writable = writable;
    this.knowledge = knowledge;
  }

  /** @internal Takes the path over that strace -y prints behind the record's first descriptor, if it prints one. */
  annotate(record: CallRecord): void {
    if (record.fdEnd === 0) return;
    if (record.fdDeleted === this.#annotatedDeleted && record.fdPathIs(this.#annotation)) return;
    this.#annotation = record.bytes.slice(record.fdStart, record.fdEnd);
    this.#annotatedDeleted = record.fdDeleted;
    this.path = record.fdPath + (record.fdDeleted ? DELETED : "");
  }

  /** The engine's record of it; made when the first mapping needs it, since most open files are never mapped. */
  get file(): OpenFile {
    if (this.#file === null) {
      const { path, readable, writable } = this;
      this.#file = new OpenFile({
        path,
        readable,
        writable,
        kind: kindOf(path),
        object: new FileObject(path),
      });
    }
    return this.#file;
  }
}

function kindOf(path: string): FileKind {
  if (path === "/dev/zero") return "zero";
  return path.startsWith("/memfd:") || path.startsWith("/dev/shm/") ? "shmem" : "regular";
}

interface Entry {
  readonly description: OpenDescription;
  closeOnExec: boolean;
}

/** The descriptors of one or more tasks (`files_struct`). */
export class DescriptorTable {
  readonly #entries: Map<number, Entry> = new Map();

  /** Number of descriptors known. */
  get size(): number {
    return this.#entries.size;
  }

  /** The open file behind a descriptor, or null. */
  get(fd: number): OpenDescription | null {
    return this.#entries.get(fd)?.description ?? null;
  }

  /** Puts an open file at a number, in place of what was there. */
  set(fd: number, description: OpenDescription, closeOnExec: boolean): void {
    this.#entries.set(fd, { description, closeOnExec });
  }

  /** A table of its own with the same open files (fork, unshare). */
  copy(): DescriptorTable {
    const copy = new DescriptorTable();
    for (const [fd, entry] of this.#entries) copy.#entries.set(fd, { ...entry });
    return copy;
  }

  /** What a successful exec does: descriptors marked close-on-exec are closed. */
  exec(): void {
    for (const [fd, entry] of this.#entries) if (entry.closeOnExec) this.#entries.delete(fd);
  }

  /**
   * The open file that a mapping's descriptor refers to. One that the trace never saw opened gets an identity of its
   * own, by number and path, and is assumed to be readable and writable. A path that changed (renamed, unlinked) is
   * taken over. Null for a bad descriptor without annotation.
   */
  resolve(fd: number, path: string | null, deleted: boolean): OpenDescription | null {
    const known = this.#entries.get(fd)?.description;
    const current = path === null ? null : path + (deleted ? DELETED : "");
    if (known !== undefined) {
      if (current !== null) known.path = current;
      return known;
    }
    if (fd < 0) return null;
    const assumed = new OpenDescription(current ?? "", true, true, "assumed");
    this.set(fd, assumed, false);
    return assumed;
  }

  /** @internal The open file that the record's mapping descriptor `fd` refers to; as `resolve`. */
  resolveFor(fd: number, record: CallRecord): OpenDescription | null {
    const known = this.#entries.get(fd)?.description;
    if (known === undefined) return this.resolve(fd, record.fdPath, record.fdDeleted);
    known.annotate(record);
    return known;
  }

  /** @internal The engine's record of the open file that a call maps, or null. */
  mappedBy(record: CallRecord): OpenFile | null {
    if (record.call !== CALL_MMAP || (record.args[3]! & MAP_ANONYMOUS) !== 0) return null;
    return this.resolveFor(record.args[4]!, record)?.file ?? null;
  }

  /** Takes over what a call did to descriptors. Returns a table to use from now on: another one after an unshare. */
  apply(record: CallRecord): DescriptorTable {
    const { args } = record;
    const worked = record.resultKind === RESULT_VALUE && !record.injected;
    switch (record.call) {
      case CALL_OPEN:
        if (worked) this.#open(record, args[1]!);
        break;
      case CALL_OPENAT:
      case CALL_OPENAT2:
        if (worked) this.#open(record, args[2]!);
        break;
      case CALL_CREAT:
        if (worked) this.#open(record, O_WRONLY);
        break;
      case CALL_MEMFD_CREATE: {
        if (!worked) break;
        const flags = args[1]!;
        this.#define(
          record,
          `/memfd:${record.text ?? ""}${DELETED}`,
          true,
          true,
          (flags & MFD_CLOEXEC) !== 0,
        );
        break;
      }
      case CALL_MEMFD_SECRET:
        if (worked) this.#define(record, `/secretmem${DELETED}`, true, true, (args[0]! & O_CLOEXEC) !== 0);
        break;
      case CALL_USERFAULTFD:
        if (worked)
          this.#define(record, "anon_inode:[userfaultfd]", true, true, (args[0]! & O_CLOEXEC) !== 0);
        break;
      case CALL_IO_URING_SETUP:
        // io_uring sets close-on-exec on its descriptor unasked.
        if (worked) this.#define(record, "anon_inode:[io_uring]", true, true, true);
        break;
      case CALL_CLOSE:
        // A close that fails other than with EBADF has closed the descriptor all the same.
        if (!record.injected && record.error !== ERRNO_EBADF) this.#entries.delete(args[0]!);
        break;
      case CALL_CLOSE_RANGE:
        return worked ? this.#closeRange(args[0]!, args[1]!, args[2]!) : this;
      case CALL_DUP:
      case CALL_DUP2:
        if (worked) this.#duplicate(record, false);
        break;
      case CALL_DUP3:
        if (worked) this.#duplicate(record, (args[2]! & O_CLOEXEC) !== 0);
        break;
      case CALL_FCNTL:
        if (worked) this.#control(record);
        break;
      default:
    }
    return this;
  }

  #open(record: CallRecord, flags: number): void {
    const mode = flags & O_ACCMODE;
    const onlyPath = (flags & O_PATH) !== 0;
    const readable = !onlyPath && (mode === 0 || mode === O_RDWR);
    const writable = !onlyPath && (mode === O_WRONLY || mode === O_RDWR);
    // Without -y only an absolute path is what /proc will print, symbolic links apart.
    const text = record.text ?? "";
    this.#define(record, text.startsWith("/") ? text : "", readable, writable, (flags & O_CLOEXEC) !== 0);
  }

  #define(
    record: CallRecord,
    path: string,
    readable: boolean,
    writable: boolean,
    closeOnExec: boolean,
  ): void {
    const annotated = record.resultPath;
    const shown = annotated === null ? path : annotated + (record.resultDeleted ? DELETED : "");
    this.set(record.result, new OpenDescription(shown, readable, writable, "opened"), closeOnExec);
  }

  #duplicate(record: CallRecord, closeOnExec: boolean): void {
    const from = record.args[0]!;
    if (from === record.result) return;
    const description = this.resolve(from, record.fdPath, record.fdDeleted);
    if (description !== null) this.set(record.result, description, closeOnExec);
  }

  #control(record: CallRecord): void {
    const command = record.args[1]!;
    if (command === F_DUPFD || command === F_DUPFD_CLOEXEC)
      this.#duplicate(record, command === F_DUPFD_CLOEXEC);
    else if (command === F_SETFD) {
      const entry = this.#entries.get(record.args[0]!);
      if (entry !== undefined) entry.closeOnExec = (record.args[2]! & FD_CLOEXEC) !== 0;
    }
  }

  #closeRange(first: number, last: number, flags: number): DescriptorTable {
    const table = (flags & CLOSE_RANGE_UNSHARE) !== 0 ? this.copy() : this;
    for (const [fd, entry] of table.#entries) {
      if (fd < first || fd > last) continue;
      if ((flags & CLOSE_RANGE_CLOEXEC) !== 0) entry.closeOnExec = true;
      else table.#entries.delete(fd);
    }
    return table;
  }
}
