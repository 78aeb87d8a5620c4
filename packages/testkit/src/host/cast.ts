/**
 * The objects that scenarios and recordings name by letter or word: open files, policies, userfaultfd contexts,
 * anonymous objects, hooks. None of them ever changes, so one cast serves many address spaces.
 */

import {
  type AnonChain,
  AnonVma,
  EMPTY_CHAIN,
  type MemoryPolicy,
  OpenFile,
  UserfaultContext,
  type VmOps,
} from "@vma/core/engine";
import type { MaySplitHook } from "../scenario/area.js";

/** Which hooks an area has. */
export interface Hooks {
  readonly close: boolean;
  readonly open: boolean;
  readonly maySplit: MaySplitHook;
}

/** What a may-split hook that refuses answers (EINVAL). */
const REFUSAL = -22;
const NO_HOOKS: Hooks = { close: false, open: false, maySplit: "none" };

function nothing(): void {}
function agrees(): number {
  return 0;
}
function refuses(): number {
  return REFUSAL;
}

export class Cast {
  readonly #files: Map<string, OpenFile> = new Map();
  readonly #policies: Map<string, MemoryPolicy> = new Map();
  readonly #contexts: Map<number, UserfaultContext> = new Map();
  readonly #anonVmas: Map<string, AnonVma> = new Map();
  readonly #letters: Map<AnonVma, string> = new Map();
  readonly #chains: Map<string, AnonChain> = new Map();
  readonly #ops: Map<string, VmOps> = new Map();
  readonly #hooks: Map<VmOps, Hooks> = new Map();

  /** The open file of that name. */
  file(name: string): OpenFile {
    return remembered(this.#files, name, () => new OpenFile({ path: name }));
  }

  policy(text: string): MemoryPolicy {
    return remembered(this.#policies, text, () => ({ text }));
  }

  context(id: number): UserfaultContext {
    return remembered(this.#contexts, id, () => new UserfaultContext(id));
  }

  anonVma(letter: string): AnonVma {
    return remembered(this.#anonVmas, letter, () => {
      const made = new AnonVma(this.#anonVmas.size + 1);
      this.#letters.set(made, letter);
      return made;
    });
  }

  /** A chain with one entry for each letter. */
  chain(letters: string): AnonChain {
    if (letters === "") return EMPTY_CHAIN;
    return remembered(this.#chains, letters, () => [...letters].map((letter) => this.anonVma(letter)));
  }

  /** Operations with these hooks, or null for none. */
  ops(hooks: Hooks): VmOps | null {
    const { close, open, maySplit } = hooks;
    if (!close && !open && maySplit === "none") return null;
    return remembered(this.#ops, `${close} ${open} ${maySplit}`, () => {
      const made: VmOps = {
        ...(close ? { close: nothing } : {}),
        ...(open ? { open: nothing } : {}),
        ...(maySplit === "none" ? {} : { maySplit: maySplit === "agrees" ? agrees : refuses }),
      };
      this.#hooks.set(made, { close, open, maySplit });
      return made;
    });
  }

  /** The letter of an anonymous object; one the engine made gets the next free letter from Z down. */
  letterOf(anonVma: AnonVma): string {
    const known = this.#letters.get(anonVma);
    if (known !== undefined) return known;
    let code = 90;
    while (this.#anonVmas.has(String.fromCharCode(code))) code -= 1;
    const letter = String.fromCharCode(code);
    this.#anonVmas.set(letter, anonVma);
    this.#letters.set(anonVma, letter);
    return letter;
  }

  hooksOf(ops: VmOps | null): Hooks {
    if (ops === null) return NO_HOOKS;
    return (
      this.#hooks.get(ops) ?? {
        close: ops.close !== undefined,
        open: ops.open !== undefined,
        maySplit: ops.maySplit === undefined ? "none" : "agrees",
      }
    );
  }
}

function remembered<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  let value = known.get(key);
  if (value === undefined) {
    value = make();
    known.set(key, value);
  }
  return value;
}
