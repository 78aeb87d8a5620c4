/**
 * The numbers of the calls that the reader decodes, of which calls.ts has the rest, and what their results can be.
 *
 * Constants that every line needs stand in files that import nothing: only from such a file does the bundler put numbers
 * in place, where the JS engine would load and check a variable each time.
 */

/** Argument slots (`CallRecord.args`) follow the call's own order, here and below, unless said otherwise. */
export const CALL_MMAP: number = 1;
export const CALL_MUNMAP: number = 2;
export const CALL_MPROTECT: number = 3;
export const CALL_PKEY_MPROTECT: number = 4;
export const CALL_BRK: number = 5;
export const CALL_MREMAP: number = 6;
export const CALL_MADVISE: number = 7;
export const CALL_MLOCK: number = 9;
export const CALL_MLOCK2: number = 10;
export const CALL_MUNLOCK: number = 11;
export const CALL_MLOCKALL: number = 12;
export const CALL_MUNLOCKALL: number = 13;
export const CALL_MBIND: number = 14;
export const CALL_SHMGET: number = 17;
export const CALL_SHMAT: number = 18;
export const CALL_SHMDT: number = 19;
export const CALL_USERFAULTFD: number = 21;
export const CALL_REMAP_FILE_PAGES: number = 22;
/** Printed by its number, with all six registers, by a strace that does not know it. */
export const CALL_MSEAL: number = 23;
/** option, then the option's own arguments; PR_SET_VMA's name is the record's text. */
export const CALL_PRCTL: number = 24;
/** Slot 1 is the ring's address. */
export const CALL_IO_SETUP: number = 25;
export const CALL_IO_DESTROY: number = 26;
/** pid, resource, new soft, new hard (NaN when the pointer is NULL); the old limits are slots 4 and 5. */
export const CALL_PRLIMIT64: number = 30;
/** resource, soft, hard. */
export const CALL_SETRLIMIT: number = 31;
export const CALL_OPEN: number = 32;
export const CALL_OPENAT: number = 33;
/** dirfd, path, flags, mode. */
export const CALL_OPENAT2: number = 34;
export const CALL_CREAT: number = 35;
export const CALL_CLOSE: number = 36;
export const CALL_CLOSE_RANGE: number = 37;
export const CALL_DUP: number = 38;
export const CALL_DUP2: number = 39;
export const CALL_DUP3: number = 40;
export const CALL_FCNTL: number = 41;
export const CALL_MEMFD_CREATE: number = 42;
export const CALL_MEMFD_SECRET: number = 43;
export const CALL_IO_URING_SETUP: number = 44;
export const CALL_EXECVE: number = 45;
export const CALL_EXECVEAT: number = 46;
export const CALL_FORK: number = 47;
export const CALL_VFORK: number = 48;
/** Slots: flags (exit signal in the low byte), nothing, stack. */
export const CALL_CLONE: number = 49;
/** Slots: flags, exit signal, stack, stack size. */
export const CALL_CLONE3: number = 50;
export const CALL_EXIT: number = 51;
export const CALL_EXIT_GROUP: number = 52;

/** Numbers from here on are names of no interest. */
export const FIRST_OTHER = 1000;

/** The call returned a value (or an address). */
export const RESULT_VALUE = 0;
/** The call failed: `error` holds the number. */
export const RESULT_ERROR = 1;
/** `?`: the process was gone before the result was known. */
export const RESULT_UNKNOWN = 2;
/** The call has only been entered (`<unfinished ...>`). */
export const RESULT_PENDING = 3;
