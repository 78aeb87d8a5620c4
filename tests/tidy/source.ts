// One source file as the tidy rules see it: its text and its syntax tree, with the few questions that
// several rules ask of the tree.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

export interface Source {
  /** From the workspace root, with forward slashes: `packages/core/src/host.ts`. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

/** A rule: what is wrong with a file, as sentences without the file's name. */
export type Rule = (source: Source) => string[];

const ignored = new Set(["node_modules", "dist", "coverage", "fixtures"]);

export function parse(path: string, text: string): Source {
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true) };
}

/** Every .ts and .mjs file below the given folders of the workspace, in the order of their paths. */
export function load(root: string, folders: readonly string[]): Source[] {
  const sources: Source[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      // Folders with a dot come and go: caches, and what other tests write while these rules read.
      if (ignored.has(entry.name) || entry.name.startsWith(".")) continue;
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else if (/\.(ts|mjs)$/.test(entry.name))
        sources.push(parse(path, readFileSync(join(root, path), "utf8")));
    }
  };
  for (const folder of folders) walk(folder);
  return sources.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Calls `visit` on every node of the tree, parents first. */
export function walkTree(source: Source, visit: (node: ts.Node) => void): void {
  const step = (node: ts.Node): void => {
    visit(node);
    ts.forEachChild(node, step);
  };
  step(source.tree);
}

/** 1-based line of a node. */
export function lineOf(source: Source, node: ts.Node): number {
  return source.tree.getLineAndCharacterOfPosition(node.getStart(source.tree)).line + 1;
}

/** Everything the file names as a module: static, dynamic, re-exported and type-only imports. */
export function importsOf(source: Source): { specifier: string; line: number }[] {
  const found: { specifier: string; line: number }[] = [];
  walkTree(source, (node) => {
    let name: ts.Node | undefined;
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) name = node.moduleSpecifier;
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) name = node.argument.literal;
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      name = node.arguments[0];
    }
    if (name && ts.isStringLiteralLike(name))
      found.push({ specifier: name.text, line: lineOf(source, node) });
  });
  return found;
}

/** The comment that opens the file (after a `#!` line), or "" when the file does not start with one. */
export function headerOf(source: Source): string {
  const text = source.text.replace(/^#!.*\n/, "");
  const header: string[] = [];
  let end = -1;
  for (const range of ts.getLeadingCommentRanges(text, 0) ?? []) {
    // A blank line ends the header: what follows belongs to the first declaration.
    if (end >= 0 && /\n\s*\n/.test(text.slice(end, range.pos))) break;
    header.push(text.slice(range.pos, range.end));
    end = range.end;
  }
  return header
    .join("\n")
    .replace(/^\s*(\/\*\*?|\*\/|\*|\/\/)/gm, "")
    .replace(/\*\//g, "")
    .replace(/\s+/g, " ")
    .trim();
}
