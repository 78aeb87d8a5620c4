// Which file may import which: between packages, between the floors of @vma/core, and never across a
// package border by path. The chart is in docs/architecture.md.
import { posix } from "node:path";
import { importsOf, type Rule, type Source } from "./source.js";

/** What each package may import from the workspace. Tests, apps and their configs come last and see all. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  "packages/maple": [],
  "packages/core": ["@vma/maple"],
  "packages/trace": ["@vma/core", "@vma/maple"],
  "packages/testkit": ["@vma/core", "@vma/trace", "@vma/maple"],
  "apps/cli": ["@vma/core", "@vma/trace", "@vma/maple", "@vma/testkit"],
  "apps/bench": ["@vma/core", "@vma/trace", "@vma/maple", "@vma/testkit"],
  tests: ["@vma/core", "@vma/trace", "@vma/maple", "@vma/testkit"],
  tools: [],
};

/** The folder of the package a path is in: `packages/core`, `tests`. */
function home(path: string): string {
  const [first = "", second = ""] = path.split("/");
  return first === "packages" || first === "apps" ? `${first}/${second}` : first;
}

function target(source: Source, specifier: string): string {
  return posix.join(posix.dirname(source.path), specifier);
}

export const packageArrows: Rule = (source) => {
  const allowed = mayImport[home(source.path)];
  if (!allowed) return ["belongs to no package that the chart knows"];
  return importsOf(source).flatMap(({ specifier, line }) => {
    if (specifier.startsWith(".")) {
      if (home(target(source, specifier)) === home(source.path)) return [];
      // How a package is built is no part of it: tests may build it the same way.
      if (home(source.path) === "tests" && specifier.endsWith("/tsup.config.js")) return [];
      return [`line ${line}: leaves its package by path: ${specifier}`];
    }
    if (!specifier.startsWith("@vma/")) return [];
    const [scope, name, ...entry] = specifier.split("/");
    if (!allowed.includes(`${scope}/${name}`)) return [`line ${line}: may not import ${specifier}`];
    if (entry.includes("src") || entry.includes("dist")) return [`line ${line}: deep import ${specifier}`];
    return [];
  });
};

/** The floors of packages/core/src from the top; a file imports from its own floor and from those above. */
const floors = [
  ["assert.ts", "mark.ts"],
  ["abi/"],
  ["object/"],
  ["host.ts"],
  ["mm.ts"],
  ["iterator.ts"],
  ["merge/"],
  ["region/"],
  ["syscall/"],
  ["explain/"],
  ["validate.ts"],
  ["address-space.ts"],
  ["index.ts", "engine.ts", "debug.ts"],
] as const;

const core = "packages/core/src/";

function floorOf(path: string): number {
  const inside = path.slice(core.length);
  return floors.findIndex((rooms) =>
    rooms.some((room) => inside === room || (room.endsWith("/") && inside.startsWith(room))),
  );
}

export const floorArrows: Rule = (source) => {
  if (!source.path.startsWith(core)) return [];
  const own = floorOf(source.path);
  if (own < 0) return ["stands on no floor of @vma/core"];
  return importsOf(source).flatMap(({ specifier, line }) => {
    if (!specifier.startsWith(".")) return [];
    const to = target(source, specifier).replace(/\.js$/, ".ts");
    if (!to.startsWith(core)) return [];
    const floor = floorOf(to);
    if (floor < 0) return [`line ${line}: imports ${specifier}, which stands on no floor`];
    if (floor > own) return [`line ${line}: imports ${specifier} from a floor below`];
    const isSyscall = (path: string): boolean => path.startsWith(`${core}syscall/`);
    if (isSyscall(source.path) && isSyscall(to))
      return [`line ${line}: a system call imports its sibling ${specifier}`];
    return [];
  });
};
