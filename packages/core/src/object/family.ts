/** What an address space shares with all that fork from it. */

import { AnonVmaSource } from "./anon-vma.js";

/** Numbers and anonymous objects shared by an address space and all that fork from it. */
export class Family {
  readonly anonVmas: AnonVmaSource = new AnonVmaSource();
  #lastArea = 0;
  #lastContext = 0;

  /** A number no area of the family has had. */
  nextAreaId(): number {
    this.#lastArea += 1;
    return this.#lastArea;
  }

  /** A number for a new userfaultfd context. */
  nextContextId(): number {
    this.#lastContext += 1;
    return this.#lastContext;
  }
}
