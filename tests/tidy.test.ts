// The habits of the house, checked by reading the sources. Each rule is first shown a planted mistake,
// so that a rule that has gone blind fails here before it lets something through.
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { floorArrows, packageArrows } from "./tidy/arrows.js";
import { brokenLinks, brokenLinksOf, pagesBelow } from "./tidy/links.js";
import {
  contents,
  copiedBlocks,
  fileName,
  header,
  length,
  noAny,
  noExportAll,
  noLeftovers,
  noMutedTests,
  pure,
  unownedMarks,
} from "./tidy/rules.js";
import { load, parse, type Rule } from "./tidy/source.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const folders = ["maple", "core", "trace", "testkit"].map((name) => `packages/${name}`);
const sources = load(root, [...folders, "apps/cli", "apps/bench", "tests", "tools"]);
const written = sources.filter(({ path }) => !/\.config\.ts$/.test(path));

const core = "packages/core/src";
const anyTest = "packages/core/test/page.test.ts";

interface Planted {
  readonly rule: Rule;
  /** A path and a text that the rule must refuse. */
  readonly bad: readonly (readonly [path: string, text: string])[];
  /** A path and a text that look similar and are right. */
  readonly good: readonly (readonly [path: string, text: string])[];
}

const rules: Record<string, Planted> = {
  "opens with a comment that says what it is": {
    rule: header,
    bad: [
      [`${core}/a.ts`, "export const a = 1;\n// A comment that comes too late to help.\n"],
      [`${core}/a.ts`, "// short\n"],
    ],
    good: [
      [`${core}/a.ts`, "// The pages of an area, counted.\nexport {};\n"],
      [
        "apps/cli/src/main.ts",
        "#!/usr/bin/env node\n/** The command's entry and nothing else. */\nexport {};\n",
      ],
    ],
  },
  "is at most 350 lines long, or says why not": {
    rule: length,
    bad: [[`${core}/a.ts`, `// A long file.\n${"export {};\n".repeat(350)}`]],
    good: [
      [`${core}/a.ts`, `// A file.\n${"export {};\n".repeat(349)}`],
      [
        `${core}/a.ts`,
        `// A table. Longer than 350\n// lines because it is one table.\n${"export {};\n".repeat(400)}`,
      ],
    ],
  },
  "is named after a noun, and no barrel": {
    rule: fileName,
    bad: ["utils", "helpers", "common", "types", "merge/index"].map(
      (name) => [`${core}/${name}.ts`, ""] as const,
    ),
    good: ["page", "flag-types", "index"].map((name) => [`${core}/${name}.ts`, ""] as const),
  },
  "has an index that is a table of contents": {
    rule: contents,
    bad: [[`${core}/index.ts`, "export const a = 1;\n"]],
    good: [[`${core}/index.ts`, 'export { a, type B } from "./a.js";\n']],
  },
  "exports by name": {
    rule: noExportAll,
    bad: [
      [`${core}/index.ts`, 'export * from "./a.js";\n'],
      [`${core}/index.ts`, 'export * as a from "./a.js";\n'],
    ],
    good: [[`${core}/index.ts`, 'export { a } from "./a.js";\n// export * would hide a name\n']],
  },
  "casts nothing to any": {
    rule: noAny,
    bad: [[`${core}/a.ts`, "export const a = b as any;\n"]],
    good: [[`${core}/a.ts`, 'export const a: string = "b as any";\n']],
  },
  "leaves no reminder and switches no type check off": {
    rule: noLeftovers,
    bad: [`// TO${"DO"} later`, `// FIX${"ME"}`, `// @ts-${"ignore"}`, `// @ts-${"expect-error"}`].map(
      (text) => [`${core}/a.ts`, `${text}\n`] as const,
    ),
    good: [["tests/api.test-d.ts", "// @ts-expect-error a string is no address\n"]],
  },
  "mutes no test without a reason": {
    rule: noMutedTests,
    bad: [
      [anyTest, 'it.only("adds", () => {});\n'],
      [anyTest, 'describe.each([1]).only("adds", () => {});\n'],
      [anyTest, '\nit.skip("adds", () => {});\n'],
      [anyTest, '\nit.skipIf(true)("adds", () => {});\n'],
      [anyTest, "context.skip();\n"],
    ],
    good: [
      [anyTest, '// Needs a kernel of its own.\nit.skipIf(true)("adds", () => {});\n'],
      [anyTest, 'context.skip("no kernel of its own here");\n'],
      [anyTest, "lexer.skip();\n"],
      [`${core}/a.ts`, "it.only();\n"],
    ],
  },
  "keeps the tree and the engine free of the outside": {
    rule: pure,
    bad: [
      'import "node:fs"',
      'import c from "commander"',
      "a(Math.random())",
      "a(Date.now())",
      "console.log(1)",
    ].map((text) => [`${core}/a.ts`, `${text};\n`] as const),
    good: [
      [`${core}/a.ts`, 'import { a } from "@vma/maple";\nb.process(a, "Date");\n'],
      ["packages/trace/src/a.ts", "console.log(Date.now());\n"],
    ],
  },
  "imports packages along the arrows": {
    rule: packageArrows,
    bad: [
      ["packages/maple/src/a.ts", 'import { a } from "@vma/core";\n'],
      ["packages/core/src/a.ts", 'import type { a } from "@vma/trace";\n'],
      ["packages/core/test/a.test.ts", 'import { a } from "@vma/testkit";\n'],
      ["packages/trace/src/a.ts", 'export { a } from "@vma/testkit";\n'],
      ["packages/testkit/src/a.ts", 'await import("@vma/cli");\n'],
      ["packages/testkit/src/a.ts", 'import { a } from "@vma/core/src/a.js";\n'],
      ["tests/a.test.ts", 'import { a } from "../packages/core/src/a.js";\n'],
      ["packages/core/test/a.test.ts", 'import a from "../../maple/tsup.config.js";\n'],
      ["elsewhere/a.ts", ""],
    ],
    good: [
      ["packages/core/src/a.ts", 'import { a } from "@vma/maple";\nimport { b } from "./b.js";\n'],
      ["tests/a.test.ts", 'import { a } from "@vma/core/engine";\n'],
      ["tests/a.test.ts", 'import a from "../packages/maple/tsup.config.js";\n'],
    ],
  },
  "imports up the floors of the engine": {
    rule: floorArrows,
    bad: [
      [`${core}/abi/page.ts`, 'import { a } from "../object/vma.js";\n'],
      [`${core}/object/vma.ts`, 'import type { a } from "../host.js";\n'],
      [`${core}/merge/plan.ts`, 'import { a } from "../region/map.js";\n'],
      [`${core}/region/map.ts`, 'import { a } from "../syscall/mmap.js";\n'],
      [`${core}/syscall/mmap.ts`, 'import { a } from "./munmap.js";\n'],
      [`${core}/syscall/mmap.ts`, 'import { a } from "../explain/why.js";\n'],
      [`${core}/syscall/mmap.ts`, 'import { a } from "../cellar/wine.js";\n'],
      [`${core}/cellar/wine.ts`, ""],
    ],
    good: [
      [
        `${core}/syscall/mmap.ts`,
        'import { a } from "../region/map.js";\nimport { b } from "../abi/page.js";\n',
      ],
      [`${core}/merge/plan.ts`, 'import { a } from "./reason.js";\n'],
      ["packages/core/test/page.test.ts", 'import { a } from "../src/abi/page.js";\n'],
    ],
  },
};

describe.each(Object.entries(rules))("every file %s", (_, { rule, bad, good }) => {
  for (const [path, text] of bad) {
    it(`the rule sees a planted mistake in ${path}: ${JSON.stringify(text.slice(0, 60))}`, () => {
      expect(rule(parse(path, text))).not.toEqual([]);
    });
  }
  for (const [path, text] of good) {
    it(`the rule accepts ${path}: ${JSON.stringify(text.slice(0, 60))}`, () => {
      expect(rule(parse(path, text))).toEqual([]);
    });
  }
  it("holds", () => {
    expect(written.flatMap((source) => rule(source).map((what) => `${source.path}: ${what}`))).toEqual([]);
  });
});

describe("coverage marks", () => {
  const src = (text: string): ReturnType<typeof parse> => parse("packages/core/src/merge/plan.ts", text);
  const test = (text: string): ReturnType<typeof parse> => parse("tests/engine/plan.test.ts", text);

  it("the rule sees an unowned, a doubled and a computed mark", () => {
    expect(unownedMarks([src('mark("left");')])).toHaveLength(1);
    expect(unownedMarks([src('mark("left"); mark("left");'), test('hits("left");')])).toHaveLength(1);
    expect(unownedMarks([src("mark(name);")])).toHaveLength(1);
    expect(unownedMarks([src('mark("left");'), test('// "left"')])).toHaveLength(1);
    expect(unownedMarks([src('mark("left");'), test('hits("left");')])).toEqual([]);
  });
  it("are each owned by a test", () => {
    expect(unownedMarks(sources)).toEqual([]);
  });
});

describe("blocks", () => {
  const block = Array.from({ length: 20 }, (_, i) => `call(${i});`).join("\n");

  it("the rule sees a copy across two files and within one", () => {
    expect(copiedBlocks([parse("a.ts", block), parse("b.ts", `start();\n\n${block}`)], 20)).toHaveLength(1);
    expect(copiedBlocks([parse("a.ts", `${block}\nmiddle();\n${block}`)], 20)).toHaveLength(1);
    expect(copiedBlocks([parse("a.ts", block)], 20)).toEqual([]);
  });
  it("the rule does not count what two files import", () => {
    const list = Array.from({ length: 20 }, (_, i) => `  NAME_${i},`).join("\n");
    const both = [
      parse("a.ts", `import {\n${list}\n} from "a";\n`),
      parse("b.ts", `export {\n${list}\n} from "a";\n`),
    ];
    expect(copiedBlocks(both, 20)).toEqual([]);
  });
  it("of 20 lines stand in one place only", () => {
    const product = written.filter(({ path }) => /\/src\//.test(path));
    expect(copiedBlocks(product, 20)).toEqual([]);
  });
});

describe("links between pages", () => {
  const broken = (text: string): string[] =>
    brokenLinks(
      "docs/a.md",
      text,
      (path) => path === "docs/b.md" || path === "docs/a.md",
      () => "# One two\n",
    );

  it("the rule sees a link that leads nowhere", () => {
    expect(broken("[c](c.md)")).toHaveLength(1);
    expect(broken("[b](b.md#three)")).toHaveLength(1);
    expect(broken("[b](../b.md)")).toHaveLength(1);
    expect(
      broken("[b](b.md) [two](b.md#one-two) [here](#one-two) [far](https://example.org) `[c](c.md)`"),
    ).toEqual([]);
  });
  it.each(pagesBelow(root))("of %s lead somewhere", (page) => {
    expect(brokenLinksOf(root, page)).toEqual([]);
  });
});

it("reads the whole house", () => {
  // Fewer files than packages would mean that the walk has lost its way.
  for (const folder of [...folders, "apps/cli", "apps/bench"]) {
    expect(sources.filter(({ path }) => path.startsWith(`${folder}/src/`)).length, folder).toBeGreaterThan(0);
  }
});
