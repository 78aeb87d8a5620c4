// The suites that take minutes: recorded kernels, enumerated spaces, failing steps one by one, the running kernel, the
// packages as built. `npm run check` leaves them to `npm test`, which runs everything.

/** Files of this folder. */
export const PROOFS: readonly string[] = [
  "before-after.test.ts",
  "cli/shipped.test.ts",
  "close.test.ts",
  "conformance-kernel.test.ts",
  "corpus.test.ts",
  "fault-calls.test.ts",
  "generated-pages.test.ts",
  "kernel.test.ts",
  "limits-kernel.test.ts",
  "profile-witness.test.ts",
  "reasons.test.ts",
  "record-corpus.test.ts",
  "selftests.test.ts",
  "truth.test.ts",
];
