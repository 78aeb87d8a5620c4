import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/index.ts", "src/node.ts", "src/corpus.ts", "src/kernel.ts", "src/arbitrary.ts"],
  format: ["esm"],
  // tsup sets baseUrl, which TypeScript 6 calls deprecated. No source condition here: the d.ts names packages.
  dts: { compilerOptions: { ignoreDeprecations: "6.0", customConditions: [] } },
  sourcemap: true,
  clean: true,
  target: "node20",
  treeshake: true,
});
