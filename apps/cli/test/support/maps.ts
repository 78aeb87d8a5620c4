/** Small maps for tests: smaps text out of one line an area, in a folder that goes away. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** "START-END PERMS FLAGS [NAME]" in pages (hexadecimal), or with a file "FILE@OFFSET" in pages as the name. */
export function smaps(lines: readonly string[]): string {
  return lines
    .map((line) => {
      const [range = "", permissions = "", flags = "", ...rest] = line.split(" ");
      const [start = "", end = ""] = range.split("-").map((page) => `${page}000`);
      const name = rest.join(" ");
      const file = /^(\/.*)@([0-9a-f]+)$/s.exec(name);
      const offset = file === null ? "00000000" : `${file[2]}000`.padStart(8, "0");
      const inode = file === null ? "0" : String(100 + (file[1] ?? "").length);
      const head = `${start.padStart(8, "0")}-${end.padStart(8, "0")} ${permissions} ${offset} ${file === null ? "00:00" : "fe:00"} ${inode} `;
      const label = (file?.[1] ?? name).replaceAll("\n", "\\012");
      const kb = (Number.parseInt(end, 16) - Number.parseInt(start, 16)) / 1024;
      return [
        label === "" ? head : head.padEnd(73) + label,
        `Size:           ${String(kb).padStart(8)} kB`,
        "Rss:                   4 kB",
        "Anonymous:             4 kB",
        `VmFlags: ${flags.replaceAll(",", " ")} `,
        "",
      ].join("\n");
    })
    .join("");
}

/** A folder for the files of one test file. */
export function scratch(): {
  readonly path: string;
  write(name: string, content: string | Uint8Array): string;
} {
  const path = mkdtempSync(join(tmpdir(), "vma-test-"));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    write(name, content): string {
      const file = join(path, name);
      writeFileSync(file, content);
      return file;
    },
  };
}

/** rd wr mr mw me ac: private writable memory. */
export const RW = "rd,wr,mr,mw,me,ac";
export const NONE = "mr,mw,me";
