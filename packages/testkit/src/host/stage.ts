/** A small address space built by hand for a test: areas placed by description, told by description again. */

import { VM_ACCOUNT } from "@vma/core";
import {
  AreaIterator,
  accountPages,
  defaultLimits,
  type KernelProfile,
  type Limits,
  MergeRequest,
  Mm,
  PAGE_SIZE,
  Vma,
} from "@vma/core/engine";
import { type AreaAttributes, type AreaSpec, ScenarioError } from "../scenario/area.js";
import { Cast } from "./cast.js";
import { type FaultPlan, NO_FAULTS } from "./fault-plan.js";
import { StubHost } from "./stub-host.js";

export interface StageOptions {
  readonly profile: KernelProfile;
  readonly plan?: FaultPlan;
  readonly limits?: Partial<Limits>;
  /** Shared by stages that name the same objects. */
  readonly cast?: Cast;
}

export class Stage {
  readonly cast: Cast;
  readonly host: StubHost;
  readonly mm: Mm;
  readonly iterator: AreaIterator;
  readonly request: MergeRequest;

  constructor(options: StageOptions) {
    this.cast = options.cast ?? new Cast();
    this.host = new StubHost(options.plan ?? NO_FAULTS);
    this.mm = new Mm(options.profile, { ...defaultLimits(), ...options.limits }, this.host);
    this.host.current.mm = this.mm;
    this.iterator = new AreaIterator(this.mm);
    this.request = new MergeRequest(this.mm, this.iterator);
  }

  /** Puts an area where its description says and counts it. `slot` is for trees that are wrong on purpose. */
  place(area: AreaSpec, slot?: readonly [start: number, end: number]): Vma {
    const id = this.mm.family.nextAreaId();
    const start = area.start * PAGE_SIZE;
    const end = area.end * PAGE_SIZE;
    const vma = new Vma(id, start, end, area.pgoff, area.flags, area.flagsHigh);
    this.dress(vma, area);
    if (slot === undefined) this.mm.cursor.set(start, end, vma);
    else this.mm.cursor.set(slot[0] * PAGE_SIZE, slot[1] * PAGE_SIZE, vma);
    this.mm.mapCount += 1;
    this.host.name(vma, area.name);
    return vma;
  }

  /** Gives `vma` every attribute of the description but its place. */
  dress(vma: Vma, area: AreaAttributes): void {
    const { cast } = this;
    vma.flags = area.flags;
    vma.flagsHigh = area.flagsHigh;
    if (area.file !== null) vma.file = cast.file(area.file);
    vma.ops = cast.ops(area);
    if (area.anon !== null) vma.anonVma = cast.anonVma(area.anon);
    vma.anonChain = cast.chain(area.chain);
    if (area.policy !== null) vma.policy = cast.policy(area.policy);
    if (area.uffd !== null) vma.uffdContext = cast.context(area.uffd);
    vma.anonName = area.anonName;
  }

  /** Sets the counters to what the areas add up to: what the callers of the engine keep. */
  recount(): void {
    const { mm } = this;
    mm.totalVm = 0;
    mm.lockedVm = 0;
    mm.dataVm = 0;
    mm.execVm = 0;
    mm.stackVm = 0;
    mm.committed = 0;
    mm.tree.forEach((vma, start, end) => {
      const pages = (end - start) / PAGE_SIZE;
      accountPages(mm, vma.flags, pages);
      if ((vma.flags & VM_ACCOUNT) !== 0) mm.committed += pages;
    });
  }

  /** The area of that name, placed or made by the engine. Throws ScenarioError when there is none. */
  area(name: string): Vma {
    const found = this.host.named(name);
    if (found === undefined) throw new ScenarioError(`there is no area ${name}`);
    return found;
  }

  nameOf(vma: Vma | null): string | null {
    return vma === null ? null : this.host.nameOf(vma);
  }

  describe(vma: Vma): AreaSpec {
    const { cast } = this;
    const hooks = cast.hooksOf(vma.ops);
    return {
      name: this.host.nameOf(vma),
      start: vma.start / PAGE_SIZE,
      end: vma.end / PAGE_SIZE,
      pgoff: vma.pgoff,
      flags: vma.flags,
      flagsHigh: vma.flagsHigh,
      file: vma.file === null ? null : vma.file.path,
      anon: vma.anonVma === null ? null : cast.letterOf(vma.anonVma),
      chain: vma.anonChain.map((anonVma) => cast.letterOf(anonVma)).join(""),
      close: hooks.close,
      open: hooks.open,
      maySplit: hooks.maySplit,
      policy: vma.policy === null ? null : vma.policy.text,
      uffd: vma.uffdContext === null ? null : vma.uffdContext.id,
      anonName: vma.anonName,
    };
  }

  /** The areas of the tree in address order. */
  areas(): AreaSpec[] {
    const found: AreaSpec[] = [];
    this.mm.tree.forEach((vma) => {
      found.push(this.describe(vma));
    });
    return found;
  }
}
