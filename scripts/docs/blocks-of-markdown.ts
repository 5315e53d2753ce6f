import type { CodeBlock } from "./code-block.ts";

/**
 * The TypeScript blocks of a Markdown text. The word after the fence is `ts`, optionally followed by `file=<name>`.
 *
 * @param path Recorded in the blocks.
 * @throws Error where a fence says something else beside `ts`, or does not end.
 */
export function blocksOfMarkdown(path: string, text: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { readonly fence: string; readonly info: string; readonly line: number } | null = null;
  let code: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const fence = /^\s*(`{3,}|~{3,})\s*(.*?)\s*$/.exec(line);
    if (open === null) {
      if (fence !== null) open = { fence: fence[1] ?? "", info: fence[2] ?? "", line: index + 2 };
      code = [];
    } else if (fence !== null && fence[2] === "" && fence[1]?.startsWith(open.fence)) {
      if (/^(ts|typescript)\b/.test(open.info))
        blocks.push({
          path,
          line: open.line,
          code: code.join("\n"),
          file: fileOf(open.info, path, open.line),
        });
      open = null;
    } else code.push(line);
  }
  if (open !== null) throw new Error(`${path}:${open.line - 1} begins a block that does not end.`);
  return blocks;
}

function fileOf(info: string, path: string, line: number): string | null {
  if (info === "ts") return null;
  const file = /^ts file=([\w.-]+\.ts)$/.exec(info)?.[1];
  if (file === undefined)
    throw new Error(`${path}:${line - 1} says \`${info}\`; expected \`ts\` or \`ts file=<name>.ts\`.`);
  return file;
}
