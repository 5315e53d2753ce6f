import { test } from "vitest";
import { blocksOfMarkdown } from "./blocks-of-markdown.ts";
import { blocksOfSource } from "./blocks-of-source.ts";
import { checkSvelte, scriptOfSvelte } from "./check-svelte.ts";

test("blocks marked ts are found with the line of their code and their file's name", ({ expect }) => {
  const text = "# Title\n\n```ts\nlet a;\n```\n```sh\nls\n```\n\n```ts file=api.ts\nlet b;\nlet c;\n```\n";
  expect(blocksOfMarkdown("x.md", text)).toEqual([
    { path: "x.md", line: 4, language: "ts", code: "let a;", file: null },
    { path: "x.md", line: 11, language: "ts", code: "let b;\nlet c;", file: "api.ts" },
  ]);
});

test("blocks with elements and of Svelte are found as what they are", ({ expect }) => {
  const text = "```tsx file=a.tsx\n<p />;\n```\n```svelte\n<p>a</p>\n```\n```html\n<p>\n```\n";
  expect(blocksOfMarkdown("x.md", text)).toEqual([
    { path: "x.md", line: 2, language: "tsx", code: "<p />;", file: "a.tsx" },
    { path: "x.md", line: 5, language: "svelte", code: "<p>a</p>", file: null },
  ]);
  expect(() => blocksOfMarkdown("x.md", "```ts file=a.tsx\n```\n")).toThrow("x.md:1 says `ts file=a.tsx`");
});

test("a block inside a longer fence is text, not code", ({ expect }) => {
  expect(blocksOfMarkdown("x.md", "````md\n```ts\nlet a;\n```\n````\n")).toEqual([]);
});

test("what a fence says beside ts and a file's name is refused, so that no block escapes the check", ({
  expect,
}) => {
  expect(() => blocksOfMarkdown("x.md", "a\n```ts ignore\n```\n")).toThrow(
    "x.md:2 says `ts ignore`; expected `ts file=<name>.ts`, `tsx file=<name>.tsx`, `svelte file=<name>.svelte`, or one without its file.",
  );
  expect(() => blocksOfMarkdown("x.md", "```typescript\n```\n")).toThrow("x.md:1 says `typescript`");
  expect(() => blocksOfMarkdown("x.md", "a\n\n```ts\nlet a;\n")).toThrow(
    "x.md:3 begins a block that does not end.",
  );
});

const source = `/** Not an example. */
export const one = 1;
export interface Two {}
/**
 * Three.
 *
 * @example
 * \`\`\`ts
 * three(one); // 3
 * \`\`\`
 */
export function three(n: number): number {
  return n * 3;
}
`;

test("an example in a docstring without imports is given what its module exports", ({ expect }) => {
  expect(blocksOfSource("x.ts", source, "../x.ts")).toEqual([
    {
      path: "x.ts",
      language: "ts",
      line: 8, // The import that was added stands before the example's first line, 9.
      code: 'import { one, type Two, three } from "../x.ts";\nthree(one); // 3',
      file: null,
    },
  ]);
});

test("an example with imports of its own is left as it is", ({ expect }) => {
  const importing = source.replace("three(one)", 'import { three } from "liveset"; three(1)');
  expect(blocksOfSource("x.ts", importing, "../x.ts")).toEqual([
    {
      path: "x.ts",
      language: "ts",
      line: 9,
      code: 'import { three } from "liveset"; three(1); // 3',
      file: null,
    },
  ]);
});

test("what Svelte refuses, or warns of, is told at its line of the document", ({ expect }) => {
  const block = { path: "x.md", line: 5, language: "svelte", file: null } as const;
  expect(checkSvelte({ ...block, code: "<p>a</p>" })).toEqual([]);
  expect(checkSvelte({ ...block, code: "<p>a</p>\n{#if}\n" })[0]).toMatch(/^x\.md:6 /);
  expect(checkSvelte({ ...block, code: "\n\n<img src='a.png' />" })[0]).toMatch(/^x\.md:7 .*alt/);
});

test("the script of a Svelte component keeps its lines", ({ expect }) => {
  expect(scriptOfSvelte('<p>a</p>\n<script lang="ts">\n  let a;\n</script>\n<p />')).toBe("\n\n  let a;\n");
  expect(scriptOfSvelte("<p>a</p>").trim()).toBe("");
});
