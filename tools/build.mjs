// Builds every package through turbo, quietly: what is cached costs nothing, and only errors are printed.
import { spawnSync } from "node:child_process";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";

/** The workspace root, with a slash at its end. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Runs a tool of the workspace with its output shown, and waits for it.
 *
 * @param {string} command a name in node_modules/.bin, or `node`
 * @param {string[]} args
 * @param {Record<string, string>} [env] added to the environment
 * @returns {number} the exit status; 1 when it could not be started or was killed
 */
export function run(command, args, env = {}) {
  const path = `${root}node_modules/.bin${delimiter}${process.env.PATH ?? ""}`;
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    // turbo runs the packages' scripts through pnpm, which it looks up on the path.
    env: { ...process.env, PATH: path, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1", ...env },
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (error) console.error(`${command} could not be started: ${error.message}`);
  return status ?? 1;
}

/** Builds all packages and apps. Returns the exit status of the build. */
export function build() {
  return run("turbo", ["run", "build", "--output-logs=errors-only"]);
}
