// Installs the workspace on a fresh clone, so that `npm test` alone is enough. Does nothing while
// node_modules is in step with the lockfile. Plain node: runs before anything is installed.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const root = new URL("..", import.meta.url);
const lock = new URL("pnpm-lock.yaml", root);
const installed = new URL("node_modules/.pnpm/lock.yaml", root);

if (!existsSync(installed) || !readFileSync(installed).equals(readFileSync(lock))) {
  const { packageManager } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
  console.error(`Installing the workspace with ${packageManager} ...`);
  // Without CI=true pnpm asks before it replaces a node_modules that another tool made, and fails without a terminal.
  const { status, error } = spawnSync("npx", ["--yes", packageManager, "install", "--frozen-lockfile"], {
    cwd: root,
    env: { ...process.env, CI: "true" },
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    console.error(`The install failed${error ? `: ${error.message}` : ""}. Nothing else was run.`);
    process.exit(status || 1);
  }
}
