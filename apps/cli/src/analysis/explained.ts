/** A call carried out while somebody listens: areas before and after, what the engine did, why merges were refused. */

import {
  type AddressSpace,
  type AreaFacts,
  type EventSink,
  errnoName,
  explainReasons,
  type MergeGeometry,
  type ReasonDetail,
  type RefusedMerge,
  type Vma,
} from "@vma/core";
import type { TypedCall } from "./typed-call.js";

/** An area as it was at a moment. */
export interface FrozenArea extends AreaFacts {
  readonly id: number;
}

/** Something the engine did. Ranges are half-open bytes. */
export type ExplainedStep =
  | {
      readonly kind: "created" | "removed";
      readonly id: number;
      readonly start: number;
      readonly end: number;
    }
  | {
      readonly kind: "grew" | "shrank";
      readonly id: number;
      readonly start: number;
      readonly end: number;
      readonly oldStart: number;
      readonly oldEnd: number;
    }
  | { readonly kind: "split"; readonly id: number; readonly piece: number; readonly at: number }
  | {
      readonly kind: "merged";
      readonly id: number;
      readonly geometry: MergeGeometry;
      readonly gone: readonly number[];
      readonly start: number;
      readonly end: number;
    }
  | { readonly kind: "changed"; readonly id: number }
  | {
      readonly kind: "refused";
      readonly start: number;
      readonly end: number;
      readonly left: { readonly id: number | null; readonly details: readonly ReasonDetail[] };
      readonly right: { readonly id: number | null; readonly details: readonly ReasonDetail[] };
    };

export interface ExplainedCall {
  readonly text: string;
  /** "ok", an address, an errno name or a signal. */
  readonly result: string;
  readonly before: readonly FrozenArea[];
  readonly after: readonly FrozenArea[];
  readonly steps: readonly ExplainedStep[];
}

function freeze(vma: Vma): FrozenArea {
  return {
    id: vma.id,
    start: vma.start,
    end: vma.end,
    pgoff: vma.pgoff,
    flags: vma.flags,
    flagsHigh: vma.flagsHigh,
    file: vma.file,
    anonVma: vma.anonVma,
    anonChain: vma.anonChain,
    policy: vma.policy,
    uffdContext: vma.uffdContext,
    anonName: vma.anonName,
  };
}

/** Collects steps with their reasons put into words while the areas still stand as they did. */
class Listener implements EventSink {
  readonly steps: ExplainedStep[] = [];
  readonly #call: TypedCall;

  constructor(call: TypedCall) {
    this.#call = call;
  }

  created(vma: Vma): void {
    this.steps.push({ kind: "created", id: vma.id, start: vma.start, end: vma.end });
  }

  removed(vma: Vma): void {
    this.steps.push({ kind: "removed", id: vma.id, start: vma.start, end: vma.end });
  }

  grew(vma: Vma, oldStart: number, oldEnd: number): void {
    this.steps.push({ kind: "grew", id: vma.id, start: vma.start, end: vma.end, oldStart, oldEnd });
  }

  shrank(vma: Vma, oldStart: number, oldEnd: number): void {
    this.steps.push({ kind: "shrank", id: vma.id, start: vma.start, end: vma.end, oldStart, oldEnd });
  }

  split(vma: Vma, piece: Vma): void {
    this.steps.push({ kind: "split", id: vma.id, piece: piece.id, at: Math.max(vma.start, piece.start) });
  }

  merged(geometry: MergeGeometry, survivor: Vma, removed: Vma | null, removedNext: Vma | null): void {
    const gone = [removed, removedNext].flatMap((vma) => (vma === null ? [] : [vma.id]));
    this.steps.push({
      kind: "merged",
      id: survivor.id,
      geometry,
      gone,
      start: survivor.start,
      end: survivor.end,
    });
  }

  changed(vma: Vma): void {
    this.steps.push({ kind: "changed", id: vma.id });
  }

  refused(request: RefusedMerge): void {
    const { start, end, prev, next, vma } = request;
    const proposal: AreaFacts = {
      start,
      end,
      pgoff: request.pgoff,
      flags: request.flags,
      flagsHigh: request.flagsHigh,
      file: vma === null ? this.#call.file : vma.file,
      anonVma: vma?.anonVma ?? null,
      anonChain: vma?.anonChain ?? [],
      policy: vma?.policy ?? null,
      uffdContext: vma?.uffdContext ?? null,
      anonName: vma?.anonName ?? null,
    };
    this.steps.push({
      kind: "refused",
      start,
      end,
      left: {
        id: prev?.id ?? null,
        details: explainReasons(request.leftReasons, prev ?? proposal, proposal),
      },
      right: {
        id: next?.id ?? null,
        details: explainReasons(request.rightReasons, proposal, next ?? proposal),
      },
    });
  }
}

function resultText(call: TypedCall, result: number): string {
  if (call.name === "write" || call.name === "read")
    return result === 0 ? "ok" : result === 11 ? "SIGSEGV" : "SIGBUS";
  if (result < 0) return errnoName(result);
  return result === 0 || result === call.range.start ? "ok" : `0x${result.toString(16)}`;
}

/** Carries a call out and tells all about it. */
export function explainCall(space: AddressSpace, call: TypedCall): ExplainedCall {
  const before = [...space.areas()].map(freeze);
  const listener = new Listener(call);
  space.mm.events = listener;
  let result: number;
  try {
    result = call.run(space);
  } finally {
    space.mm.events = null;
  }
  const after = [...space.areas()].map(freeze);
  return { text: call.text, result: resultText(call, result), before, after, steps: listener.steps };
}
