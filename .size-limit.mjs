// How large each entry may become, minified and packed with gzip: `npm run size`. A limit is raised by hand, in the
// change that needs it.

/** Parts of Node that entries for Node import; not part of their size. */
const NODE = [
  "child_process",
  "crypto",
  "fs",
  "fs/promises",
  "os",
  "path",
  "readline",
  "stream",
  "util",
  "zlib",
];

/** @param {string} name @param {string} limit @param {object} more */
function entry(name, limit, more = {}) {
  const [, scope, folder, file = "index"] = /^(@vma)\/(\w+)(?:\/(\w+))?/.exec(name) ?? [];
  if (scope === undefined) throw new Error(`${name} is no entry of a package`);
  return { name, path: `packages/${folder}/dist/${file}.js`, gzip: true, limit, ...more };
}

export default [
  entry("@vma/maple", "6 kB"),
  entry("@vma/maple, the tree alone", "6 kB", { import: "{ MapleTree }" }),
  entry("@vma/maple/gaps", "6 kB"),
  entry("@vma/maple/neighbours", "1.2 kB"),
  entry("@vma/maple/versions", "6.5 kB"),
  entry("@vma/maple/rules", "4.4 kB"),
  entry("@vma/maple/sets", "6.7 kB"),
  entry("@vma/maple/debug", "2.3 kB"),
  entry("@vma/core", "44.6 kB"),
  entry("@vma/core/engine", "22.6 kB"),
  entry("@vma/core/debug", "12.4 kB"),
  entry("@vma/trace", "75.6 kB", { ignore: NODE }),
  entry("@vma/trace, the strace reader alone", "13.8 kB", { import: "{ StraceReader }", ignore: NODE }),
  entry("@vma/testkit", "43 kB"),
  entry("@vma/testkit/arbitrary", "3.3 kB", { ignore: ["fast-check"] }),
  entry("@vma/testkit/corpus", "51.6 kB", { ignore: NODE }),
  entry("@vma/testkit/kernel", "65.4 kB", { ignore: NODE }),
  entry("@vma/testkit/node", "8.3 kB", { ignore: NODE }),
  {
    name: "@vma/cli, without the packages it depends on",
    path: "apps/cli/dist/main.js",
    gzip: true,
    limit: "59 kB",
    // A program: it awaits at its top, and its parts are loaded for what they do.
    modifyEsbuildConfig: (/** @type {object} */ config) => ({
      ...config,
      format: "esm",
      packages: "external",
      ignoreAnnotations: true,
    }),
  },
];
