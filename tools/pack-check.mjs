// Tests the packages as a user gets them: packs each publishable one, installs the tarballs into an empty
// folder outside the workspace, and there imports and requires every entry, compiles the type tests, and runs the
// `vma` command.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, root } from "./build.mjs";

const shell = process.platform === "win32";
const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

/** Runs a command and returns what it printed; throws with its output when it fails. */
function output(command, args, cwd) {
  return execFileSync(command, args, { cwd, encoding: "utf8", shell, stdio: ["ignore", "pipe", "pipe"] });
}

/** @returns {{dir: string, manifest: any}[]} the packages of the workspace that are not private */
function publishable() {
  return ["packages", "apps"]
    .flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name)))
    .filter((dir) => existsSync(join(dir, "package.json")))
    .map((dir) => ({ dir, manifest: readJson(join(dir, "package.json")) }))
    .filter(({ manifest }) => !manifest.private);
}

/** What each entry exports, told by a program that runs in the folder where the packages are installed. */
function exportsOf(specifier, cwd) {
  const names = "Object.keys(m).filter((n) => n !== 'module.exports').sort().join()";
  const imported = output(
    "node",
    ["--input-type=module", "-e", `const m = await import("${specifier}"); console.log(${names})`],
    cwd,
  );
  // Node 20.19 to 22.12 warn that requiring a module of this kind is experimental; that is not an error.
  const required = output(
    "node",
    ["--no-warnings", "-e", `const m = require("${specifier}"); console.log(${names})`],
    cwd,
  );
  if (imported !== required) throw new Error(`${specifier}: import and require see different exports`);
  if (imported.trim() === "") throw new Error(`${specifier}: exports nothing`);
  return imported.trim().split(",").length;
}

/**
 * Compiles in the folder where the packages are installed: first their own declarations, as a program sees them that
 * has no Node types, then the type tests of the workspace.
 *
 * @param {string[]} specifiers every entry
 * @param {string} cwd
 */
function compile(specifiers, cwd) {
  const tsc = join(root, "node_modules/.bin/tsc");
  const settings = {
    module: "NodeNext",
    target: "ES2022",
    lib: ["ES2023"],
    strict: true,
    noEmit: true,
    types: [],
  };
  const project = (name, include, more) => {
    const path = join(cwd, `tsconfig.${name}.json`);
    writeFileSync(path, JSON.stringify({ compilerOptions: { ...settings, ...more }, include }));
    output(tsc, ["-p", path], cwd);
  };
  const imports = specifiers.map((specifier, index) => `export type * as m${index} from "${specifier}";`);
  writeFileSync(join(cwd, "entries.ts"), imports.join("\n"));
  project("entries", ["entries.ts"], { skipLibCheck: false });
  cpSync(join(root, "tests/types"), join(cwd, "types"), { recursive: true });
  const paths = { vitest: [join(root, "node_modules/vitest/dist/index.d.ts")] };
  project("types", ["types"], { skipLibCheck: true, exactOptionalPropertyTypes: true, paths });
}

const packages = publishable();
const folder = mkdtempSync(join(tmpdir(), "vma-packed-"));
try {
  if (!build()) throw new Error("the build failed");
  const dependencies = {};
  for (const { dir, manifest } of packages) {
    const packed = JSON.parse(
      output(join(root, "node_modules/.bin/pnpm"), ["pack", "--json", "--pack-destination", folder], dir),
    );
    dependencies[manifest.name] = `file:${packed.filename}`;
    console.log(`${manifest.name} ${manifest.version}: packed, ${packed.files.length} files`);
  }
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ private: true, type: "module", dependencies }),
  );
  output("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"], folder);

  const specifiers = packages.flatMap(({ manifest }) =>
    Object.keys(manifest.exports ?? {})
      .filter((entry) => !entry.endsWith(".json"))
      .map((entry) => manifest.name + entry.slice(1)),
  );
  compile(specifiers, folder);
  console.log(`${specifiers.length} entries: their declarations and the type tests compile`);

  for (const { manifest } of packages) {
    if (!existsSync(join(folder, "node_modules", manifest.name, "LICENSE"))) {
      throw new Error(`${manifest.name}: the tarball holds no LICENSE`);
    }
    for (const specifier of specifiers.filter((name) => `${name}/`.startsWith(`${manifest.name}/`))) {
      console.log(`${specifier}: import and require agree, ${exportsOf(specifier, folder)} names`);
    }
    for (const bin of Object.keys(manifest.bin ?? {})) {
      const path = join(folder, "node_modules/.bin", bin);
      const version = output(path, ["--version"], folder).trim();
      if (version !== manifest.version)
        throw new Error(`${bin} --version says ${version}, not ${manifest.version}`);
      if (!output(path, ["--help"], folder).includes("replay"))
        throw new Error(`${bin} --help knows no replay`);
      console.log(`${bin} ${version}: runs`);
      const examples = join(root, "examples");
      for (const name of existsSync(examples) ? readdirSync(examples, { withFileTypes: true }) : []) {
        if (!name.isDirectory()) continue;
        const { verdict } = JSON.parse(output(path, ["replay", join(examples, name.name), "--json"], folder));
        if (verdict !== "exact") throw new Error(`${bin} replay examples/${name.name}: verdict ${verdict}`);
        console.log(`${bin} replay examples/${name.name}: exact`);
      }
    }
  }
} catch (error) {
  console.error([error.message, error.stdout, error.stderr].filter(Boolean).join("\n"));
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
