// What the next release would be: runs `changeset version` in a copy of the repository and prints each package's new
// version and what its changelog would say. Changes nothing here. Pending changesets count, committed or not.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./build.mjs";

const copy = mkdtempSync(join(tmpdir(), "vma-release-"));
const git = (/** @type {string[]} */ ...args) =>
  execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

/** @param {string} path @returns {{ name: string, version: string, private?: boolean }} */
const manifest = (path) => JSON.parse(readFileSync(path, "utf8"));

try {
  git("clone", "--quiet", "--no-hardlinks", root, copy);
  rmSync(join(copy, ".changeset"), { recursive: true });
  cpSync(join(root, ".changeset"), join(copy, ".changeset"), { recursive: true });
  cpSync(join(root, "tools"), join(copy, "tools"), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  const command = join(root, "node_modules/@changesets/cli/bin.js");
  execFileSync(process.execPath, [command, "version"], { cwd: copy, stdio: ["ignore", "ignore", "inherit"] });

  const folders = git("ls-files", "packages/*/package.json", "apps/*/package.json").trim().split("\n");
  for (const path of folders) {
    const [now, next] = [manifest(join(root, path)), manifest(join(copy, path))];
    const changelog = join(copy, path.replace(/package\.json$/, "CHANGELOG.md"));
    if (now.version === next.version) console.log(`${now.name} stays at ${now.version}`);
    else if (now.private === true)
      throw new Error(`${now.name} is private and would get version ${next.version}`);
    else if (!existsSync(changelog)) throw new Error(`${now.name} ${next.version} would have no changelog`);
    else console.log(`\n${readFileSync(changelog, "utf8").trim()}\n`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}
