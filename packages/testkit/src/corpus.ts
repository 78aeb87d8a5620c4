/** Entry "./corpus": replaying recorded kernels on the engine, step by step. Runs in browsers too. */

export { sameArea, sameAreas, sameAttachments, sameResult } from "./corpus/compare.js";
export type {
  CaseKind,
  CorpusArea,
  CorpusCase,
  CorpusMeta,
  CorpusOperation,
  CorpusResult,
  CorpusStep,
  FillOperation,
  Position,
} from "./corpus/format.js";
export { listAreas } from "./corpus/listing.js";
export { parseCorpusLine, parseCorpusMeta } from "./corpus/parse.js";
export { describeMismatch, describeOperation, describeResult } from "./corpus/picture.js";
export { ReplayProcess } from "./corpus/process.js";
export { type RecordedKernel, recordedKernel } from "./corpus/recorded-kernel.js";
export {
  type CaseOutcome,
  type CorpusCounts,
  type CorpusMismatch,
  CorpusRun,
  type CorpusRunOptions,
  type CorpusSummary,
  type MismatchKind,
  type ReplayOptions,
  replayCase,
  type StepState,
} from "./corpus/run.js";
export { performStep } from "./corpus/step.js";
