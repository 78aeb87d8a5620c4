// Builds, then runs every test of the workspace in one vitest run, and ends with one line that says
// how many passed, failed and were skipped. Arguments are handed to vitest: `npm test -- packages/maple`.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { build, root, run } from "./build.mjs";

const report = `${root}node_modules/.cache/vma/vitest.json`;

/** Prints the closing line and sets the exit status from it. A run without a single test is a failed one. */
function finish({ passed, failed, skipped }) {
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

/** Counts from vitest's json report. A file that broke before its first test counts as one failure. */
function count(json) {
  let [passed, failed, skipped] = [0, 0, 0];
  for (const file of json.testResults) {
    let failedHere = 0;
    for (const { status } of file.assertionResults) {
      if (status === "passed") passed++;
      else if (status === "failed") failedHere++;
      else skipped++;
    }
    if (file.status === "failed" && failedHere === 0) failedHere = 1;
    failed += failedHere;
  }
  return { passed, failed, skipped };
}

if (!build()) {
  console.error("The build failed, so no test was run; it counts as one failure.");
  finish({ passed: 0, failed: 1, skipped: 0 });
} else {
  mkdirSync(dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const status = run("vitest", [
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ]);
  let counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    counts = count(JSON.parse(readFileSync(report, "utf8")));
  } catch (error) {
    console.error(`vitest left no report: ${error.message}`);
  }
  if (counts.passed + counts.failed === 0) console.error("No test was run.");
  else if (status !== 0 && counts.failed === 0) {
    console.error("vitest failed outside of any test (see above); it counts as one failure.");
    counts.failed = 1;
  }
  finish(counts);
}
