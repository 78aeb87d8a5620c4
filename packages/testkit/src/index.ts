/** @vma/testkit: stub host, scenarios, models and drivers for the merge engine. Runs in browsers too. */

export {
  type Compared,
  classify,
  DIFFERENCE_CLASSES,
  type DifferenceClass,
  type DifferenceKind,
  differenceOf,
} from "./before-after/classes.js";
export { examplePicture } from "./before-after/picture.js";
export {
  changedRanges,
  modifications,
  newRanges,
  type SpaceEntry,
  type SpacePoint,
  space,
} from "./before-after/space.js";
export {
  addTables,
  type BeforeAfterOptions,
  type BeforeAfterTable,
  compareBeforeAfter,
  type DifferenceExample,
  type DifferenceRow,
  SPACE_POINTS,
} from "./before-after/table.js";
export { Choices, exhaust } from "./choices.js";
export {
  type Driver,
  type KnownGap,
  NO_OUTCOME,
  type Outcome,
  type Session,
} from "./driver/driver.js";
export { EngineDriver, EngineSession } from "./driver/engine.js";
export { LegacyDriver } from "./driver/legacy.js";
export { ModelDriver } from "./driver/model.js";
export { Cast, type Hooks } from "./host/cast.js";
export {
  type FaultPlan,
  failEachStep,
  failFrom,
  failKind,
  failStep,
  NO_FAULTS,
  STEP_KINDS,
  type StepKind,
} from "./host/fault-plan.js";
export { Stage, type StageOptions } from "./host/stage.js";
export { type CurrentTask, Ledger, StubHost } from "./host/stub-host.js";
export { collectMarks, hits, type OnMark } from "./marks.js";
export {
  type LegacyCase,
  type LegacyCloseRule,
  type LegacyModified,
  type LegacyOutcome,
  legacyExtend,
  legacyMapRange,
  legacyMerge,
  legacyModify,
} from "./model/legacy-merge.js";
export { type PageAttributes, PageModel, pageOf, samePage } from "./model/pages.js";
export {
  type AreaAttributes,
  type AreaSpec,
  type AttributeWords,
  attributeWords,
  type MaySplitHook,
  PLAIN,
  readAttributes,
  ScenarioError,
} from "./scenario/area.js";
export { areaRow, type PictureArea, type PictureRow, picture, readRow, ruler } from "./scenario/notation.js";
export {
  type Operation,
  type OperationKind,
  operationLine,
  type RequestModes,
  readOperation,
} from "./scenario/operation.js";
export { printScenario } from "./scenario/print.js";
export {
  expectScenario,
  findingsOf,
  isGood,
  runAll,
  runScenario,
  type ScenarioResult,
  type Verdict,
} from "./scenario/run.js";
export {
  type AreaClaim,
  type Expectation,
  type Given,
  NOTHING_EXPECTED,
  readScenario,
  readScenarios,
  type Scenario,
  type Step,
} from "./scenario/scenario.js";
export { pasteable, type StillFails, sequence, shrinkScenario } from "./scenario/shrink.js";
export type { Shard } from "./shard.js";
export {
  addReports,
  type CheckOptions,
  checkTruth,
  engineOf,
  type FileCount,
  type Mismatch,
  TruthChecker,
  type TruthProgress,
  type TruthReport,
  type TruthSource,
} from "./truth/check.js";
export type { Difference, TruthEngine } from "./truth/compare.js";
export {
  type TruthArea,
  type TruthBeforeAfter,
  type TruthDecision,
  TruthFormatError,
  type TruthInput,
  type TruthLine,
  type TruthOperation,
  type TruthOutput,
  type TruthRequest,
  type TruthRulesDifference,
} from "./truth/format.js";
export { parseTruthLine } from "./truth/parse.js";
export { inputPicture, mismatchText, operationText, outputPicture } from "./truth/picture.js";
export { World } from "./truth/world.js";
