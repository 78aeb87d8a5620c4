// Every package is one vitest project; imports between packages resolve to sources, so tests need no build.
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["@vma/source"] },
  ssr: { resolve: { conditions: ["@vma/source"] } },
  test: {
    projects: ["packages/*", "apps/*", "tests", "tests/vitest.proofs.config.ts"],
    coverage: { provider: "v8", include: ["packages/*/src/**", "apps/*/src/**"] },
  },
});
