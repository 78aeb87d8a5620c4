// Small wrong changes to a source file, one at a time: a comparison turned, an operator swapped, a condition forced, a
// statement left out.
import ts from "typescript";

/**
 * @typedef {object} Mutation
 * @property {string} file from the workspace root
 * @property {number} line from 1
 * @property {string} before the expression or statement around it, on one line
 * @property {string} after the same with the mutation; empty for a statement left out
 * @property {number} start what is replaced, in characters
 * @property {number} end
 * @property {string} written what stands there instead
 * @property {number} from the expression or statement that a switch stands for: the replaced one, or that of a
 *   replaced operator
 * @property {number} to
 */

const K = ts.SyntaxKind;

/** What each operator is swapped for. */
const SWAPS = new Map([
  [K.EqualsEqualsEqualsToken, ["!=="]],
  [K.ExclamationEqualsEqualsToken, ["==="]],
  [K.LessThanToken, ["<=", ">="]],
  [K.LessThanEqualsToken, ["<", ">"]],
  [K.GreaterThanToken, [">=", "<="]],
  [K.GreaterThanEqualsToken, [">", "<"]],
  [K.AmpersandAmpersandToken, ["||"]],
  [K.BarBarToken, ["&&"]],
  [K.PlusToken, ["-"]],
  [K.MinusToken, ["+"]],
  [K.AmpersandToken, ["|"]],
  [K.BarToken, ["&"]],
  [K.CaretToken, ["&"]],
  [K.BarEqualsToken, ["=", "&="]],
  [K.AmpersandEqualsToken, ["=", "|="]],
]);

/** Forced values of a condition. */
const FORCED = ["true", "false"];

/** The node's text on one line. @param {ts.Node} node @param {ts.SourceFile} source */
const oneLine = (node, source) => node.getText(source).replaceAll(/\s+/g, " ");

/** Whether leaving out a node's statement tests nothing: checks of our own, and telling those who listen. */
function isTold(/** @type {string} */ text) {
  return /^(invariant|mark)\(/.test(text) || /\bevents\b/.test(text);
}

/**
 * Every mutation of a file. Contradiction checks, marks and what is only told to listeners are left alone: the tests
 * that own those are others.
 *
 * @param {string} file
 * @param {string} text
 * @returns {Mutation[]}
 */
export function mutationsOf(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  /** @type {Mutation[]} */
  const found = [];
  const add = (/** @type {ts.Node} */ node, /** @type {string} */ after, shown = node) => {
    const start = node.getStart(source);
    const line = source.getLineAndCharacterOfPosition(start).line + 1;
    const context = oneLine(shown, source);
    const at = node.getStart(source) - shown.getStart(source);
    const raw = shown.getText(source);
    const changed = `${raw.slice(0, at)}${after}${raw.slice(at + node.getEnd() - start)}`.replaceAll(
      /\s+/g,
      " ",
    );
    const whole = ts.isToken(node) && ts.isBinaryExpression(shown) ? shown : node;
    found.push({
      file,
      line,
      before: context,
      after: changed,
      start,
      end: node.getEnd(),
      written: after,
      from: whole.getStart(source),
      to: whole.getEnd(),
    });
  };
  const force = (/** @type {ts.Expression} */ condition) => {
    for (const value of FORCED) if (condition.getText(source) !== value) add(condition, value);
  };
  const visit = (/** @type {ts.Node} */ node) => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
    if ((ts.isExpressionStatement(node) || ts.isIfStatement(node)) && isTold(oneLine(node, source))) return;
    if (ts.isBinaryExpression(node)) {
      for (const swap of SWAPS.get(node.operatorToken.kind) ?? []) add(node.operatorToken, swap, node);
    } else if (
      ts.isPrefixUnaryExpression(node) &&
      [K.ExclamationToken, K.TildeToken].includes(node.operator)
    ) {
      add(node, node.operand.getText(source));
    } else if (ts.isConditionalExpression(node)) force(node.condition);
    else if (ts.isIfStatement(node)) force(node.expression);
    else if (node.kind === K.TrueKeyword) add(node, "false", node.parent);
    else if (node.kind === K.FalseKeyword) add(node, "true", node.parent);
    else if (ts.isExpressionStatement(node)) add(node, "");
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The text with one mutation made. @param {string} text @param {Mutation} mutation */
export function mutated(text, { start, end, written }) {
  // A statement left out leaves an empty one: it may be all that an `if` has.
  return text.slice(0, start) + (written === "" ? ";" : written) + text.slice(end);
}

/** What says which mutation is on: its number in the list, or nothing. */
const SWITCH = "globalThis.vmaMutation";

/**
 * The text with all mutations in it, each behind a switch, so that one loaded file can be any of them.
 *
 * @param {string} text
 * @param {readonly (Mutation & { id: number })[]} mutations of this text, each with the value that turns it on
 */
export function switched(text, mutations) {
  // From the inside out: a range that holds others is written around what has been written there.
  const order = [...mutations].sort((a, b) => a.to - a.from - (b.to - b.from));
  /** @type {{ at: number, order: number, text: string }[]} */
  const inserted = [];
  for (const [index, { id, from, to, start, end, written }] of order.entries()) {
    const other = text.slice(from, start) + written + text.slice(end, to);
    const isStatement = written === "";
    const [open, close] = isStatement
      ? [`{ if (${SWITCH} !== ${id}) `, " }"]
      : [`(${SWITCH} === ${id} ? (${other}) : (`, "))"];
    inserted.push(
      { at: from, order: -1 - index, text: open },
      { at: to, order: index - order.length, text: close },
    );
  }
  // What closes at a place comes before what opens there; outer ranges open first and close last.
  const closes = (/** @type {{ text: string }} */ { text: what }) => what === "))" || what === " }";
  inserted.sort((a, b) => a.at - b.at || Number(closes(b)) - Number(closes(a)) || a.order - b.order);
  let [result, position] = ["", 0];
  for (const { at, text: what } of inserted) {
    result += text.slice(position, at) + what;
    position = at;
  }
  return result + text.slice(position);
}
