// The pages that are made from the code: making them again gives the same bytes, and what docs/differences.md says
// the engine does instead of what it does not model is what it does.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  AddressSpace,
  errnoName,
  MAP_ANONYMOUS,
  MAP_HUGETLB,
  MAP_PRIVATE,
  MAP_SHARED_VALIDATE,
  MAP_SYNC,
  OpenFile,
  PROFILES,
  PROT_READ,
  PROT_WRITE,
} from "@vma/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

const FILES = ["differences.md", "merge-cases.md", "merge.svg"];

describe("pages made from the code", () => {
  let made = "";

  beforeAll(() => {
    made = mkdtempSync(join(tmpdir(), "vma-pages-"));
    execFileSync(process.execPath, [join(root, "tools/generate-docs.mjs"), "--out", made], { cwd: root });
  });
  afterAll(() => rmSync(made, { recursive: true, force: true }));

  it.each(FILES)("docs/%s is as `npm run pages` makes it", (page) => {
    expect(readFileSync(join(root, "docs", page), "utf8")).toBe(readFileSync(join(made, page), "utf8"));
  });

  it("are all compared here", () => {
    expect(readdirSync(made)).toEqual(FILES);
  });
});

describe.each(PROFILES.map((kernel) => ({ name: kernel.name, kernel })))(
  "$name, instead of",
  ({ kernel }) => {
    const space = new AddressSpace({ kernel });
    const map = (flags: number, file: OpenFile | null): string =>
      errnoName(space.mmap({ address: 0, length: 4096, prot: PROT_READ | PROT_WRITE, flags, file }));

    it("huge pages of hugetlbfs: ENOMEM", () => {
      expect(map(MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, null)).toBe("ENOMEM");
    });

    it("persistent memory: EOPNOTSUPP", () => {
      expect(map(MAP_SHARED_VALIDATE | MAP_SYNC, new OpenFile({ path: "/mnt/dax/a" }))).toBe("EOPNOTSUPP");
    });
  },
);
