/**
 * What one source file imports, whatever the spelling: import, export … from, import(), import type, require().
 *
 * In: text of a TypeScript or JavaScript file.  Out: specifiers with line and kind, and the comments.
 * Why a parser: a regular expression finds imports in comments and strings and misses those over several lines.
 */

import { parseSync, Visitor } from "oxc-parser";

export interface Import {
  /** As written; undefined when it is computed. */
  readonly specifier: string | undefined;
  /** Gone after type stripping: it orders nothing at run time and cannot make a cycle. */
  readonly typeOnly: boolean;
  readonly line: number;
}

/** All imports of a file in the order of their lines. Throws when the text does not parse. */
export function importsOf(path: string, text: string): Import[] {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const found: Import[] = [];
  const add = (specifier: string | undefined, typeOnly: boolean, at: number): void => {
    found.push({ specifier, typeOnly, line: lineOf(text, at) });
  };
  new Visitor({
    // `import { type A }` still loads the module: only `import type` is gone after type stripping.
    ImportDeclaration: (node) => add(node.source.value, node.importKind === "type", node.start),
    ExportAllDeclaration: (node) => add(node.source.value, node.exportKind === "type", node.start),
    ExportNamedDeclaration(node) {
      if (node.source) add(node.source.value, node.exportKind === "type", node.start);
    },
    ImportExpression: (node) => add(literal(node.source), false, node.start),
    TSImportType: (node) => add(literal(node.source), true, node.start),
    TSImportEqualsDeclaration: (node) => add(undefined, false, node.start),
    CallExpression(node) {
      if (node.callee.type === "Identifier" && node.callee.name === "require") {
        add(literal(node.arguments[0]), false, node.start);
      }
    },
  }).visit(program);
  return found.sort((a, b) => a.line - b.line);
}

/** Number of the line, from 1. */
export function lineOf(text: string, at: number): number {
  let line = 1;
  for (let next = text.indexOf("\n"); next >= 0 && next < at; next = text.indexOf("\n", next + 1)) line++;
  return line;
}

function literal(node: { type: string; value?: unknown } | undefined): string | undefined {
  return node?.type === "Literal" && typeof node.value === "string" ? node.value : undefined;
}
