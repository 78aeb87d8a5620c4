// The public surface of @vma/trace: named exports only.

export { ByteLines, type LineSink, MAX_LINE_BYTES } from "./byte-lines.js";
export { DescriptorTable, type FileKnowledge, OpenDescription } from "./descriptors.js";
export { type FaultFormat, type FaultOptions, FaultReader } from "./faults/reader.js";
export {
  type FaultHandler,
  FaultRecord,
  type FaultTotals,
  formatFault,
  formatMap,
  MapRecord,
  shiftTime,
} from "./faults/record.js";
export { InputError, quoteForMessage } from "./input-error.js";
export {
  formatAddress,
  formatMaps,
  formatMapsLine,
  type MapsArea,
  MapsReader,
  type ProcOptions,
  parseMaps,
} from "./proc/maps.js";
export {
  formatNumaLine,
  formatNumaMaps,
  type NumaArea,
  type NumaEntry,
  parseNumaMaps,
} from "./proc/numa-maps.js";
export {
  formatSmaps,
  formatSmapsArea,
  parseSmaps,
  type SmapsArea,
  type SmapsField,
  type SmapsFlags,
  type SmapsLayout,
  SmapsReader,
  smapsValue,
} from "./proc/smaps.js";
export {
  isBirth,
  type ProcessListener,
  ProcessTable,
  type SpaceRef,
  type Task,
} from "./processes.js";
export {
  formatSnapshot,
  parseMeta,
  parseSnapshots,
  type RecordingMeta,
  type SnapshotInfo,
  type SnapshotKind,
  type TimePoint,
} from "./recording/format.js";
export {
  type BareTraceOptions,
  openBareTrace,
  openBundle,
  type Recording,
  readSmapsFile,
} from "./recording/reader.js";
export { type BundleBytes, BundleWriter, snapshotFileName } from "./recording/writer.js";
export { type ApplyOutcome, CallApplier, resultText, type Segments } from "./replay/apply-call.js";
export { callText } from "./replay/call-text.js";
export {
  type AreaDifference,
  type ComparableArea,
  type Comparison,
  compareSnapshot,
  expectedArea,
  predictedArea,
  sameArea,
} from "./replay/compare.js";
export type { EventTotals } from "./replay/event-totals.js";
export type { ReplayFork, ReplayOptions, ReplayProgress, ReplayStep } from "./replay/options.js";
export type {
  BracketResult,
  BracketTotals,
  DifferenceKind,
  DisputedBoundary,
  ReplayDifference,
  ReplayReport,
  SnapshotResult,
  Verdict,
} from "./replay/report.js";
export {
  FileTable,
  flagsFromPermissions,
  ownAreas,
  ReplaySpace,
  type SeedOptions,
  seedSpace,
  type WriteAssumption,
} from "./replay/seed.js";
export { replay } from "./replay.js";
export { type ChunkReader, openSource, readSource } from "./source.js";
export type { IgnoredKind, TraceTotals, UnparsedLine } from "./strace/accounting.js";
export {
  CALL_BRK,
  CALL_CLONE,
  CALL_CLONE3,
  CALL_EXECVE,
  CALL_EXECVEAT,
  CALL_EXIT,
  CALL_EXIT_GROUP,
  CALL_FORK,
  CALL_MADVISE,
  CALL_MBIND,
  CALL_MLOCK,
  CALL_MLOCK2,
  CALL_MLOCKALL,
  CALL_MMAP,
  CALL_MPROTECT,
  CALL_MREMAP,
  CALL_MSEAL,
  CALL_MUNLOCK,
  CALL_MUNLOCKALL,
  CALL_MUNMAP,
  CALL_PKEY_MPROTECT,
  CALL_PRCTL,
  CALL_PRLIMIT64,
  CALL_REMAP_FILE_PAGES,
  CALL_SHMAT,
  CALL_SHMDT,
  CALL_SHMGET,
  CALL_VFORK,
  RESULT_ERROR,
  RESULT_PENDING,
  RESULT_UNKNOWN,
  RESULT_VALUE,
} from "./strace/call-numbers.js";
export { type CallFamily, type CallSpec, callName, callNames, callSpec } from "./strace/calls.js";
export { errnoText } from "./strace/constants.js";
export { type StraceHandler, type StraceOptions, StraceReader, type ThreadEnd } from "./strace/reader.js";
export { CallRecord, type TimeKind } from "./strace/record.js";
export { decodeText, encodeText } from "./text.js";
