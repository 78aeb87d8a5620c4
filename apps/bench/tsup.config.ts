import { defineConfig } from "tsup";

export default defineConfig({
  // The worker is forked by its place beside main.js.
  entry: { main: "src/main.ts", worker: "src/run/worker.ts" },
  format: ["esm"],
  sourcemap: true,
  clean: true,
  target: "node20",
});
