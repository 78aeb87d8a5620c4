// Every difference between kernels that the profile claims, seen on recordings of real ones: each case that a rule
// names passes with the recorded kernel's own value of that rule, and fails with the value of any other profile.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import {
  KERNEL_RULES,
  type KernelProfile,
  type KernelRule,
  type KernelRules,
  PROFILES,
  profileForRelease,
} from "@vma/core";
import { type CorpusCase, parseCorpusLine, recordedKernel, replayCase } from "@vma/testkit/corpus";
import { describe, expect, it } from "vitest";

const file = fileURLToPath(new URL("data/corpus/witness.jsonl.gz", import.meta.url));
const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split("\n");
const cases: CorpusCase[] = lines.map((line, index) => parseCorpusLine(line, file, index + 1));
const kernels = [...new Set(cases.map(({ kernel }) => kernel))];

/** Why a wrong value cannot be seen on a kernel. One that is seen after all fails its test. */
const unseen: Partial<Record<keyof KernelRules, Record<string, string>>> = {
  copyClonesChain: {
    "6.1.192":
      "there a moved, written area never merges with an untouched one, so there is no chain to hand over",
    "6.12.117":
      "there a moved, written area never merges with an untouched one, so there is no chain to hand over",
  },
  mremapSeveralAreas: {
    "6.1.192": "only the newer order of mremap's checks asks whether several areas may move",
    "6.12.117": "only the newer order of mremap's checks asks whether several areas may move",
  },
  stickyFlags: {
    "6.1.192": "there are no guard regions, so no area has the flag",
    "6.12.117": "there are no guard regions, so no area has the flag",
  },
};

/** Whether the engine, with these rules, does all that the kernel of `recorded` did. */
function passes(recorded: CorpusCase, change: Partial<KernelProfile>): boolean {
  const kernel = recordedKernel(recorded.kernel, null, null);
  const outcome = replayCase(recorded, { ...kernel, profile: { ...kernel.profile, ...change } });
  expect(outcome.notModelled).toBeNull();
  return outcome.mismatch === null;
}

const rules = Object.entries(KERNEL_RULES) as [keyof KernelRules, KernelRule<unknown>][];
const shown = rules.filter(([, { shownBy }]) => shownBy.length > 0);

it("the cases of a kernel of every profile that a release can get are there, each once for each kernel", () => {
  const profileOf = (release: string): string => profileForRelease(release).profile.name;
  const chosen = PROFILES.filter(({ name, versions }) => profileOf(versions[1]) === name);
  expect(kernels.map(profileOf)).toEqual(chosen.map(({ name }) => name));
  const named = new Set(rules.flatMap(([, { shownBy }]) => shownBy));
  for (const name of named)
    expect(cases.filter((recorded) => recorded.case === name)).toHaveLength(kernels.length);
  expect(cases).toHaveLength(kernels.length * named.size);
});

it.each(cases.map((recorded) => [recorded.kernel, recorded.case, recorded] as const))(
  "%s, %s: the engine does what the kernel did",
  (_kernel, _name, recorded) => {
    expect(passes(recorded, {})).toBe(true);
  },
);

describe.each(shown)("%s", (name, { shownBy }) => {
  const wrong = kernels.flatMap((kernel) => {
    const right = recordedKernel(kernel, null, null).profile[name];
    const values = new Set(PROFILES.map((profile) => profile[name]));
    return [...values]
      .filter((value) => value !== right)
      .map((value) => [String(value), kernel, value] as const);
  });

  it.each(wrong)("%s would be wrong for %s", (_text, kernel, value) => {
    const failing = cases.filter(
      (recorded) =>
        recorded.kernel === kernel && shownBy.includes(recorded.case) && !passes(recorded, { [name]: value }),
    );
    if (unseen[name]?.[kernel] === undefined) expect(failing).not.toEqual([]);
    else expect(failing, "is seen after all, though the table says why it cannot be").toEqual([]);
  });
});

it("a value that cannot be seen on one kernel is seen on another", () => {
  for (const [name, without] of Object.entries(unseen)) {
    expect(
      kernels.filter((kernel) => !(kernel in without)),
      name,
    ).not.toEqual([]);
  }
});
