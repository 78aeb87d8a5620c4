// Every example in a README runs, and prints what the README says: a `ts` block followed by a `text` block.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, describe, expect, it, vi } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const scratch = `${root}tests/.docs-${process.pid}/`;

interface Example {
  readonly file: string;
  readonly line: number;
  readonly code: string;
  readonly output: string;
}

/** The `ts` blocks of a page that are followed by a `text` block. */
function examplesOf(file: string): Example[] {
  const text = readFileSync(`${root}${file}`, "utf8");
  const examples: Example[] = [];
  for (const match of text.matchAll(/^```ts\n([\s\S]*?)^```\n\s*```text\n([\s\S]*?)^```$/gm)) {
    const line = text.slice(0, match.index).split("\n").length;
    examples.push({ file, line, code: match[1] ?? "", output: match[2] ?? "" });
  }
  return examples;
}

const pages = [
  "README.md",
  ...["packages", "apps"].flatMap((folder) =>
    readdirSync(`${root}${folder}`).flatMap((name) =>
      readdirSync(`${root}${folder}/${name}`)
        .filter((entry) => entry === "README.md")
        .map((entry) => `${folder}/${name}/${entry}`),
    ),
  ),
  ...readdirSync(`${root}docs`)
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];
const examples = pages.flatMap(examplesOf);

// Examples name files from the root, wherever the tests were started.
process.chdir(root);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("examples in the documentation", () => {
  it("are there", () => {
    expect(examples.length).toBeGreaterThan(0);
  });

  it.each(examples)("$file:$line prints what it says", async ({ file, line, code, output }) => {
    mkdirSync(scratch, { recursive: true });
    const path = `${scratch}${file.replaceAll(/\W/g, "-")}-${line}.ts`;
    writeFileSync(path, code);
    const printed: string[] = [];
    const log = vi.spyOn(console, "log").mockImplementation((...values: unknown[]) => {
      printed.push(values.map(String).join(" "));
    });
    try {
      await import(/* @vite-ignore */ pathToFileURL(path).href);
    } finally {
      log.mockRestore();
    }
    expect(printed.join("\n")).toBe(output.trimEnd());
  });
});
