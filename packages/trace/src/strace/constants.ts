/** The symbolic constants that strace prints in the arguments of the calls this package reads, as x86-64 numbers them. */

import { NameTrie } from "./name-trie.js";

type Names = Readonly<Record<string, number>>;

/** Written for reading: one prefix, then its names. */
function prefixed(prefix: string, names: Names): [string, number][] {
  return Object.entries(names).map(([name, value]) => [prefix + name, value]);
}

/** Names whose numbers count up from `first`. */
function counted(prefix: string, first: number, names: string): [string, number][] {
  return names.split(" ").map((name, index) => [prefix + name, first + index]);
}

const MEMORY: [string, number][] = [
  ["NULL", 0],
  ...prefixed("PROT_", {
    NONE: 0,
    READ: 1,
    WRITE: 2,
    EXEC: 4,
    SEM: 8,
    GROWSDOWN: 0x1000000,
    GROWSUP: 0x2000000,
  }),
  ...prefixed("MAP_", {
    FILE: 0,
    SHARED: 1,
    PRIVATE: 2,
    SHARED_VALIDATE: 3,
    DROPPABLE: 8,
    FIXED: 0x10,
    ANONYMOUS: 0x20,
    ANON: 0x20,
    "32BIT": 0x40,
    ABOVE4G: 0x80,
    GROWSDOWN: 0x100,
    DENYWRITE: 0x800,
    EXECUTABLE: 0x1000,
    LOCKED: 0x2000,
    NORESERVE: 0x4000,
    POPULATE: 0x8000,
    NONBLOCK: 0x10000,
    STACK: 0x20000,
    HUGETLB: 0x40000,
    SYNC: 0x80000,
    FIXED_NOREPLACE: 0x100000,
    UNINITIALIZED: 0x4000000,
    HUGE_SHIFT: 26,
  }),
  ...prefixed("MREMAP_", { MAYMOVE: 1, FIXED: 2, DONTUNMAP: 4 }),
  ...counted("MADV_", 0, "NORMAL RANDOM SEQUENTIAL WILLNEED DONTNEED"),
  ...counted(
    "MADV_",
    8,
    "FREE REMOVE DONTFORK DOFORK MERGEABLE UNMERGEABLE HUGEPAGE NOHUGEPAGE DONTDUMP DODUMP WIPEONFORK KEEPONFORK " +
      "COLD PAGEOUT POPULATE_READ POPULATE_WRITE DONTNEED_LOCKED COLLAPSE",
  ),
  ...counted("MADV_", 100, "HWPOISON SOFT_OFFLINE GUARD_INSTALL GUARD_REMOVE"),
  ...prefixed("MCL_", { CURRENT: 1, FUTURE: 2, ONFAULT: 4 }),
  ["MLOCK_ONFAULT", 1],
  ...counted("MPOL_", 0, "DEFAULT PREFERRED BIND INTERLEAVE LOCAL PREFERRED_MANY WEIGHTED_INTERLEAVE"),
  ...prefixed("MPOL_", {
    F_NUMA_BALANCING: 0x2000,
    F_RELATIVE_NODES: 0x4000,
    F_STATIC_NODES: 0x8000,
    MF_STRICT: 1,
    MF_MOVE: 2,
    MF_MOVE_ALL: 4,
  }),
  ...prefixed("PKEY_", { DISABLE_ACCESS: 1, DISABLE_WRITE: 2 }),
  ["UFFD_USER_MODE_ONLY", 1],
];

const SHARED_MEMORY: [string, number][] = [
  ...prefixed("IPC_", { PRIVATE: 0, RMID: 0, SET: 1, STAT: 2, INFO: 3, "64": 0x100 }),
  ...prefixed("IPC_", { CREAT: 0o1000, EXCL: 0o2000, NOWAIT: 0o4000 }),
  ...prefixed("SHM_", { HUGETLB: 0o4000, NORESERVE: 0o10000, HUGE_SHIFT: 26 }),
  ...prefixed("SHM_", { RDONLY: 0o10000, RND: 0o20000, REMAP: 0o40000, EXEC: 0o100000 }),
  ...prefixed("SHM_", { LOCK: 11, UNLOCK: 12, STAT: 13, INFO: 14, STAT_ANY: 15 }),
];

const FILES: [string, number][] = [
  ["AT_FDCWD", -100],
  ...prefixed("AT_", { EMPTY_PATH: 0x1000, SYMLINK_NOFOLLOW: 0x100 }),
  ...prefixed("O_", {
    RDONLY: 0,
    WRONLY: 1,
    RDWR: 2,
    ACCMODE: 3,
    CREAT: 0o100,
    EXCL: 0o200,
    NOCTTY: 0o400,
    TRUNC: 0o1000,
    APPEND: 0o2000,
    NONBLOCK: 0o4000,
    DSYNC: 0o10000,
    ASYNC: 0o20000,
    DIRECT: 0o40000,
    LARGEFILE: 0o100000,
    DIRECTORY: 0o200000,
    NOFOLLOW: 0o400000,
    NOATIME: 0o1000000,
    CLOEXEC: 0o2000000,
    SYNC: 0o4010000,
    PATH: 0o10000000,
    TMPFILE: 0o20200000,
  }),
  ["__O_SYNC", 0o4000000],
  ["__O_TMPFILE", 0o20000000],
  ["FASYNC", 0o20000],
  ["FMODE_EXEC", 0x20],
  ["FD_CLOEXEC", 1],
  ...counted("F_", 0, "DUPFD GETFD SETFD GETFL SETFL GETLK SETLK SETLKW SETOWN GETOWN SETSIG GETSIG"),
  ...prefixed("F_", { SETOWN_EX: 15, GETOWN_EX: 16, OFD_GETLK: 36, OFD_SETLK: 37, OFD_SETLKW: 38 }),
  ...prefixed("F_", { SETLEASE: 1024, GETLEASE: 1025, NOTIFY: 1026, DUPFD_QUERY: 1027, CREATED_QUERY: 1028 }),
  ...prefixed("F_", {
    DUPFD_CLOEXEC: 1030,
    SETPIPE_SZ: 1031,
    GETPIPE_SZ: 1032,
    ADD_SEALS: 1033,
    GET_SEALS: 1034,
  }),
  ...prefixed("MFD_", {
    CLOEXEC: 1,
    ALLOW_SEALING: 2,
    HUGETLB: 4,
    NOEXEC_SEAL: 8,
    EXEC: 0x10,
    HUGE_SHIFT: 26,
  }),
  ...prefixed("CLOSE_RANGE_", { UNSHARE: 2, CLOEXEC: 4 }),
];

const PROCESSES: [string, number][] = [
  ...prefixed("CLONE_", {
    NEWTIME: 0x80,
    VM: 0x100,
    FS: 0x200,
    FILES: 0x400,
    SIGHAND: 0x800,
    PIDFD: 0x1000,
    PTRACE: 0x2000,
    VFORK: 0x4000,
    PARENT: 0x8000,
    THREAD: 0x10000,
    NEWNS: 0x20000,
    SYSVSEM: 0x40000,
    SETTLS: 0x80000,
    PARENT_SETTID: 0x100000,
    CHILD_CLEARTID: 0x200000,
    DETACHED: 0x400000,
    UNTRACED: 0x800000,
    CHILD_SETTID: 0x1000000,
    NEWCGROUP: 0x2000000,
    NEWUTS: 0x4000000,
    NEWIPC: 0x8000000,
    NEWUSER: 0x10000000,
    NEWPID: 0x20000000,
    NEWNET: 0x40000000,
    IO: 0x80000000,
    CLEAR_SIGHAND: 0x100000000,
    INTO_CGROUP: 0x200000000,
  }),
  ...counted(
    "SIG",
    1,
    "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG " +
      "XCPU XFSZ VTALRM PROF WINCH IO PWR SYS",
  ),
  ...counted(
    "RLIMIT_",
    0,
    "CPU FSIZE DATA STACK CORE RSS NPROC NOFILE MEMLOCK AS LOCKS SIGPENDING MSGQUEUE NICE RTPRIO RTTIME",
  ),
  ["RLIM_INFINITY", 2 ** 64],
  ["RLIM64_INFINITY", 2 ** 64],
  ...prefixed("PR_", {
    SET_NAME: 15,
    SET_MM: 35,
    SET_THP_DISABLE: 41,
    GET_THP_DISABLE: 42,
    SET_MDWE: 65,
    GET_MDWE: 66,
    SET_MEMORY_MERGE: 67,
    GET_MEMORY_MERGE: 68,
    SET_VMA: 0x53564d41,
    SET_VMA_ANON_NAME: 0,
    MDWE_REFUSE_EXEC_GAIN: 1,
    MDWE_NO_INHERIT: 2,
  }),
  ...prefixed("", { ADDR_NO_RANDOMIZE: 0x40000, MMAP_PAGE_ZERO: 0x100000, ADDR_COMPAT_LAYOUT: 0x200000 }),
  ...prefixed("", { READ_IMPLIES_EXEC: 0x400000, ADDR_LIMIT_32BIT: 0x800000, SHORT_INODE: 0x1000000 }),
  ...prefixed("", { WHOLE_SECONDS: 0x2000000, STICKY_TIMEOUTS: 0x4000000, ADDR_LIMIT_3GB: 0x8000000 }),
  ...prefixed("PER_", { LINUX: 0, LINUX32: 8 }),
];

/** Every constant above by name. */
export const CONSTANTS: NameTrie = new NameTrie([...MEMORY, ...SHARED_MEMORY, ...FILES, ...PROCESSES]);

const ERRNO_TEXT =
  "EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST " +
  "EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE " +
  "EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP - ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG EUNATCH " +
  "ENOCSI EL2HLT EBADE EBADR EXFULL ENOANO EBADRQC EBADSLT - EBFONT ENOSTR ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE " +
  "ENOLINK EADV ESRMNT ECOMM EPROTO EMULTIHOP EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ EBADFD EREMCHG ELIBACC ELIBBAD " +
  "ELIBSCN ELIBMAX ELIBEXEC EILSEQ ERESTART ESTRPIPE EUSERS ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT " +
  "EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN " +
  "ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT " +
  "ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ESTALE EUCLEAN ENOTNAM ENAVAIL EISNAM EREMOTEIO EDQUOT " +
  "ENOMEDIUM EMEDIUMTYPE ECANCELED ENOKEY EKEYEXPIRED EKEYREVOKED EKEYREJECTED EOWNERDEAD ENOTRECOVERABLE ERFKILL " +
  "EHWPOISON";

const ERRNO_NAMES: Map<number, string> = new Map(
  ERRNO_TEXT.split(" ").flatMap((name, index): [number, string][] =>
    name === "-" ? [] : [[index + 1, name]],
  ),
);
for (const [number, name] of [
  [512, "ERESTARTSYS"],
  [513, "ERESTARTNOINTR"],
  [514, "ERESTARTNOHAND"],
  [515, "ENOIOCTLCMD"],
  [516, "ERESTART_RESTARTBLOCK"],
  [524, "ENOTSUPP"],
] as const) {
  ERRNO_NAMES.set(number, name);
}

/** Errno names as strace prints them. ENOTSUP and EWOULDBLOCK are the second names of two of them. */
export const ERRNO_TRIE: NameTrie = new NameTrie([
  ...[...ERRNO_NAMES].map(([number, name]): [string, number] => [name, number]),
  ["EWOULDBLOCK", 11],
  ["ENOTSUP", 95],
]);

/** The name of an errno number, or "errno N" for a number without one. */
export function errnoText(number: number): string {
  return ERRNO_NAMES.get(number) ?? `errno ${number}`;
}
