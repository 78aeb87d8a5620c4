import { defineConfig } from "tsup";

export default defineConfig({
  // The other two are started as processes, by their places beside main.js.
  entry: { main: "src/main.ts", worker: "src/run/worker.ts", "reader-alone": "src/trace/reader-alone.ts" },
  format: ["esm"],
  sourcemap: true,
  clean: true,
  target: "node20",
});
