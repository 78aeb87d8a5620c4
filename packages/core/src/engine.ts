/** Entry "./engine": the merge engine below the system calls, for test kits, emulators and other engines. */

export { VM_SOFTDIRTY, VM_SPECIAL } from "./abi/flags.js";
export { defaultLimits, type Limits } from "./abi/limits.js";
export { PAGE_SIZE } from "./abi/page.js";
export { type CloseRule, type KernelProfile, PROFILES, profile } from "./abi/profile.js";
export { InvariantError, invariant } from "./assert.js";
export { DefaultHost, type EngineWarning, type Host, type LockTransition } from "./host.js";
export { AreaIterator, type IteratorStatus } from "./iterator.js";
export { type CloneOutcome, cloneAnon, dropAnon } from "./merge/anon-dup.js";
export { writeLock } from "./merge/commit.js";
export { mergeExistingRange } from "./merge/existing-range.js";
export { expandArea } from "./merge/expand.js";
export { mergeExtend } from "./merge/extend.js";
export {
  anonReasons,
  attributeReasons,
  isSpecial,
  leftReasons,
  pairReasons,
  rightReasons,
} from "./merge/mergeable.js";
export { modifyArea, modifyFlags, modifyFlagsName, modifyFlagsUffd, modifyPolicy } from "./merge/modify.js";
export { mergeNewRange } from "./merge/new-range.js";
export { MergePlan } from "./merge/plan.js";
export { REASON_CODES, type ReasonCode, reasonCodes } from "./merge/reason.js";
export {
  areaRequest,
  type BarredNeighbours,
  MergeRequest,
  type MergeState,
  newRangeRequest,
} from "./merge/request.js";
export { shrinkArea } from "./merge/shrink.js";
export { cutArea, type NewPiece, splitArea } from "./merge/split.js";
export { Mm } from "./mm.js";
export { type AnonChain, AnonVma, AnonVmaSource, EMPTY_CHAIN, inheritedChain } from "./object/anon-vma.js";
export { AreaCursor } from "./object/area-cursor.js";
export { Family } from "./object/family.js";
export { type MemoryPolicy, OpenFile, policiesEqual, UserfaultContext, type VmOps } from "./object/file.js";
export { duplicateVma, isAnonymous, isClosable, Vma, vmaPages } from "./object/vma.js";
export { accountPages } from "./region/accounting.js";
export { type CopyResult, copyVma, linkArea } from "./region/copy.js";
export { findMergeableAnon, prepareAnon } from "./region/find-anon.js";
export { mapRegion } from "./region/map.js";
export { type UnmapOptions, unmapRange } from "./region/unmap.js";
export { growHeap } from "./syscall/brk.js";
