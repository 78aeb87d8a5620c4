/**
 * The host for tests: records what the engine asks for and tells, in order and in one short notation, and fails any
 * fallible step on demand. Each method mirrors the kernel function named in its comment, as the kernel's own
 * user-space harness stubs them.
 *
 * Notation of events (the one of the recorded decisions): `W:x` marked for writing, `C:d<s` chain of s cloned into d,
 * `C!:d<s` failed, `U:x` clone dropped again, `M:d<r` chain of removed r dropped in favour of d, `A`/`A!` tree nodes
 * reserved, `D:n<o`/`D!:o` record n duplicated from o, `X:x` freed, `+F1`/`-F1` file reference, `+p1`/`-p1` policy
 * reference, `P!:n` policy copy failed, `O:x`/`K:x` open and close hook, `S:x@a`/`S!:x@a` may-split hook asked for
 * page a, `u-:x`/`u+:x` uprobes, `H:x` huge-page daemon told, `G:x`/`G!:x` side list, `Q:x`/`Q!:x` userfaultfd event,
 * `R:s-e`/`R!` hole written, `acct:-n` pages given back, `L:...` lock transitions.
 */

import {
  type EngineWarning,
  type Host,
  type LockTransition,
  type MemoryPolicy,
  type Mm,
  type OpenFile,
  PAGE_SIZE,
  type Vma,
} from "@vma/core/engine";
import { type FaultPlan, NO_FAULTS, type StepKind } from "./fault-plan.js";

/** The running task as the engine's warnings would name it (`current`). */
export interface CurrentTask {
  mm: Mm | null;
  pid: number;
  comm: string;
}

/** What the host holds for somebody: goes up when taken, down when given back. */
export class Ledger<T> {
  readonly #held: Map<T, number> = new Map();

  add(key: T, amount: number): void {
    const now = (this.#held.get(key) ?? 0) + amount;
    if (now === 0) this.#held.delete(key);
    else this.#held.set(key, now);
  }

  get(key: T): number {
    return this.#held.get(key) ?? 0;
  }

  /** Entries that are not zero. */
  entries(): [T, number][] {
    return [...this.#held];
  }
}

const TRANSITIONS: Readonly<Record<LockTransition, string>> = {
  downgrade: "L:downgrade",
  "read-unlock": "L:runlock",
  "write-unlock": "L:wunlock",
};

export class StubHost implements Host {
  /** What happened, in order. */
  events: string[] = [];
  /** Fallible steps reached, in order. */
  steps: StepKind[] = [];
  /** The kind of the last step that was failed, or null. */
  hit: StepKind | null = null;
  /** Assertions of the engine that its caller broke, in order (`pr_warn_once`, without the once). */
  warnings: EngineWarning[] = [];
  /** Calls by method. */
  readonly calls: Record<keyof Host, number> = {
    allocateArea: 0,
    areaAllocated: 0,
    freeArea: 0,
    preallocateNodes: 0,
    duplicatePolicy: 0,
    cloneChain: 0,
    detachArea: 0,
    prepareUserfaultUnmap: 0,
    clearRange: 0,
    maySplit: 0,
    openArea: 0,
    closeArea: 0,
    writeLocked: 0,
    chainUnlinked: 0,
    chainMerged: 0,
    fileTaken: 0,
    fileDropped: 0,
    policyDropped: 0,
    uprobesRemoved: 0,
    uprobesInstalled: 0,
    hugePageDaemonTold: 0,
    pagesUnaccounted: 0,
    lockChanged: 0,
    warned: 0,
  };
  readonly current: CurrentTask = { mm: null, pid: 1, comm: "testkit" };
  /** Records made less records freed. */
  areasHeld = 0;
  /** References taken less references dropped, by file. */
  readonly filesHeld: Ledger<OpenFile> = new Ledger();
  /** References taken less references dropped, by policy. */
  readonly policiesHeld: Ledger<MemoryPolicy> = new Ledger();
  /** Open hooks called less close hooks called, by file (null: areas with hooks and no file). */
  readonly opensHeld: Ledger<OpenFile | null> = new Ledger();
  /** Which steps fail. */
  plan: FaultPlan;
  /** The name of the n-th area the engine makes. */
  madeName: (n: number) => string = (n) => `n${n}`;

  readonly #names: Map<Vma, string> = new Map();
  readonly #areas: Map<string, Vma> = new Map();
  readonly #byKind: Map<StepKind, number> = new Map();
  #made = 0;

  constructor(plan: FaultPlan = NO_FAULTS) {
    this.plan = plan;
  }

  /** Gives an area the name it has in events and pictures. */
  name(vma: Vma, name: string): void {
    this.#names.set(vma, name);
    this.#areas.set(name, vma);
  }

  /** The area of that name, if one was named so. */
  named(name: string): Vma | undefined {
    return this.#areas.get(name);
  }

  /** The area's name; one that was never given a name is `#id`. */
  nameOf(vma: Vma): string {
    return this.#names.get(vma) ?? `#${vma.id}`;
  }

  /** Forgets what was recorded and starts counting steps from 1 under `plan`. Names, ledgers and calls stay. */
  restart(plan: FaultPlan = NO_FAULTS): void {
    this.events = [];
    this.steps = [];
    this.warnings = [];
    this.hit = null;
    this.plan = plan;
    this.#byKind.clear();
  }

  #step(kind: StepKind): boolean {
    const nth = (this.#byKind.get(kind) ?? 0) + 1;
    this.#byKind.set(kind, nth);
    this.steps.push(kind);
    if (!this.plan.fails(this.steps.length, kind, nth)) return true;
    this.hit = kind;
    return false;
  }

  /** `vm_area_dup`, `vm_area_alloc`. */
  allocateArea(source: Vma | null): boolean {
    this.calls.allocateArea += 1;
    if (this.#step("dup")) return true;
    this.events.push(source === null ? "D!" : `D!:${this.nameOf(source)}`);
    return false;
  }

  areaAllocated(vma: Vma, source: Vma | null): void {
    this.calls.areaAllocated += 1;
    this.areasHeld += 1;
    this.#made += 1;
    const name = this.madeName(this.#made);
    this.name(vma, name);
    this.events.push(source === null ? `D:${name}` : `D:${name}<${this.nameOf(source)}`);
  }

  /** `vm_area_free`. */
  freeArea(vma: Vma): void {
    this.calls.freeArea += 1;
    this.areasHeld -= 1;
    this.events.push(`X:${this.nameOf(vma)}`);
  }

  /** `vma_iter_prealloc`. */
  preallocateNodes(): boolean {
    this.calls.preallocateNodes += 1;
    const done = this.#step("prealloc");
    this.events.push(done ? "A" : "A!");
    return done;
  }

  /** `vma_dup_policy`. */
  duplicatePolicy(to: Vma, from: Vma): boolean {
    this.calls.duplicatePolicy += 1;
    const policy = from.policy;
    const done = this.#step("policy");
    if (done && policy !== null) {
      this.policiesHeld.add(policy, 1);
      this.events.push(`+${policy.text}`);
    } else if (!done) {
      this.events.push(`P!:${this.nameOf(to)}`);
    }
    return done;
  }

  /** `anon_vma_clone`. */
  cloneChain(to: Vma, from: Vma): boolean {
    this.calls.cloneChain += 1;
    const done = this.#step("clone");
    this.events.push(`${done ? "C" : "C!"}:${this.nameOf(to)}<${this.nameOf(from)}`);
    return done;
  }

  /** `mas_store_gfp` on munmap's tree of detached areas. */
  detachArea(vma: Vma): boolean {
    this.calls.detachArea += 1;
    const done = this.#step("detach");
    this.events.push(`${done ? "G" : "G!"}:${this.nameOf(vma)}`);
    return done;
  }

  /** `userfaultfd_unmap_prep`. */
  prepareUserfaultUnmap(vma: Vma): boolean {
    this.calls.prepareUserfaultUnmap += 1;
    const done = this.#step("ufprep");
    this.events.push(`${done ? "Q" : "Q!"}:${this.nameOf(vma)}`);
    return done;
  }

  /** `vma_iter_clear_gfp`. */
  clearRange(start: number, end: number): boolean {
    this.calls.clearRange += 1;
    const done = this.#step("clear");
    this.events.push(done ? `R:${start / PAGE_SIZE}-${end / PAGE_SIZE}` : "R!");
    return done;
  }

  /** `vm_ops->may_split`. */
  maySplit(vma: Vma, address: number): number {
    this.calls.maySplit += 1;
    const hook = vma.ops?.maySplit;
    if (hook === undefined) return 0;
    const error = hook(vma, address);
    this.events.push(`${error === 0 ? "S" : "S!"}:${this.nameOf(vma)}@${address / PAGE_SIZE}`);
    return error;
  }

  /** `vm_ops->open`. */
  openArea(vma: Vma): void {
    this.calls.openArea += 1;
    if (vma.ops?.open === undefined) return;
    this.opensHeld.add(vma.file, 1);
    this.events.push(`O:${this.nameOf(vma)}`);
    vma.ops.open(vma);
  }

  /** `vm_ops->close`. */
  closeArea(vma: Vma): void {
    this.calls.closeArea += 1;
    if (vma.ops?.close === undefined) return;
    this.opensHeld.add(vma.file, -1);
    this.events.push(`K:${this.nameOf(vma)}`);
    vma.ops.close(vma);
  }

  /** `vma_start_write`. */
  writeLocked(vma: Vma): void {
    this.calls.writeLocked += 1;
    this.events.push(`W:${this.nameOf(vma)}`);
  }

  /** `unlink_anon_vmas` undoing a clone. */
  chainUnlinked(vma: Vma): void {
    this.calls.chainUnlinked += 1;
    this.events.push(`U:${this.nameOf(vma)}`);
  }

  /** `anon_vma_merge`. */
  chainMerged(survivor: Vma, removed: Vma): void {
    this.calls.chainMerged += 1;
    this.events.push(`M:${this.nameOf(survivor)}<${this.nameOf(removed)}`);
  }

  /** `get_file`. */
  fileTaken(file: OpenFile): void {
    this.calls.fileTaken += 1;
    this.filesHeld.add(file, 1);
    this.events.push(`+${file.path}`);
  }

  /** `fput`. */
  fileDropped(file: OpenFile): void {
    this.calls.fileDropped += 1;
    this.filesHeld.add(file, -1);
    this.events.push(`-${file.path}`);
  }

  /** `mpol_put`. */
  policyDropped(policy: MemoryPolicy): void {
    this.calls.policyDropped += 1;
    this.policiesHeld.add(policy, -1);
    this.events.push(`-${policy.text}`);
  }

  /** `uprobe_munmap`. */
  uprobesRemoved(vma: Vma): void {
    this.calls.uprobesRemoved += 1;
    this.events.push(`u-:${this.nameOf(vma)}`);
  }

  /** `uprobe_mmap`. */
  uprobesInstalled(vma: Vma): void {
    this.calls.uprobesInstalled += 1;
    this.events.push(`u+:${this.nameOf(vma)}`);
  }

  /** `khugepaged_enter_vma`. */
  hugePageDaemonTold(vma: Vma): void {
    this.calls.hugePageDaemonTold += 1;
    this.events.push(`H:${this.nameOf(vma)}`);
  }

  /** `vm_unacct_memory`. */
  pagesUnaccounted(pages: number): void {
    this.calls.pagesUnaccounted += 1;
    this.events.push(`acct:-${pages}`);
  }

  /** `mmap_write_downgrade`, `mmap_read_unlock`, `mmap_write_unlock`. */
  lockChanged(transition: LockTransition): void {
    this.calls.lockChanged += 1;
    this.events.push(TRANSITIONS[transition]);
  }

  /** `VM_WARN_ON`, `WARN_ON_ONCE`, `pr_warn_once`. */
  warned(warning: EngineWarning): void {
    this.calls.warned += 1;
    this.warnings.push(warning);
  }
}
