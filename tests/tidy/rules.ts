// The rules that look at one file alone: its header, length and name, and what must not stand in it.
import ts from "typescript";
import { headerOf, importsOf, lineOf, type Rule, type Source, walkTree } from "./source.js";

const maxLines = 350;
const isTest = (path: string): boolean => /(^|\/)tests?\//.test(path);
const isPure = (path: string): boolean => /^packages\/(maple|core)\/src\//.test(path);

export const header: Rule = (source) =>
  headerOf(source).length >= 20 ? [] : ["does not open with a comment that says what the file is"];

export const length: Rule = (source) => {
  const lines = source.text.split("\n").length - 1;
  if (lines <= maxLines || /longer than 350 lines because \S/i.test(headerOf(source))) return [];
  return [`${lines} lines, and its header has no "Longer than ${maxLines} lines because ..."`];
};

/** A drawer is a file named after nothing; a barrel is an index inside a package. */
export const fileName: Rule = ({ path }) => {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.(test\.)?(ts|mjs)$/, "");
  if (/^(utils?|helpers?|common|types?|misc|shared)$/.test(name))
    return ["is a drawer: name it after the noun in it"];
  if (name === "index" && !/^(packages|apps)\/[^/]+\/src\/index\.ts$/.test(path))
    return ["is a barrel inside a package"];
  return [];
};

/** index.ts is a table of contents: re-exports by name and nothing else. */
export const contents: Rule = (source) => {
  if (!/^packages\/[^/]+\/src\/index\.ts$/.test(source.path)) return [];
  return source.tree.statements.flatMap((statement) =>
    ts.isExportDeclaration(statement)
      ? []
      : [`line ${lineOf(source, statement)}: more than named re-exports`],
  );
};

export const noExportAll: Rule = (source) =>
  source.tree.statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement)) return [];
    if (statement.exportClause && ts.isNamedExports(statement.exportClause)) return [];
    return [`line ${lineOf(source, statement)}: exports everything of a module`];
  });

export const noAny: Rule = (source) => {
  const found: string[] = [];
  walkTree(source, (node) => {
    const cast = ts.isAsExpression(node) || ts.isTypeAssertionExpression(node);
    if (cast && node.type.kind === ts.SyntaxKind.AnyKeyword)
      found.push(`line ${lineOf(source, node)}: a cast to any`);
  });
  return found;
};

/** Reminders and switched-off type checks. The words are put together so that this file passes its own rule. */
const leftovers = new RegExp(
  `\\b(TO${"DO"}|FIX${"ME"}|HA${"CK"})\\b|@ts-${"ignore"}|@ts-${"nocheck"}|@ts-${"expect-error"}\\s*(\\*/)?$`,
);
export const noLeftovers: Rule = (source) =>
  source.text.split("\n").flatMap((line, index) => {
    const found = leftovers.exec(line);
    return found ? [`line ${index + 1}: ${found[0].trim()}`] : [];
  });

const runners = new Set(["it", "test", "describe", "bench", "suite"]);

/** The names of a chain of calls and members: `it.each(table).only` gives it, each, only. */
function chain(node: ts.Node): string[] {
  if (ts.isIdentifier(node)) return [node.text];
  if (ts.isPropertyAccessExpression(node)) return [...chain(node.expression), node.name.text];
  if (ts.isCallExpression(node)) return chain(node.expression);
  return [];
}

/** No test runs alone, and none is left out without a comment on its line or the one above. */
export const noMutedTests: Rule = (source) => {
  if (!isTest(source.path)) return [];
  const lines = source.text.split("\n");
  const found: string[] = [];
  walkTree(source, (node) => {
    if (!ts.isPropertyAccessExpression(node)) return;
    const line = lineOf(source, node.name);
    if (node.name.text === "skip" && ts.isCallExpression(node.parent) && node.parent.expression === node) {
      // `context.skip("why")` says why by itself.
      const reason = node.parent.arguments.some(
        (a) => ts.isStringLiteralLike(a) || ts.isTemplateExpression(a),
      );
      if (/^(context|ctx|task)$/.test(chain(node)[0] ?? "") && !reason)
        found.push(`line ${line}: skips without a reason`);
    }
    if (!runners.has(chain(node)[0] ?? "")) return;
    if (node.name.text === "only") found.push(`line ${line}: .only`);
    if (["skip", "skipIf", "runIf", "todo", "fails"].includes(node.name.text)) {
      const explained = [lines[line - 1], lines[line - 2]].some((text) =>
        /(^|\s)(\/\/|\*)\s*\S/.test(text ?? ""),
      );
      if (!explained) found.push(`line ${line}: .${node.name.text} without a comment that says why`);
    }
  });
  return found;
};

const outside = new Set([
  "Date",
  "console",
  "process",
  "performance",
  "crypto",
  "setTimeout",
  "setInterval",
  "Buffer",
]);

/** The tree and the engine depend on their arguments alone: no clock, randomness, printing or Node. */
export const pure: Rule = (source) => {
  if (!isPure(source.path)) return [];
  const found = importsOf(source).flatMap(({ specifier, line }) =>
    /^(\.|@vma\/)/.test(specifier) ? [] : [`line ${line}: imports ${specifier}`],
  );
  walkTree(source, (node) => {
    if (!ts.isIdentifier(node)) return;
    const parent = node.parent;
    const isMember = ts.isPropertyAccessExpression(parent) && parent.name === node;
    if (isMember && node.text === "random" && parent.expression.getText() === "Math") {
      found.push(`line ${lineOf(source, node)}: uses Math.random`);
    }
    const isName =
      ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isMethodDeclaration(parent);
    if (outside.has(node.text) && !isMember && !isName)
      found.push(`line ${lineOf(source, node)}: uses ${node.text}`);
  });
  return found;
};

/** The names given to `mark("...")` in a file, and what is wrong with the calls. */
function marksOf(source: Source): { names: string[]; wrong: string[] } {
  const names: string[] = [];
  const wrong: string[] = [];
  walkTree(source, (node) => {
    if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression) || node.expression.text !== "mark")
      return;
    const [name] = node.arguments;
    if (name && ts.isStringLiteralLike(name)) names.push(name.text);
    else
      wrong.push(`line ${lineOf(source, node)}: the name of a mark is not a literal, so no test can own it`);
  });
  return { names, wrong };
}

/** Marks that no test mentions, and names that two branches share. */
export function unownedMarks(sources: readonly Source[]): string[] {
  const mentioned = new Set<string>();
  for (const source of sources.filter(({ path }) => isTest(path))) {
    walkTree(source, (node) => {
      if (ts.isStringLiteralLike(node)) mentioned.add(node.text);
    });
  }
  const found: string[] = [];
  const seen = new Map<string, string>();
  for (const source of sources.filter(({ path }) => /^packages\/[^/]+\/src\//.test(path))) {
    const { names, wrong } = marksOf(source);
    found.push(...wrong.map((what) => `${source.path}: ${what}`));
    for (const name of names) {
      const other = seen.get(name);
      if (other !== undefined) found.push(`${source.path}: the mark "${name}" stands in ${other} too`);
      else if (!mentioned.has(name)) found.push(`${source.path}: no test mentions the mark "${name}"`);
      seen.set(name, source.path);
    }
  }
  return found;
}

/** The lines that import or export names of other files: lists that several files have in common by nature. */
function listLines(source: Source): Set<number> {
  const lines = new Set<number>();
  for (const statement of source.tree.statements) {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue;
    const last = source.tree.getLineAndCharacterOfPosition(statement.end).line + 1;
    for (let line = lineOf(source, statement); line <= last; line += 1) lines.add(line);
  }
  return lines;
}

/** Runs of `size` lines that stand in two places; imports, re-exports, comments and lone brackets are not counted. */
export function copiedBlocks(sources: readonly Source[], size: number): string[] {
  const seen = new Map<string, { path: string; line: number }>();
  const found: string[] = [];
  for (const source of sources) {
    const lists = listLines(source);
    const lines = source.text
      .split("\n")
      .map((text, index) => ({ text: text.trim(), line: index + 1 }))
      .filter(({ text, line }) => !lists.has(line) && !/^(|[\])}(;,]+|\/\/.*|\/?\*.*)$/.test(text));
    for (let i = 0; i + size <= lines.length; i++) {
      const block = lines.slice(i, i + size);
      const key = block.map(({ text }) => text).join("\n");
      const line = block[0]?.line ?? 0;
      const other = seen.get(key);
      if (other) {
        found.push(`${source.path}:${line} repeats ${size} lines of ${other.path}:${other.line}`);
        i += size - 1;
      } else seen.set(key, { path: source.path, line });
    }
  }
  return found;
}
