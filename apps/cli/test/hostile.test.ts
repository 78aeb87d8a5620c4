/** Names made to do harm: they reach neither the terminal raw nor a page as markup. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { html, scriptJson } from "../src/output/html/markup.js";
import { RW, scratch, smaps } from "./support/maps.js";
import { vma } from "./support/run.js";

const files = scratch();
const ESC = String.fromCharCode(27);
const HOSTILE = [
  `/tmp/${ESC}[2J${ESC}]0;owned\u0007`,
  "/tmp/<script>alert(1)</script>\"'&",
  "/tmp/\u202egnp.exe\u2066",
  "/tmp/new\nline",
  "/tmp/\u009b31m and \u{1F600}",
];
const map = files.write(
  "hostile.smaps",
  smaps(
    HOSTILE.flatMap((name, index) => [
      `${(0x1000 + index * 16).toString(16)}-${(0x1008 + index * 16).toString(16)} r--p rd,mr,mw,me ${name}@0`,
      `${(0x1008 + index * 16).toString(16)}-${(0x1010 + index * 16).toString(16)} rw-p ${RW} ${name}@8`,
    ]),
  ),
);
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe("names with control characters, direction marks and newlines", () => {
  const commands: readonly (readonly string[])[] = [
    ["top", map],
    ["why", map],
    ["why", map, "1008000"],
    ["diff", map, files.write("empty.smaps", smaps([`9000-9001 rw-p ${RW}`]))],
    ["limits", map],
    ["top", map, "--json"],
    ["top", map, "--ndjson"],
    ["why", map, "--json"],
  ];
  it.each(commands)("are shown as text by %s %s %s", async (...args) => {
    const { out } = await vma(args.filter((arg) => typeof arg === "string"));
    expect(out.length).toBeGreaterThan(50);
    expect(out).not.toMatch(RAW);
  });

  it("come back unchanged out of JSON", async () => {
    const { out } = await vma(["top", map, "--ndjson"]);
    const names = out
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { name: string }).name);
    expect([...new Set(names)].sort()).toEqual([...HOSTILE].sort());
  });

  it("in the names of files that do not exist end up in one safe line", async () => {
    const { code, err } = await vma(["top", `${ESC}[31mno\nsuch`]);
    expect(code).toBe(2);
    expect(err).not.toMatch(RAW);
    expect(err).toContain("\\x1b[31mno\\x0asuch");
  });
});

describe("names in the report", () => {
  it("are text in the page and in its data", async () => {
    const page = join(files.path, "report.html");
    expect((await vma(["report", map, "-o", page])).code).toBe(0);
    const text = readFileSync(page, "utf8");
    expect(text).not.toContain("<script>alert");
    expect(text).not.toContain("</script>\"'");
    expect(text).toContain("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;");
    expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    expect(text.match(/<script/g)).toHaveLength(2);
    const data = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(text)?.[1] ?? "";
    expect(JSON.parse(data)).toMatchObject({ areas: expect.any(Array) as unknown });
  });

  it("are escaped by the template, nested or not", () => {
    expect(html`<p>${"<b>"}${[html`<i>${"&"}</i>`, "'"]}</p>`.text).toBe("<p>&lt;b&gt;<i>&amp;</i>&#39;</p>");
    expect(scriptJson("</script>\u2028").text).toBe('"\\u003c/script>\\u2028"');
  });
});
