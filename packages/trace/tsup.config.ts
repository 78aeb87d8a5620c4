import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/index.ts"],
  format: ["esm"],
  // tsup sets baseUrl, which TypeScript 6 calls deprecated. No source condition here: the d.ts names packages.
  dts: { compilerOptions: { ignoreDeprecations: "6.0", customConditions: [] } },
  sourcemap: true,
  clean: true,
  target: "node20",
  treeshake: true,
  // As for @vma/core, and why: its tsup.config.ts. Only constants of files that import nothing are put in place.
  esbuildOptions(options) {
    options.minifySyntax = true;
    delete options.tsconfig;
    options.tsconfigRaw = { compilerOptions: { useDefineForClassFields: false, verbatimModuleSyntax: true } };
  },
});
