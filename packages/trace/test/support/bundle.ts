/** Small recordings made up by tests. */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder with these files, gone when the test is. */
export async function folderWith(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "vma-trace-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  return folder;
}

/** An area of smaps. */
export function smapsArea(
  range: string,
  permissions: string,
  flags: string,
  name = "",
  anonymous = 0,
): string {
  const file = name.startsWith("/");
  const head = `${range} ${permissions} 00000000 ${file ? "fe:00 260811" : "00:00 0"} `;
  return `${name === "" ? head : head.padEnd(73)}${name}
Size:                  4 kB
Anonymous:      ${String(anonymous).padStart(8)} kB
VmFlags: ${flags} 
`;
}

export const META: string = JSON.stringify({
  name: "made-up",
  kernel_release: "6.18.44",
  arch: "x86_64",
  page_size: 4096,
});
