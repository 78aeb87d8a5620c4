/** Compiling the helper program with the system's C compiler, once per version of its source (Node only). */

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, chmod, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { HELPER_SOURCE } from "./helper-source.js";

const run = promisify(execFile);

/** Why there is no running kernel to ask. Callers skip and say so. */
export class KernelUnavailable extends Error {
  override readonly name: string = "KernelUnavailable";
}

/** The folder compiled helpers are kept in: $XDG_CACHE_HOME/vma or ~/.cache/vma. */
export function helperCache(): string {
  const { XDG_CACHE_HOME } = process.env;
  return join(XDG_CACHE_HOME ?? join(homedir(), ".cache"), "vma");
}

/**
 * The path of the compiled helper; compiles it when the cache does not have it. `$CC` or `cc` is the compiler; a
 * static program is tried first, as it maps the fewest areas of its own.
 *
 * Throws KernelUnavailable where there is no x86-64 Linux, no compiler, or the program does not compile.
 */
export async function buildHelper(cache: string = helperCache()): Promise<string> {
  if (process.platform !== "linux") throw new KernelUnavailable(`this is ${process.platform}, not Linux`);
  if (process.arch !== "x64") throw new KernelUnavailable(`the machine is ${process.arch}, not x86-64`);
  const compiler = process.env.CC ?? "cc";
  const hash = createHash("sha256").update(HELPER_SOURCE).update(compiler).digest("hex").slice(0, 16);
  const program = join(cache, `kernel-helper-${hash}`);
  try {
    await access(program);
    return program;
  } catch {
    // Not compiled yet.
  }
  let folder: string;
  try {
    await mkdir(cache, { recursive: true });
    folder = await mkdtemp(join(cache, "build-"));
  } catch (error) {
    throw new KernelUnavailable(`the cache folder cannot be written: ${(error as Error).message}`);
  }
  try {
    const source = join(folder, "helper.c");
    const built = join(folder, "helper");
    await writeFile(source, HELPER_SOURCE);
    await compile(compiler, source, built);
    await chmod(built, 0o755);
    // Renamed into place, so that two runs at once never meet a half-written program.
    await rename(built, program);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return program;
}

async function compile(compiler: string, source: string, to: string): Promise<void> {
  try {
    await run(compiler, ["-O1", "-static", "-o", to, source]);
    return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      throw new KernelUnavailable(`there is no C compiler ("${compiler}")`);
    }
  }
  try {
    await run(compiler, ["-O1", "-o", to, source]);
  } catch (error) {
    const { stderr = "", message } = error as { stderr?: string; message: string };
    const [first = message] = stderr.split("\n").filter((line) => /error/.test(line));
    throw new KernelUnavailable(`the helper does not compile: ${first}`);
  }
}
