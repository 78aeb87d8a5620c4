// Kernel profiles: which one stands for which release, and that an unlisted release says so.
import { describe, expect, it } from "vitest";
import { KERNEL_RULES, PROFILES, profile, profileForRelease } from "../src/abi/profile.js";

describe("profileForRelease", () => {
  it.each([
    ["6.1.192", "6.1", true],
    ["6.6.30-generic", "6.1", false],
    ["6.12.117+deb12-cloud-amd64", "6.12", true],
    ["6.18.44", "6.18", true],
    ["6.9.0", "6.12", false],
    ["7.2.1", PROFILES.at(-1)?.name, false],
    ["5.10.0", "6.1", false],
  ])("%s is %s (exact: %s)", (release, name, exact) => {
    const match = profileForRelease(release);
    expect(match.profile.name).toBe(name);
    expect(match.exact).toBe(exact);
  });

  it("takes a profile's own name", () => {
    for (const known of PROFILES) expect(profileForRelease(known.name).profile).toBe(known);
  });

  it("refuses a text without a version", () => {
    expect(() => profileForRelease("linux")).toThrow(RangeError);
  });
});

describe("the rules", () => {
  it("are all taken over, oldest first, and each value holds in some profile or between two", () => {
    for (const [name, rule] of Object.entries(KERNEL_RULES)) {
      const first = rule.values[0]?.[1];
      expect(profile("6.1")[name as keyof typeof KERNEL_RULES]).toBe(first);
      expect(PROFILES.at(-1)?.[name as keyof typeof KERNEL_RULES]).toBe(rule.values.at(-1)?.[1]);
    }
  });
});

describe("profile", () => {
  it("names the known ones when asked for another", () => {
    expect(() => profile("5.4")).toThrow(/6\.1, 6\.12/);
  });
});
