// The package as it is published: built with tsup.config.ts, short names and all, and run where nothing of Node is.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import { build } from "tsup";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import config from "../packages/maple/tsup.config.js";

const ENTRIES = ["index", "gaps", "neighbours", "versions", "rules", "sets", "debug"];

const folder = mkdtempSync(join(tmpdir(), "vma-maple-"));
const home = fileURLToPath(new URL("../packages/maple", import.meta.url));
let code = "";

/** Uses each entry through what its declarations promise; leaves a line of results in `out`. */
const USE = `
  const tree = new all.MapleTree({ rules: new all.Rules({ merge: (a, b) => (a === b ? a : undefined) }) });
  for (let i = 0; i < 5000; i++) tree.set(i * 10, i * 10 + 5, i);
  const old = all.snapshot(tree);
  tree.set(5, 10, 0);
  all.isolate(tree, 22, 24);
  tree.reserve(3);
  const cursor = tree.cursor(31);
  cursor.set(cursor.end, cursor.end + 2, 7);
  all.nextGap(cursor, 4);
  const beside = [all.touchingBelow(cursor), all.startBelow(cursor), all.touchingAbove(cursor), all.endAbove(cursor)];
  const { entries, nodes, leaves, height } = all.stats(tree);
  const out = [
    tree.size, tree.get(7), [...tree.entries(20, 30)].join(" "), cursor.start, all.lowestGap(tree, 6), all.highestGap(tree, 5),
    tree.first(), tree.last(), tree.floor(14), [...all.gaps(tree, 0, 40)].join(" "), [...tree.keys(0, 12)].join(" "),
    [...all.diff(old, tree)].length, all.equals(old, all.clone(old)), all.union(old, tree).size, all.validate(tree).length,
    entries, nodes > leaves, leaves > 100, height, all.dump(tree).length > 1000, tree.maxNodes, tree.min, beside,
  ].join("; ");
`;
const EXPECTED = [
  ..."5003|0|20,22,2 22,24,2 24,25,2|45|49995|18446744073709548000|0,10,0|49990,49995,4999|10,15,1".split(
    "|",
  ),
  ..."15,20 25,30 37,40|0,10 10,15|2|true|5001|0|5003|true|true|2|true|Infinity|0|4,40,5,55".split("|"),
].join("; ");

const QUIET = { config: false, dts: false, sourcemap: false, clean: false, silent: true } as const;

beforeAll(async () => {
  writeFileSync(
    join(folder, "all.ts"),
    ENTRIES.map((entry) => `export * from ${JSON.stringify(join(home, "src", `${entry}.ts`))};\n`).join(""),
  );
  await build({
    ...(config as object),
    ...QUIET,
    entry: [join(folder, "all.ts")],
    format: ["iife"],
    globalName: "all",
    outDir: folder,
    minify: true,
  });
  code = readFileSync(join(folder, "all.global.js"), "utf8");
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the built package", () => {
  it("has short names inside, and no marks", () => {
    expect(code).not.toMatch(/\bentryCount\b|\bpairsOf\b|balance\.split-inner/);
  });

  it("asks for nothing of Node", () => {
    expect(code).not.toMatch(/["'`]node:|\brequire\(|\bprocess\b|\bBuffer\b|\bimport\(/);
  });

  it("does the same where there is only JavaScript", () => {
    expect(String(runInNewContext(`${code};(() => {${USE} return out; })()`, {}))).toBe(EXPECTED);
  });

  it("does the same in a browser", { timeout: 60_000 }, (context) => {
    const page = join(folder, "page.html");
    writeFileSync(page, `<body><script>${code};{${USE} document.body.textContent = out; }</script>`);
    const flags = [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--dump-dom",
      `--user-data-dir=${folder}/profile`,
    ];
    const run = spawnSync("chromium", [...flags, `file://${page}`], { encoding: "utf8", timeout: 50_000 });
    if (run.error !== undefined) context.skip(`no chromium here: ${run.error.message}`);
    expect(run.stdout).toContain(`<body>${EXPECTED}</body>`);
  });
});

/** What only one part of the package says, in its code as it is published. */
const PARTS = {
  tree: "entries must come in order",
  gaps: "the size of a gap",
  versions: "FinalizationRegistry",
  rules: "one of its own rules",
  sets: "function* sideBySide",
  debug: "is not closed",
};

describe("whoever imports", () => {
  const dist = join(folder, "dist");

  beforeAll(async () => {
    await build({
      ...(config as object),
      ...QUIET,
      entry: ENTRIES.map((entry) => join(home, "src", `${entry}.ts`)),
      outDir: dist,
    });
    // As published: what nobody uses of a file may go.
    copyFileSync(join(home, "package.json"), join(dist, "package.json"));
  }, 60_000);

  it.each([
    ["the tree", { index: "MapleTree" }, ["tree"]],
    ["the whole main entry", { index: "*" }, ["tree"]],
    ["the search for gaps", { index: "MapleTree", gaps: "lowestGap" }, ["tree", "gaps"]],
    ["versions", { index: "MapleTree", versions: "snapshot, dispose" }, ["tree", "versions"]],
    ["rules", { index: "MapleTree", rules: "Rules, isolate" }, ["tree", "rules"]],
    ["one of the set operations", { sets: "union" }, ["tree", "sets"]],
    ["what looks at a tree", { debug: "validate, dump, stats" }, ["debug"]],
    ["everything", Object.fromEntries(ENTRIES.map((entry) => [entry, "*"])), Object.keys(PARTS)],
  ])("%s loads no more than it needs", async (name, imports: Record<string, string>, parts) => {
    const file = join(folder, `${name.replaceAll(" ", "-")}.js`);
    const lines = Object.entries(imports).map(
      ([entry, names]) => `export ${names === "*" ? "*" : `{ ${names} }`} from "./dist/${entry}.js";\n`,
    );
    writeFileSync(file, lines.join(""));
    const outDir = join(folder, "bundled");
    await build({ ...QUIET, entry: [file], format: ["esm"], platform: "browser", outDir, splitting: false });
    const bundled = readFileSync(join(outDir, basename(file)), "utf8");
    const found = Object.entries(PARTS).filter(([, says]) => bundled.includes(says));
    expect(found.map(([part]) => part)).toEqual(parts);
  });
});
