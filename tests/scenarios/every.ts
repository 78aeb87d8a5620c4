// Every scenario of the project: those of the kernel's user-space harness by group, and our own.
import type { Scenario } from "@vma/testkit";
import { scenarios as attributes } from "./own/attributes.js";
import { scenarios as sequences } from "./own/sequences.js";
import { scenarios as anonNotMergeable } from "./userland/anon-not-mergeable.js";
import { scenarios as copy } from "./userland/copy.js";
import { scenarios as dupAnon } from "./userland/dup-anon.js";
import { scenarios as expandOnly } from "./userland/expand-only.js";
import { scenarios as mergeExisting } from "./userland/merge-existing.js";
import { scenarios as mergeExtend } from "./userland/merge-extend.js";
import { scenarios as mergeNew } from "./userland/merge-new.js";
import { scenarios as newWithClose } from "./userland/new-with-close.js";
import { scenarios as noMemory } from "./userland/no-memory.js";
import { scenarios as simpleExpand } from "./userland/simple-expand.js";
import { scenarios as simpleMerge } from "./userland/simple-merge.js";
import { scenarios as simpleModify } from "./userland/simple-modify.js";
import { scenarios as simpleShrink } from "./userland/simple-shrink.js";
import { scenarios as specialFlags } from "./userland/special-flags.js";
import { scenarios as withClose } from "./userland/with-close.js";

/** The harness's scenarios, one group for each of its test functions. */
export const USERLAND: Readonly<Record<string, readonly Scenario[]>> = {
  simpleMerge,
  simpleModify,
  simpleExpand,
  simpleShrink,
  mergeNew,
  specialFlags,
  withClose,
  newWithClose,
  mergeExisting,
  anonNotMergeable,
  dupAnon,
  noMemory,
  mergeExtend,
  copy,
  expandOnly,
};

/** All of them, ours last. */
export const EVERY_SCENARIO: readonly Scenario[] = [
  ...Object.values(USERLAND).flat(),
  ...sequences,
  ...attributes,
];
