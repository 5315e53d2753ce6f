import { type ParseResult, parseSync, Visitor } from "rolldown/utils";
import type { GlobalUse, Import, Source } from "./source.ts";

/**
 * Reads a TypeScript module, or the scripts of a Vue or Svelte component. Imports of types count as imports, in every form:
 * `import type`, `export … from`, `import("./x.ts")` as a value and as a type.
 *
 * @throws Error with the file and the parser's sentence where the text is not TypeScript.
 */
export function parseSource(path: string, text: string): Source {
  const code = /\.(vue|svelte)$/.test(path) ? scriptsOf(text) : text;
  const result = parseSync(`${path}.ts`, code);
  const [error] = result.errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  const lineOf = lineCounter(code);
  return {
    path,
    imports: importsOf(result, lineOf),
    globals: globalsOf(result, lineOf),
    codeLines: codeLines(code, result.comments),
  };
}

/** A module that is written as an import's or export's source, if it is one literal. */
type Literal = { readonly type: string; readonly value?: unknown; readonly start: number } | null;

function importsOf(result: ParseResult, lineOf: (offset: number) => number): Import[] {
  const imports: Import[] = [];
  const add = (source: Literal): void => {
    if (source === null) return;
    const literal = source.type === "Literal" && typeof source.value === "string";
    imports.push({ specifier: literal ? String(source.value) : null, line: lineOf(source.start) });
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source),
    ExportNamedDeclaration: (node) => add(node.source),
    ExportAllDeclaration: (node) => add(node.source),
    ImportExpression: (node) => add(node.source),
    TSImportType: (node) => add(node.source),
  }).visit(result.program);
  return imports;
}

function globalsOf(result: ParseResult, lineOf: (offset: number) => number): GlobalUse[] {
  const uses: GlobalUse[] = [];
  const add = (node: { readonly type: string; readonly start: number }): void => {
    if (node.type === "Identifier" && "name" in node && typeof node.name === "string") {
      uses.push({ name: node.name, line: lineOf(node.start) });
    }
  };
  new Visitor({
    MemberExpression: (node) => add(node.object),
    CallExpression: (node) => add(node.callee),
    NewExpression: (node) => add(node.callee),
    TSTypeReference: (node) => add(node.typeName),
    TSQualifiedName: (node) => add(node.left),
  }).visit(result.program);
  return uses;
}

/** The contents of all `<script>` elements, at their lines. */
function scriptsOf(component: string): string {
  let code = "";
  for (const match of component.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)) {
    const body = match[1] ?? "";
    const begin = match.index + match[0].indexOf(">") + 1;
    code += "\n".repeat(newlines(component.slice(0, begin)) - newlines(code)) + body;
  }
  return code;
}

function newlines(text: string): number {
  return text.split("\n").length - 1;
}

function lineCounter(text: string): (offset: number) => number {
  return (offset) => newlines(text.slice(0, offset)) + 1;
}

function codeLines(
  text: string,
  comments: readonly { readonly start: number; readonly end: number }[],
): number {
  let bare = "";
  let from = 0;
  for (const { start, end } of comments) {
    bare += text.slice(from, start) + text.slice(start, end).replace(/[^\n]/g, "");
    from = end;
  }
  bare += text.slice(from);
  return bare.split("\n").filter((line) => line.trim() !== "").length;
}
