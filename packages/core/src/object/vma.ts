/** The record of one area (`vm_area_struct`). */

import { PAGE_SIZE, toPages } from "../abi/page.js";
import { type AnonChain, AnonVma, EMPTY_CHAIN } from "./anon-vma.js";
import type { MemoryPolicy, OpenFile, UserfaultContext, VmOps } from "./file.js";

/** What few areas have. Never changed once made, so that areas share it; most share the one that holds nothing. */
class RareAttributes {
  readonly ops: VmOps | null;
  readonly policy: MemoryPolicy | null;
  readonly uffdContext: UserfaultContext | null;
  readonly anonName: string | null;

  constructor(
    ops: VmOps | null,
    policy: MemoryPolicy | null,
    uffdContext: UserfaultContext | null,
    anonName: string | null,
  ) {
    this.ops = ops;
    this.policy = policy;
    this.uffdContext = uffdContext;
    this.anonName = anonName;
  }
}

const NOTHING_RARE: RareAttributes = new RareAttributes(null, null, null, null);

/** Page numbers are kept in two halves, each a small integer: the lower one has 26 bits. */
const LOW_BITS = 26;
const HIGH_PAGES = 67_108_864;
const HIGH_BYTES = 274_877_906_944;
const LOW_MASK = 67_108_863;

/**
 * One area: a half-open range of bytes [start, end) with one set of attributes.
 *
 * Boundaries are moved only by merge/commit.ts and by the split, shrink, unmap and link functions beside it.
 *
 * A field that holds a number above 2^31 would be an object of its own to the JS engine: three more allocations and
 * three more cache misses for each area. So numbers of pages are split, and every area is one object of one shape.
 * What is asked for most often comes first.
 */
export class Vma {
  /** VM_ bits 0 to 31, a signed 32-bit integer. */
  flags: number;
  anonVma: AnonVma | null;
  /** The open file, or null for private anonymous memory. */
  file: OpenFile | null;
  /** VM_ bits 32 to 63, a signed 32-bit integer. */
  flagsHigh: number;
  private startLow: number;
  private startHigh: number;
  private endLow: number;
  private endHigh: number;
  private pgoffLow: number;
  private pgoffHigh: number;
  private rare: RareAttributes;
  /** A chain of one object, as most are, is kept as that object. */
  private chain: AnonChain | AnonVma;
  /** The address space's lock sequence at which this area was last marked for writing; 0 is never. */
  writeMark: number;
  /** Unique within the address space's family; shows who survived a merge. */
  readonly id: number;

  constructor(id: number, start: number, end: number, pgoff: number, flags: number, flagsHigh: number) {
    // Every field once, in order and without a call: small enough for the JS engine to put it where an area is made.
    this.flags = flags;
    this.anonVma = null;
    this.file = null;
    this.flagsHigh = flagsHigh;
    this.startLow = (start / PAGE_SIZE) & LOW_MASK;
    this.startHigh = (start / HIGH_BYTES) | 0;
    this.endLow = (end / PAGE_SIZE) & LOW_MASK;
    this.endHigh = (end / HIGH_BYTES) | 0;
    this.pgoffLow = pgoff & LOW_MASK;
    this.pgoffHigh = (pgoff / HIGH_PAGES) | 0;
    this.rare = NOTHING_RARE;
    this.chain = EMPTY_CHAIN;
    this.writeMark = 0;
    this.id = id;
  }

  /** First byte, page aligned. */
  get start(): number {
    return this.startHigh * HIGH_BYTES + this.startLow * PAGE_SIZE;
  }

  set start(bytes: number) {
    this.startHigh = (bytes / HIGH_BYTES) | 0;
    this.startLow = (bytes / PAGE_SIZE) & LOW_MASK;
  }

  /** First byte behind, page aligned. */
  get end(): number {
    return this.endHigh * HIGH_BYTES + this.endLow * PAGE_SIZE;
  }

  set end(bytes: number) {
    this.endHigh = (bytes / HIGH_BYTES) | 0;
    this.endLow = (bytes / PAGE_SIZE) & LOW_MASK;
  }

  /**
   * Offset of `start` in pages: in the file, or for private anonymous memory the page number of the address at which
   * the area was first mapped (which maps and smaps print as 0).
   */
  get pgoff(): number {
    return this.pgoffHigh * HIGH_PAGES + this.pgoffLow;
  }

  set pgoff(pages: number) {
    this.pgoffHigh = (pages / HIGH_PAGES) | 0;
    this.pgoffLow = pages & LOW_MASK;
  }

  /** @internal Moves the start to `address`, and the offset with it. */
  moveStart(address: number): void {
    const high = (address / HIGH_BYTES) | 0;
    const low = (address / PAGE_SIZE) & LOW_MASK;
    const offset = this.pgoffLow + low - this.startLow;
    this.pgoffHigh += high - this.startHigh + (offset >> LOW_BITS);
    this.pgoffLow = offset & LOW_MASK;
    this.startHigh = high;
    this.startLow = low;
  }

  /** Every anonymous object its pages may belong to, own one last. */
  get anonChain(): AnonChain {
    const { chain } = this;
    return chain instanceof AnonVma ? chain.singular : chain;
  }

  set anonChain(chain: AnonChain) {
    this.chain = chain.length === 1 ? (chain[0] as AnonVma) : chain;
  }

  /** Objects in the chain. */
  get anonChainLength(): number {
    const { chain } = this;
    return chain === EMPTY_CHAIN ? 0 : chain instanceof AnonVma ? 1 : chain.length;
  }

  /** @internal Gives the area, which has none, an anonymous object and the chain of that alone. */
  takeAnon(anonVma: AnonVma): void {
    this.anonVma = anonVma;
    this.chain = anonVma;
  }

  /** Hooks, or null. An area without a file and without hooks is anonymous (`vma_is_anonymous`). */
  get ops(): VmOps | null {
    return this.rare.ops;
  }

  set ops(ops: VmOps | null) {
    this.setRare(ops, this.policy, this.uffdContext, this.anonName);
  }

  get policy(): MemoryPolicy | null {
    return this.rare.policy;
  }

  set policy(policy: MemoryPolicy | null) {
    this.setRare(this.ops, policy, this.uffdContext, this.anonName);
  }

  get uffdContext(): UserfaultContext | null {
    return this.rare.uffdContext;
  }

  set uffdContext(uffdContext: UserfaultContext | null) {
    this.setRare(this.ops, this.policy, uffdContext, this.anonName);
  }

  get anonName(): string | null {
    return this.rare.anonName;
  }

  set anonName(anonName: string | null) {
    this.setRare(this.ops, this.policy, this.uffdContext, anonName);
  }

  /** No hooks, no policy, no userfaultfd and no name. */
  get isPlain(): boolean {
    return this.rare === NOTHING_RARE;
  }

  /** A new record with every attribute of this one and its own number (`vm_area_dup`). Chains are not copied. */
  duplicate(id: number): Vma {
    return this.part(id, this.start, this.end);
  }

  /** @internal A new record for [start, end), which lies inside this area, with its number and every attribute of this one. */
  part(id: number, start: number, end: number): Vma {
    const pgoff = this.pgoff + toPages(start - this.start);
    const copy = new Vma(id, start, end, pgoff, this.flags, this.flagsHigh);
    copy.file = this.file;
    copy.rare = this.rare;
    return copy;
  }

  /** @internal Takes over the anonymous object and chain of `source`. */
  adoptAnon(source: Vma): void {
    this.anonVma = source.anonVma;
    this.chain = source.chain;
  }

  private setRare(
    ops: VmOps | null,
    policy: MemoryPolicy | null,
    uffdContext: UserfaultContext | null,
    anonName: string | null,
  ): void {
    const none = ops === null && policy === null && uffdContext === null && anonName === null;
    this.rare = none ? NOTHING_RARE : new RareAttributes(ops, policy, uffdContext, anonName);
  }
}

/** Pages the area covers. */
export function vmaPages(vma: Vma): number {
  return toPages(vma.end - vma.start);
}

/** Whether merging the area away would need its close hook (`vma->vm_ops->close`). */
export function isClosable(vma: Vma): boolean {
  return !vma.isPlain && vma.ops !== null && vma.ops.close !== undefined;
}

/**
 * Whether the area is private anonymous memory (`vma_is_anonymous`): no operations, and no file but /dev/zero, whose
 * private mappings are anonymous memory that remembers a file.
 */
export function isAnonymous(vma: Vma): boolean {
  return vma.ops === null && (vma.file === null || vma.file.kind === "zero");
}

/** As `source.duplicate(id)`: a new record with every attribute of `source` and its own number (`vm_area_dup`). */
export function duplicateVma(id: number, source: Vma): Vma {
  return source.duplicate(id);
}
