import type { CodeBlock, Language } from "./code-block.ts";

/**
 * The blocks of a Markdown text that are checked. The word after the fence is `ts`, `tsx` or `svelte`, optionally followed by
 * `file=<name>`.
 *
 * @param path Recorded in the blocks.
 * @throws Error where a fence says something else beside that, or does not end.
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
      if (/^(tsx?|typescript|svelte)\b/.test(open.info))
        blocks.push({
          path,
          line: open.line,
          code: code.join("\n"),
          ...whatIs(open.info, path, open.line),
        });
      open = null;
    } else code.push(line);
  }
  if (open !== null) throw new Error(`${path}:${open.line - 1} begins a block that does not end.`);
  return blocks;
}

function whatIs(info: string, path: string, line: number): Pick<CodeBlock, "language" | "file"> {
  const found = /^(tsx?|svelte)(?: file=([\w.-]+\.(\w+)))?$/.exec(info);
  const [, language = "", file = null, extension = language] = found ?? [];
  if (found === null || extension !== language) {
    const expected = ["ts", "tsx", "svelte"].map((known) => `\`${known} file=<name>.${known}\``).join(", ");
    throw new Error(`${path}:${line - 1} says \`${info}\`; expected ${expected}, or one without its file.`);
  }
  return { language: language as Language, file };
}
