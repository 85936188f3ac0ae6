/**
 * House rules that need comments or syntax, which the linter does not see.
 *
 * `any` and `as` say that we know better than the compiler: a comment says why. A core does not read the clock.
 * Every shipped file begins by saying what it is.
 */

import { parseSync, Visitor } from "oxc-parser";

import { lineOf } from "./imports.ts";
import { roleOf, sourcesOf, type Tree } from "./tree.ts";

export interface Lapse {
  readonly rule: "any-without-reason" | "assertion-without-reason" | "clock" | "no-header";
  /** `packages/wire/src/codec.ts:31` */
  readonly where: string;
}

/** Every lapse in shipped source. */
export function lapses(tree: Tree): Lapse[] {
  return sourcesOf(tree)
    .filter((path) => roleOf(path) === "shipped")
    .flatMap((path) => lapsesOf(path, tree[path] ?? ""));
}

function lapsesOf(path: string, text: string): Lapse[] {
  const { program, comments } = parseSync(path, text);
  const found: Lapse[] = [];
  const add = (rule: Lapse["rule"], at: number): void => {
    found.push({ rule, where: `${path}:${lineOf(text, at)}` });
  };
  const commented = new Set<number>();
  for (const { start, end } of comments) {
    for (let line = lineOf(text, start); line <= lineOf(text, end); line++) commented.add(line);
  }
  const statements: Span[] = [];
  const statement = (span: Span): void => void statements.push(span);
  new Visitor({
    VariableDeclaration: statement,
    ExpressionStatement: statement,
    ReturnStatement: statement,
    ThrowStatement: statement,
    IfStatement: statement,
    ForOfStatement: statement,
    PropertyDefinition: statement,
    TSTypeAliasDeclaration: statement,
    TSPropertySignature: statement,
  }).visit(program);
  /** A comment within the smallest statement around it, on the line above that, or on a line next to the spot. */
  const explained = (at: number): boolean => {
    const around = statements
      .filter((span) => span.start <= at && at < span.end)
      .sort((a, b) => a.end - a.start - (b.end - b.start))[0] ?? { start: at, end: at };
    const line = lineOf(text, at);
    if (commented.has(line - 1) || commented.has(line + 1)) return true; // below: the first line of a function
    for (let near = lineOf(text, around.start) - 1; near <= lineOf(text, around.end); near++) {
      if (commented.has(near)) return true;
    }
    return false;
  };
  const isCore = path.startsWith("packages/") && !path.startsWith("packages/channel/");
  if (!text.replace(/^#!.*\n/, "").startsWith("/*")) add("no-header", 0);
  new Visitor({
    TSAnyKeyword(node) {
      if (!explained(node.start)) add("any-without-reason", node.start);
    },
    TSAsExpression(node) {
      // `as const` asserts nothing: it narrows a literal to itself.
      const isConst = text.slice(node.typeAnnotation.start, node.typeAnnotation.end) === "const";
      if (!isConst && !explained(node.typeAnnotation.start)) add("assertion-without-reason", node.start);
    },
    TSTypeAssertion(node) {
      if (!explained(node.start)) add("assertion-without-reason", node.start);
    },
    NewExpression(node) {
      if (isCore && isDate(node.callee) && node.arguments.length === 0) add("clock", node.start);
    },
    CallExpression(node) {
      if (isCore && isDate(node.callee)) add("clock", node.start); // without `new` it tells the time, whatever it is given
    },
  }).visit(program);
  return found;
}

function isDate(callee: { type: string; name?: unknown }): boolean {
  return callee.type === "Identifier" && callee.name === "Date";
}

interface Span {
  readonly start: number;
  readonly end: number;
}
