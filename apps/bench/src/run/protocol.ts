// What a run and its child processes say to each other.
import type { Case } from "./case.js";
import type { Reading } from "./clock.js";
import type { KeysName } from "./keys.js";

export type Order =
  | {
      readonly kind: "prepare";
      readonly suite: Case["suite"];
      readonly name: string;
      readonly contender: string;
      readonly n: number;
      readonly keys: KeysName;
    }
  /** Repeats the work until so much CPU time was measured. */
  | { readonly kind: "round"; readonly millis: number }
  | { readonly kind: "close" };

export type Report =
  | { readonly kind: "ready" }
  | ({ readonly kind: "round"; readonly checksum: number } & Reading)
  | { readonly kind: "unavailable"; readonly why: string }
  | { readonly kind: "failed"; readonly why: string };
