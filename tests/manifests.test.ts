// The manifests of the published packages: what a registry and a bundler need is said alike everywhere, and what the
// root says too is not said differently.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly license?: string;
  readonly type?: string;
  readonly sideEffects?: boolean;
  readonly files?: readonly string[];
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly engines?: { readonly node?: string };
  readonly repository?: { readonly type: string; readonly url: string; readonly directory?: string };
  readonly publishConfig?: { readonly access?: string };
}

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string): Manifest => JSON.parse(readFileSync(`${root}${path}`, "utf8")) as Manifest;
const whole = read("package.json");
const published = ["packages", "apps"]
  .flatMap((group) => readdirSync(`${root}${group}`).map((name) => `${group}/${name}`))
  .map((directory) => ({ directory, manifest: read(`${directory}/package.json`) }))
  .filter(({ manifest }) => manifest.private !== true)
  .map(({ directory, manifest }) => ({ name: manifest.name, directory, manifest }));

it("five packages are published", () => {
  expect(published.map(({ name }) => name).sort()).toEqual(
    ["cli", "core", "maple", "testkit", "trace"].map((name) => `@vma/${name}`),
  );
});

describe.each(published)("$name", ({ directory, manifest }) => {
  it("says where it comes from as the root does", () => {
    expect(manifest.repository).toEqual({ ...whole.repository, directory });
    expect(manifest.license).toBe(whole.license);
    expect(manifest.engines).toEqual(whole.engines);
  });

  it("is an ECMAScript module without side effects, for everybody", () => {
    expect(manifest.type).toBe("module");
    expect(manifest.sideEffects).toBe(false);
    expect(manifest.publishConfig).toEqual({ access: "public" });
    expect(manifest.files).toContain("dist");
  });

  it("can be found", () => {
    expect(manifest.description?.length).toBeGreaterThan(40);
    expect(manifest.keywords?.length).toBeGreaterThanOrEqual(5);
  });

  it("has entries with types, and no way past them", () => {
    const entries = Object.entries(manifest.exports ?? {});
    expect(entries).toContainEqual(["./package.json", "./package.json"]);
    for (const [entry, target] of entries) {
      expect(entry).not.toContain("*");
      if (typeof target === "string") continue;
      expect(Object.keys(target)).toEqual(["@vma/source", "types", "default"]);
      expect(target.types).toBe(target.default?.replace(/\.js$/, ".d.ts"));
    }
  });
});
