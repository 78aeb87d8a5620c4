// Types that declarations mention and no entry exports, by package, each group with its reason. The API reports
// fail on a type that is missing here, and on one that is idle.

/** @type {Readonly<Record<string, readonly { why: string, types: readonly string[] }[]>>} */
export const UNEXPORTED = {
  maple: [
    {
      why: "What the tree's classes share among themselves; all of their members are internal.",
      types: ["Path", "TreeState"],
    },
  ],
  core: [
    {
      why: "Which pages an address space remembers: read and written by its own calls only.",
      types: ["PageTable"],
    },
  ],
  testkit: [
    {
      why: "The members of CorpusOperation, told apart by their name.",
      types: [
        "BareOperation",
        "BrkOperation",
        "InitialOperation",
        "KsmAllOperation",
        "MadviseOperation",
        "MbindOperation",
        "MlockallOperation",
        "MmapOperation",
        "MprotectOperation",
        "MremapOperation",
        "OperationName",
        "RangeOperation",
        "RemapFilePagesOperation",
        "SetNameOperation",
        "ShmatOperation",
        "ShmdtOperation",
        "ShmgetOperation",
        "TouchOperation",
        "UffdCloseOperation",
        "UffdRegisterOperation",
        "UffdUnregisterOperation",
      ],
    },
    {
      why: "Parts of a line of the truth tables, reached by their field.",
      types: ["TRUTH_OPERATIONS", "TruthArguments", "TruthCounters", "TruthIterator", "TruthRequestAfter"],
    },
  ],
};
