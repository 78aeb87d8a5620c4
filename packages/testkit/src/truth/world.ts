/** Building the address space of a recorded decision, and describing it in the terms of the recording again. */

import {
  type IteratorStatus,
  type KernelProfile,
  type MergeRequest,
  type Mm,
  PAGE_SIZE,
  type Vma,
} from "@vma/core/engine";
import type { Cast } from "../host/cast.js";
import { failStep, NO_FAULTS } from "../host/fault-plan.js";
import { Stage } from "../host/stage.js";
import type { StubHost } from "../host/stub-host.js";
import { areaOf, flagWords, isOwnSlot, setModes, truthOf } from "./convert.js";
import {
  type TruthArea,
  TruthFormatError,
  type TruthInput,
  type TruthIterator,
  type TruthRequest,
  type TruthRequestAfter,
} from "./format.js";

/** An iterator end of 0 stands for the end of the address space. */
const TOP = 2 ** 64;
const MAX_MAP_COUNT = 65530;

/** The address space of one recorded decision, with its iterator and the request filled from the recording. */
export class World {
  readonly stage: Stage;
  readonly host: StubHost;
  readonly mm: Mm;
  readonly request: MergeRequest;

  constructor(cast: Cast, profile: KernelProfile, input: TruthInput) {
    this.stage = new Stage({
      cast,
      profile,
      plan: input.fail === undefined ? NO_FAULTS : failStep(input.fail),
      limits: { maxMapCount: input.maxmaps ?? MAX_MAP_COUNT },
    });
    this.host = this.stage.host;
    this.mm = this.stage.mm;
    this.request = this.stage.request;
    for (const area of input.vmas) this.stage.place(areaOf(area), area.slot);
    this.mm.mapCount = input.cnt;
    if (input.acc !== undefined) {
      this.mm.totalVm = input.acc.tot;
      this.mm.lockedVm = input.acc.lck;
      this.mm.dataVm = input.acc.dat;
      this.mm.execVm = input.acc.exe;
      this.mm.stackVm = input.acc.stk;
    }
    const { iterator } = this.stage;
    iterator.index = input.it[0] * PAGE_SIZE;
    iterator.end = input.it[1] === 0 && input.it[2] !== "start" ? TOP : input.it[1] * PAGE_SIZE;
    iterator.status = input.it[2] as IteratorStatus;
    if (input.vmg !== undefined) this.#fill(input.vmg);
  }

  #fill(from: TruthRequest): void {
    const { request } = this;
    const { cast } = this.stage;
    const { flags, flagsHigh } = flagWords(from.f);
    request.proposeNewRange(from.s * PAGE_SIZE, from.e * PAGE_SIZE, flags, flagsHigh, from.pg);
    request.prev = this.#find(from.prev);
    request.vma = this.#find(from.vma);
    request.next = this.#find(from.next);
    if (from.file !== null) request.file = cast.file(from.file);
    if (from.av !== null) request.anonVma = cast.anonVma(from.av);
    if (from.pol !== undefined) request.policy = cast.policy(from.pol);
    if (from.uf !== undefined) request.uffdContext = cast.context(from.uf);
    request.anonName = from.nm ?? null;
    setModes(request, from);
  }

  #find(name: string | null): Vma | null {
    return name === null ? null : this.area(name);
  }

  /** The area the recording calls `name`. Throws TruthFormatError when it has none. */
  area(name: string): Vma {
    const vma = this.host.named(name);
    if (vma === undefined) throw new TruthFormatError(`"${name}" is none of the areas`);
    return vma;
  }

  nameOf(vma: Vma | null): string | null {
    return this.stage.nameOf(vma);
  }

  /** The areas of the tree in address order, as the format tells them. */
  areas(): TruthArea[] {
    const found: TruthArea[] = [];
    this.mm.tree.forEach((vma, start, end) => {
      const slot = isOwnSlot(vma, start, end) ? undefined : ([start / PAGE_SIZE, end / PAGE_SIZE] as const);
      found.push(truthOf(this.stage.describe(vma), slot));
    });
    return found;
  }

  /** Where the iterator is, as the format tells it. */
  position(): TruthIterator {
    const { index, end, status } = this.stage.iterator;
    return [index / PAGE_SIZE, end >= TOP ? 0 : end / PAGE_SIZE, status];
  }

  /** The request as the engine left it. */
  requestAfter(withState: boolean): TruthRequestAfter {
    const { request } = this;
    return {
      s: request.start / PAGE_SIZE,
      e: request.end / PAGE_SIZE,
      pg: request.pgoff,
      prev: this.nameOf(request.prev),
      vma: this.nameOf(request.vma),
      next: this.nameOf(request.next),
      ...(withState ? { state: request.state } : {}),
    };
  }
}
