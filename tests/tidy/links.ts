// The links of Markdown pages that lead to a file or a heading of the repository.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** The pages of the repository, from its root; folders that hold nothing of ours are left out. */
export function pagesBelow(root: string): string[] {
  const pages: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const kept = entry.name === ".github" || entry.name === ".changeset" || !entry.name.startsWith(".");
      if (entry.isDirectory()) {
        if (kept && !["node_modules", "dist", "coverage", "etc"].includes(entry.name) && path !== "docs/api")
          walk(path);
      } else if (entry.name.endsWith(".md") && entry.name !== "CHANGELOG.md") pages.push(path);
    }
  };
  walk("");
  return pages.sort();
}

/** The name a heading can be linked by, as code hosts form it. */
function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(/\s/g, "-");
}

function anchorsIn(text: string): Set<string> {
  return new Set([...withoutCode(text).matchAll(/^#{1,6} (.+)$/gm)].map((match) => anchorOf(match[1] ?? "")));
}

function withoutCode(text: string): string {
  return text
    .replaceAll(/^```[\s\S]*?^```/gm, "")
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, ""));
}

/**
 * What is wrong with the links of a page: those that lead nowhere.
 *
 * @param exists whether there is a file or folder of that path from the root
 */
export function brokenLinks(
  page: string,
  text: string,
  exists: (path: string) => boolean,
  read: (path: string) => string,
): string[] {
  const found: string[] = [];
  for (const match of withoutCode(text).matchAll(/\]\(([^()\s]+)\)/g)) {
    const link = match[1] ?? "";
    if (/^[a-z]+:/.test(link)) continue;
    const [target = "", anchor] = link.split("#");
    const path = target === "" ? page : normalize(join(dirname(page), target));
    if (!exists(path)) found.push(`${page}: ${link} leads nowhere`);
    else if (anchor !== undefined && path.endsWith(".md") && !anchorsIn(read(path)).has(anchor)) {
      found.push(`${page}: ${link} names no heading`);
    }
  }
  return found;
}

/** The same for a page on disk. */
export function brokenLinksOf(root: string, page: string): string[] {
  const read = (path: string): string => readFileSync(join(root, path), "utf8");
  return brokenLinks(page, read(page), (path) => existsSync(join(root, path)), read);
}
