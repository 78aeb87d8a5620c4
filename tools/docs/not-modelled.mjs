// What the engine does not model, kept by hand: one entry for each thing a program may do on a real kernel and
// see other areas than the engine's, or that an area's neighbourhood depends on. docs/differences.md is made of it.

/**
 * @typedef {object} Missing
 * @property {string} what the thing, as its users call it
 * @property {string | null} since first kernel version that has it ("major.minor"); null when there is none before it
 * @property {string} [until] last kernel version that has it; absent when all later ones do
 * @property {string} instead what the engine, or a replay, does about it
 */

/** @type {readonly Missing[]} */
export const NOT_MODELLED = [
  {
    what: "Huge pages of hugetlbfs: `MAP_HUGETLB`, files of hugetlbfs, `SHM_HUGETLB`",
    since: null,
    instead:
      "`MAP_HUGETLB` answers ENOMEM, as on a system that has reserved none. Areas put in place from a snapshot keep " +
      "their flag (`ht`) and what it forbids; splits are not held to huge-page boundaries.",
  },
  {
    what: "Mappings that a driver sets up: io_uring rings, perf buffers, graphics and other devices",
    since: null,
    instead:
      "The engine maps any open file as a plain one. Hooks are the caller's to give; an area with the flags that the " +
      "driver would add (`io`, `pf`, `mm`, `de`, `dd`) is put in place with `addArea`.",
  },
  {
    what: "Drivers whose mmap hook changes the flags, after which the merge is tried once more",
    since: null,
    until: "6.16",
    instead: "One attempt, with the flags as asked for.",
  },
  {
    what: "Drivers that replace flags, file or offset before the merge (`mmap_prepare`)",
    since: "6.17",
    instead: "Nothing is replaced.",
  },
  {
    what: "Asynchronous I/O rings (`io_setup`, `io_destroy`)",
    since: null,
    instead:
      "No such call. A replay counts a successful one as unseen and takes the area from the next snapshot.",
  },
  {
    what: "Secret memory (`memfd_secret`)",
    since: null,
    instead:
      "No such call. A mapping of its descriptor is a plain file mapping, without the lock it would have.",
  },
  {
    what: "Shadow stacks (`map_shadow_stack`, `arch_prctl`)",
    since: "6.6",
    instead:
      "No such call. Areas put in place with the flag (`ss`) keep it, and it keeps them apart from others.",
  },
  {
    what: "Page contents, and changes made to memory or files from outside",
    since: null,
    instead:
      "Areas only. `trackPages` remembers which pages are there where that decides a fault. A file's size is what " +
      "the caller says; truncation takes no pages away.",
  },
  {
    what: "Swap, reclaim, memory cgroups and running out of memory",
    since: null,
    instead: "Pages that are there stay there. Allocations fail where the `Host` says so, and nowhere else.",
  },
  {
    what: "NUMA: nodes, page placement, migration, the task policy (`set_mempolicy`), home nodes",
    since: null,
    instead: "A policy is a text; texts that are equal merge. Nothing follows from it for pages.",
  },
  {
    what: "The daemons: huge pages gathered by khugepaged, pages shared by KSM",
    since: null,
    instead: "The flags (`hg`, `nh`, `mg`) and their effect on merging are exact; the daemons do nothing.",
  },
  {
    what: "userfaultfd beyond registration: events, copying, moving, waking, poisoning, write-protect faults",
    since: null,
    instead:
      "An access to a missing page of a registered area ends in SIGBUS, as with `UFFD_FEATURE_SIGBUS`.",
  },
  {
    what: "Writes by other processes: `process_vm_writev`, ptrace, /proc/PID/mem",
    since: null,
    instead:
      "None. They can give read-only private memory an anonymous object, which the engine then does not see.",
  },
  {
    what: "Calls on another process's memory: `process_madvise`",
    since: null,
    instead: "No such call; `madvise` on the other address space does what it would do.",
  },
  {
    what: "Soft-dirty and idle tracking through /proc/PID/clear_refs and pagemap",
    since: null,
    instead:
      "The bit of an area (`sd`) is set as the kernel sets it and is never cleared; it keeps nothing apart.",
  },
  {
    what: "Execute-only memory through a protection key that the kernel takes by itself",
    since: null,
    instead: "Keys are those a program asks for. `PROT_EXEC` alone takes none.",
  },
  {
    what: "What `execve` maps: the program, its interpreter, stack, vdso and their random places",
    since: null,
    instead: "Taken from a snapshot, or placed by the caller with `addArea`, `startBrk` and `mmapBase`.",
  },
  {
    what: "Uprobes' own area, and the effect of probes on file areas",
    since: null,
    instead: "The `Host` is told where the kernel installs and removes them; nothing else happens.",
  },
  {
    what: "Files on persistent memory (`MAP_SYNC`)",
    since: null,
    instead: "`MAP_SYNC` with `MAP_SHARED_VALIDATE` answers EOPNOTSUPP, as on any other file.",
  },
  {
    what: "Threads that race: two calls or faults at once",
    since: null,
    instead: "One call after another. Locks are marks on areas that tests look at.",
  },
  {
    what: "Other architectures and page sizes, 32-bit programs, addresses of 2^47 and above, bottom-up layouts",
    since: null,
    instead: "x86-64 with 4 KiB pages and four-level page tables, searching downwards from `mmapBase`.",
  },
];
