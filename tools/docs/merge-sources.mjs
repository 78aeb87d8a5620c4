// What docs/merge-cases.md reads from the sources: the geometries, their pictures, the coverage marks and the tests
// that own them.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { root } from "../build.mjs";

/** @param {string} path from the workspace root */
function parse(path) {
  return ts.createSourceFile(path, readFileSync(join(root, path), "utf8"), ts.ScriptTarget.ES2022, true);
}

/** The .ts files below a folder, in the order of their paths. @param {string} folder @returns {string[]} */
function sourcesIn(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .filter((path) => !/(^|\/)(\.|node_modules\/)/.test(path))
    .sort();
}

/** Calls `visit` for every node below `node`. @param {ts.Node} node @param {(node: ts.Node) => void} visit */
function walk(node, visit) {
  ts.forEachChild(node, (child) => {
    visit(child);
    walk(child, visit);
  });
}

/** The members of the union MergeGeometry, as declared. @returns {string[]} */
export function geometries() {
  let members = [];
  walk(parse("packages/core/src/object/event.ts"), (node) => {
    if (!ts.isTypeAliasDeclaration(node) || node.name.text !== "MergeGeometry") return;
    members = node.type.types.map(({ literal }) => literal.text);
  });
  if (members.length === 0) throw new Error("no union MergeGeometry in packages/core/src/object/event.ts");
  return members;
}

/** Files whose pictures are told as geometries, with how their words become a geometry's name. */
const pictured = [
  {
    path: "packages/core/src/merge/new-range.ts",
    function: "mergeNewRange",
    name: (words) => (/^both, but\b/.test(words) ? "new-left-reduced" : `new-${/^\w+/.exec(words)?.[0]}`),
  },
  {
    path: "packages/core/src/merge/existing-range.ts",
    function: "mergeExistingRange",
    name: (words) => `existing-${/^\w+(, \w+)?/.exec(words)?.[0].replace(", ", "-")}`,
  },
];

/**
 * The pictures in the comments of the two functions that merge: before, after.
 *
 * @returns {Map<string, { before: string, after: string, file: string, function: string }>} by geometry
 */
export function pictures() {
  const found = new Map();
  for (const { path, function: owner, name } of pictured) {
    const source = parse(path);
    for (const statement of source.statements) {
      if (!ts.isFunctionDeclaration(statement) || statement.name?.text !== owner) continue;
      const comment = statement.getFullText(source);
      const block = /```\n([\s\S]*?)```/.exec(comment)?.[1] ?? "";
      for (const line of block.split("\n")) {
        const match = /^ \*\s+([A-Z*.]+)\s+([A-Z.]+)\s+(.*\S)\s*$/.exec(line);
        if (match)
          found.set(name(match[3]), { before: match[1], after: match[2], file: path, function: owner });
      }
    }
  }
  return found;
}

/** The name of the function a node is in. @param {ts.Node} node @returns {string} */
function functionAround(node) {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    if (ts.isFunctionDeclaration(at) || ts.isMethodDeclaration(at)) return at.name?.getText() ?? "?";
  }
  return "?";
}

/**
 * The coverage marks of @vma/core.
 *
 * @returns {Map<string, { file: string, function: string }>} by name
 */
export function marks() {
  const found = new Map();
  for (const file of sourcesIn("packages/core/src")) {
    walk(parse(file), (node) => {
      if (!ts.isCallExpression(node) || node.expression.getText() !== "mark") return;
      const [name] = node.arguments;
      if (name && ts.isStringLiteral(name)) found.set(name.text, { file, function: functionAround(node) });
    });
  }
  return found;
}

/** The titles of the tests around a node, outermost first. @param {ts.Node} node @returns {string} */
function titleAround(node) {
  const titles = [];
  for (let at = node.parent; at !== undefined; at = at.parent) {
    if (!ts.isCallExpression(at) || !/^(it|test|describe)\b/.test(at.expression.getText())) continue;
    const [title] = at.arguments;
    if (title && ts.isStringLiteralLike(title)) titles.unshift(title.text);
  }
  return titles.join(", ");
}

/**
 * The tests that show that a mark is hit: calls of `hits(onMark, "name", ...)`.
 *
 * @returns {Map<string, { file: string, title: string }>} by mark
 */
export function owners() {
  const found = new Map();
  for (const file of [...sourcesIn("tests"), ...sourcesIn("packages/core/test")]) {
    walk(parse(file), (node) => {
      if (!ts.isCallExpression(node) || node.expression.getText() !== "hits") return;
      const name = node.arguments.find((argument) => ts.isStringLiteral(argument));
      if (name && ts.isStringLiteral(name)) found.set(name.text, { file, title: titleAround(node) });
    });
  }
  return found;
}
