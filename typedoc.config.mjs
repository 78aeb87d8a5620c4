// The reference of all published libraries, built from the declarations they ship: `npm run docs` writes docs/api/.

// tools/api.mjs looks after types that are not exported, and tests/tidy.test.ts after links between pages.
const validation = { notExported: false, invalidLink: true, rewrittenLink: true, invalidPath: false };

export default {
  name: "vma",
  entryPointStrategy: "packages",
  entryPoints: ["packages/maple", "packages/core", "packages/trace", "packages/testkit"],
  packageOptions: { tsconfig: "../../tools/tsconfig.reference.json", disableSources: true, validation },
  validation,
  treatWarningsAsErrors: true,
  logLevel: "Warn",
  out: "docs/api",
};
