// Reports of what each package exports, one for each entry, in packages/*/etc/: a change of the API shows up in
// review as a change of a report. Writes them; with --check, compares and says what differs. Either way, a type that
// the declarations mention must be exported by some entry of its package. Needs the packages built.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";
import ts from "typescript";
import { root } from "./build.mjs";
import { UNEXPORTED } from "./unexported.mjs";

const { values: given } = parseArgs({ options: { check: { type: "boolean", default: false } } });

/** As a user's compiler sees a package: through its declarations, never through its sources. */
const userOptions = {
  module: "NodeNext",
  target: "ES2022",
  lib: ["ES2023"],
  strict: true,
  skipLibCheck: true,
  types: [],
};

/** @typedef {{ declarations: string, report: string }} Entry */

/**
 * The published libraries with their entries.
 *
 * @returns {{ name: string, folder: string, entries: Entry[] }[]}
 */
function libraries() {
  const names = readdirSync(join(root, "packages")).filter((name) =>
    existsSync(join(root, "packages", name, "package.json")),
  );
  return names.map((name) => {
    const folder = join(root, "packages", name);
    const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const entries = Object.entries(exports)
      .filter(([, target]) => typeof target === "object")
      .map(([entry, { types }]) => ({
        declarations: join(folder, types),
        report: `${name}${entry.slice(1).replaceAll("/", ".")}`,
      }));
    return { name, folder, entries };
  });
}

/** What the entries export, all together. @param {Entry[]} entries @returns {Set<string>} */
function exportedNames(entries) {
  const files = entries.map(({ declarations }) => declarations);
  const program = ts.createProgram(files, { module: ts.ModuleKind.NodeNext, types: [], noEmit: true });
  const checker = program.getTypeChecker();
  return new Set(
    files.flatMap((file) => {
      const symbol = checker.getSymbolAtLocation(program.getSourceFile(file));
      return checker.getExportsOfModule(symbol).map((exported) => exported.name);
    }),
  );
}

/**
 * Makes or compares one report.
 *
 * @param {string} folder the package's
 * @param {Entry} entry
 * @param {string} scratch a folder for what is compared with
 * @returns {{ problems: string[], forgotten: string[] }} what is wrong, and the types that this entry does not export
 */
function report(folder, { declarations, report: name }, scratch) {
  const problems = [];
  const forgotten = [];
  const reportFolder = join(folder, "etc");
  mkdirSync(reportFolder, { recursive: true });
  const config = ExtractorConfig.prepare({
    packageJsonFullPath: join(folder, "package.json"),
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: declarations,
      compiler: { overrideTsconfig: { compilerOptions: userOptions, files: [declarations] } },
      apiReport: { enabled: true, reportFileName: name, reportFolder, reportTempFolder: scratch },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      newlineKind: "lf",
      messages: {
        extractorMessageReporting: {
          default: { logLevel: "error" },
          // Whatever is exported is public; there is no second kind.
          "ae-missing-release-tag": { logLevel: "none" },
          "ae-undocumented": { logLevel: "none" },
        },
        compilerMessageReporting: { default: { logLevel: "error" } },
        tsdocMessageReporting: { default: { logLevel: "none" } },
      },
    },
  });
  const { apiReportChanged } = Extractor.invoke(config, {
    localBuild: !given.check,
    messageCallback(message) {
      message.handled = true;
      const symbol = message.messageId === "ae-forgotten-export" && /symbol "([^"]+)"/.exec(message.text);
      if (symbol) forgotten.push(symbol[1]);
      else if (message.logLevel === "error") problems.push(message.formatMessageWithoutLocation());
    },
  });
  if (given.check && apiReportChanged) {
    problems.push(
      `the report is not what the code exports: run npm run api and look at how etc/${name}.api.md changes`,
    );
  }
  return { problems, forgotten };
}

/** Reports on one library, entry by entry. @returns {string[]} what is wrong */
function check({ name, folder, entries }, scratch) {
  const results = entries.map((entry) => ({ entry, ...report(folder, entry, scratch) }));
  const problems = results.flatMap(({ entry, problems }) =>
    problems.map((what) => `${entry.report}: ${what}`),
  );
  const exported = exportedNames(entries);
  const unexported = new Set(
    results.flatMap(({ forgotten }) => forgotten).filter((type) => !exported.has(type)),
  );
  const excused = new Set((UNEXPORTED[name] ?? []).flatMap(({ types }) => types));
  for (const type of unexported) {
    if (!excused.has(type))
      problems.push(`${name}: no entry exports ${type}, which its declarations mention`);
  }
  for (const type of excused) {
    if (!unexported.has(type))
      problems.push(`${name}: tools/unexported.mjs has ${type}, which needs no excuse`);
  }
  return problems;
}

const scratch = mkdtempSync(join(tmpdir(), "vma-api-"));
try {
  for (const library of libraries()) {
    const problems = check(library, scratch);
    for (const problem of problems) console.error(problem);
    if (problems.length > 0) process.exitCode = 1;
    else console.log(`${library.name}: ${library.entries.length} entries`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
