/** Runs scenarios on the engine of @vma/core, under the rules of one kernel profile. */

import {
  copyVma,
  expandArea,
  findMergeableAnon,
  type KernelProfile,
  MergeRequest,
  mergeExistingRange,
  mergeExtend,
  mergeNewRange,
  modifyArea,
  PAGE_SIZE,
  profile,
} from "@vma/core/engine";
import type { FaultPlan } from "../host/fault-plan.js";
import type { Stage } from "../host/stage.js";
import type { AreaSpec } from "../scenario/area.js";
import type { Operation } from "../scenario/operation.js";
import type { Given, Scenario } from "../scenario/scenario.js";
import type { Driver, KnownGap, Outcome, Session } from "./driver.js";
import {
  carryOutUnmerged,
  change,
  expectFree,
  faultsOf,
  outcomeOf,
  placeNew,
  proposeChange,
  proposeNew,
  stageOf,
  told,
} from "./staged.js";

export class EngineSession implements Session {
  readonly stage: Stage;

  constructor(given: Given, rules: KernelProfile) {
    this.stage = stageOf(given, rules);
  }

  apply(operation: Operation, plan: FaultPlan): Outcome {
    this.stage.host.restart(plan);
    const returned = this.#carryOut(operation);
    const asked = ["new", "map", "merge", "modify", "extend", "expand"].includes(operation.kind);
    return outcomeOf(this.stage, returned, asked ? { state: this.stage.request.state } : {});
  }

  #carryOut(operation: Operation): string {
    const { stage } = this;
    const { request } = stage;
    switch (operation.kind) {
      case "new":
        proposeNew(stage, operation.start, operation.end, operation.words, operation.modes);
        return stage.nameOf(mergeNewRange(request)) ?? "none";
      case "map":
        return this.#map(operation);
      case "merge": {
        const vma = stage.area(operation.area);
        proposeChange(stage, vma, operation.start, operation.end, operation.words, operation.modes);
        return stage.nameOf(mergeExistingRange(request)) ?? "none";
      }
      case "modify": {
        const { start, end, words, modes } = operation;
        const wanted = proposeChange(stage, stage.area(operation.area), start, end, words, modes);
        const error = modifyArea(request);
        if (error !== 0 || request.result === null) return told(error);
        change(stage, request.result, wanted);
        return stage.host.nameOf(request.result);
      }
      case "extend": {
        const vma = stage.area(operation.area);
        expectFree(stage, vma.end / PAGE_SIZE, vma.end / PAGE_SIZE + operation.pages);
        return stage.nameOf(mergeExtend(request, vma, operation.pages * PAGE_SIZE)) ?? "none";
      }
      case "expand":
        return this.#expand(operation);
      case "copy": {
        const vma = stage.area(operation.area);
        const [to, length] = [operation.to * PAGE_SIZE, operation.pages * PAGE_SIZE];
        const own = new MergeRequest(stage.mm);
        return stage.nameOf(copyVma(own, vma, to, length, vma.pgoff, operation.keep).copy) ?? "none";
      }
      default:
        return carryOutUnmerged(stage, operation) ?? "none";
    }
  }

  #map(operation: Operation & { kind: "new" | "map" }): string {
    const { stage } = this;
    const wanted = proposeNew(stage, operation.start, operation.end, operation.words, operation.modes);
    const merged = mergeNewRange(stage.request);
    if (merged !== null) return stage.host.nameOf(merged);
    return placeNew(stage, operation.start, operation.end, wanted);
  }

  #expand(operation: Operation & { kind: "expand" }): string {
    const { stage } = this;
    const { request } = stage;
    const vma = stage.area(operation.area);
    request.proposeArea(null, vma, vma.start, vma.end);
    request.next = operation.next === null ? null : stage.area(operation.next);
    request.pgoff = vma.pgoff - (vma.start / PAGE_SIZE - operation.start);
    request.start = operation.start * PAGE_SIZE;
    request.end = operation.end * PAGE_SIZE;
    return told(expandArea(request));
  }

  areas(): AreaSpec[] {
    return this.stage.areas();
  }

  validate(): string[] {
    return faultsOf(this.stage);
  }

  /** The letter of the anonymous object a neighbour of `area` would share with it, or null. */
  reusableAnon(area: string): string | null {
    const shared = findMergeableAnon(this.stage.mm, this.stage.area(area));
    return shared === null ? null : this.stage.cast.letterOf(shared);
  }
}

/** The engine of @vma/core. `rules` is the specified profile by default. */
export class EngineDriver implements Driver {
  readonly name: string;
  readonly sees = "areas";
  readonly knownGaps: readonly KnownGap[];
  readonly #rules: KernelProfile;

  constructor(rules: KernelProfile = profile("6.12"), knownGaps: readonly KnownGap[] = []) {
    this.name = `engine ${rules.name}`;
    this.#rules = rules;
    this.knownGaps = knownGaps;
  }

  cannot(scenario: Scenario): string | null {
    return scenario.steps.some(({ outcome: wanted }) => wanted.case !== null)
      ? "its merges have no case numbers"
      : null;
  }

  start(given: Given): EngineSession {
    return new EngineSession(given, this.#rules);
  }
}
