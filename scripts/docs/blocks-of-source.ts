import { parseSync } from "rolldown/utils";
import { blocksOfMarkdown } from "./blocks-of-markdown.ts";
import type { CodeBlock } from "./code-block.ts";

/**
 * The TypeScript blocks in a module's doc comments. A block without imports of its own is given what the module exports, so that
 * the example of an internal function need not tell where it lives; the line added for that is not counted.
 *
 * @param path Recorded in the blocks.
 * @param specifier How a block imports the module.
 */
export function blocksOfSource(path: string, text: string, specifier: string): CodeBlock[] {
  const { comments } = parseSync(path, text);
  const imports = `import { ${exportsOf(text).join(", ")} } from "${specifier}";`;
  return comments
    .filter(({ type, value }) => type === "Block" && value.startsWith("*") && value.includes("```"))
    .flatMap(({ value, start }) => {
      const before = text.slice(0, start).split("\n").length - 1;
      const markdown = value.replace(/^[ \t]*\* ?/gm, "");
      return blocksOfMarkdown(path, "\n".repeat(before) + markdown);
    })
    .map((block) =>
      /^\s*(import|declare module)\b/m.test(block.code)
        ? block
        : { ...block, line: block.line - 1, code: `${imports}\n${block.code}` },
    );
}

/** The names that a module declares and exports, those of types marked as such. */
function exportsOf(text: string): string[] {
  const declarations = /^export (?:declare |async |abstract )*(function|const|class|interface|type) (\w+)/gm;
  return [...text.matchAll(declarations)].map(([, kind, name = ""]) =>
    kind === "interface" || kind === "type" ? `type ${name}` : name,
  );
}
