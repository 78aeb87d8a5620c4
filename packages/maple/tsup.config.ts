import { readFileSync } from "node:fs";
import { defineConfig } from "tsup";

// Names of fields and methods that no user sees (TypeScript's declarations leave them out): a letter each in what is
// published. A name must not be here that is part of the interface of any entry; tests/maple-bundle.test.ts looks after that.
const INTERNAL: readonly string[] = [
  ...["inners", "root", "entryCount", "nodeCount", "version", "frozen", "hold", "nodesOf", "levels"],
  ...["parents", "slots", "leaf", "slot", "low", "high", "at", "tree", "path", "here", "pathTo"],
  ...[
    "numbers",
    "items",
    "views",
    "table",
    "kids",
    "counts",
    "births",
    "capacity",
    "used",
    "free",
    "pageBits",
    "bits",
  ],
  ...[
    "base",
    "fetch",
    "fetched",
    "most",
    "fewest",
    "provide",
    "numbersOf",
    "itemsOf",
    "grow",
    "take",
    "give",
    "putFree",
    "since",
    "dead",
    "make",
    "copy",
    "above",
    "beside",
  ],
  ...[
    "live",
    "place",
    "inLeaf",
    "inNode",
    "nextHole",
    "nextBound",
    "largest",
    "found",
    "align",
    "offset",
    "up",
    "afterLeft",
    "beforeRight",
  ],
  ...["ready", "visitNode", "onEntry", "onHole"],
];

const config: ReturnType<typeof defineConfig> = defineConfig({
  entry: ["index", "gaps", "neighbours", "versions", "rules", "sets", "debug"].map(
    (name) => `src/${name}.ts`,
  ),
  format: ["esm"],
  // tsup sets baseUrl, which TypeScript 6 calls deprecated. No source condition here: the d.ts names packages.
  dts: { compilerOptions: { ignoreDeprecations: "6.0", customConditions: [] } },
  sourcemap: true,
  clean: true,
  target: "node20",
  treeshake: true,
  esbuildOptions(options) {
    // Writes the numbers of layout.ts where they are used: a lookup is 15 % slower when it has to load them.
    options.minifySyntax = true;
    // Class fields become assignments: one that is defined first is undefined for a moment, and after that the JS
    // engine takes its value for anything at all.
    delete options.tsconfig;
    options.tsconfigRaw = { compilerOptions: { useDefineForClassFields: false, verbatimModuleSyntax: true } };
    options.mangleProps = new RegExp(`^(${INTERNAL.join("|")})$`);
  },
  esbuildPlugins: [
    {
      // Marks are for this package's own tests, which run its sources.
      name: "no-marks",
      setup(build) {
        build.onLoad({ filter: /[\\/]src[\\/][\w-]+\.ts$/ }, ({ path }) => ({
          contents: readFileSync(path, "utf8").replaceAll(/\bmark\("[\w.-]+"\);/g, ";"),
          loader: "ts",
        }));
      },
    },
  ],
});

export default config;
