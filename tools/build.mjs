// Builds every package through turbo, quietly: what is cached costs nothing, and only errors are printed.
import { spawnSync } from "node:child_process";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";

/** The workspace root, with a slash at its end. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** What every tool is started with: its own folder first, and turbo's telemetry off. */
const options = {
  cwd: root,
  // turbo runs the packages' scripts through pnpm, which it looks up on the path.
  env: {
    ...process.env,
    PATH: `${root}node_modules/.bin${delimiter}${process.env.PATH ?? ""}`,
    TURBO_TELEMETRY_DISABLED: "1",
    DO_NOT_TRACK: "1",
  },
  shell: process.platform === "win32",
};

/**
 * Runs a tool of the workspace with its output shown, and waits for it.
 *
 * @param {string} command a name in node_modules/.bin, or `node`
 * @param {string[]} args
 * @returns {number} the exit status; 1 when it could not be started or was killed
 */
export function run(command, args) {
  const { status, error } = spawnSync(command, args, { ...options, stdio: "inherit" });
  if (error) console.error(`${command} could not be started: ${error.message}`);
  return status ?? 1;
}

/**
 * Builds all packages and apps, without a word on standard output unless it fails.
 *
 * @returns {boolean} whether everything is built
 */
export function build() {
  console.error("Building ...");
  const args = ["run", "build", "--output-logs=errors-only"];
  const { status, error, stdout, stderr } = spawnSync("turbo", args, {
    ...options,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status === 0) return true;
  console.error([error?.message, stdout, stderr].filter(Boolean).join("\n"));
  return false;
}
