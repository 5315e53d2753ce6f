import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { blocksOfMarkdown } from "./docs/blocks-of-markdown.ts";
import { blocksOfSource } from "./docs/blocks-of-source.ts";
import { checkSvelte, scriptOfSvelte } from "./docs/check-svelte.ts";
import type { CodeBlock } from "./docs/code-block.ts";
import { root, runCommand } from "./run-command.ts";

/** Where the blocks are written to; ignored by git. */
const output = join(root, "test-results", "docs");

/** All blocks: of the documents at the root and in `docs/`, and of the doc comments of the package. */
function allBlocks(): CodeBlock[] {
  const read = (path: string): string => readFileSync(join(root, path), "utf8");
  const documents = globSync(["*.md", "docs/**/*.md"], { cwd: root }).sort();
  const sources = globSync("packages/liveset/src/**/*.ts", { cwd: root })
    .filter((path) => !/\.(test|test-d|fixture)\.ts$/.test(path))
    .sort();
  return [
    ...documents.flatMap((path) => blocksOfMarkdown(path, read(path))),
    ...sources.flatMap((path) => {
      const specifier = relative(folderOf(path), join(root, path));
      return blocksOfSource(path, read(path), specifier);
    }),
  ];
}

function folderOf(path: string): string {
  return join(output, path.replaceAll(/[^\w]+/g, "-"));
}

/** Writes the blocks, each document's to a folder of its own, and returns them by the file that each was written to. */
function writeBlocks(blocks: readonly CodeBlock[]): Map<string, CodeBlock> {
  rmSync(output, { recursive: true, force: true });
  const written = new Map<string, CodeBlock>();
  for (const block of blocks) {
    const name = block.file ?? `line-${block.line}.${block.language}`;
    const target = join(folderOf(block.path), name.replace(/\.svelte$/, "-svelte.ts"));
    const twin = written.get(target);
    if (twin !== undefined)
      throw new Error(`${block.path}:${block.line} and :${twin.line} have the same file name.`);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, typesOf(block));
    written.set(target, block);
  }
  return written;
}

/** What the compiler of types is given of a block, line by line as in the document: of elements, whose they are; of Svelte, the script. */
function typesOf({ path, language, code }: CodeBlock): string {
  if (language === "svelte") return scriptOfSvelte(code);
  return language === "tsx" && /\bsolid\b/.test(path) ? `/** @jsxImportSource solid-js */ ${code}` : code;
}

/** Type-checks the files as one program and returns the compiler's complaints, at the places in the documentation. */
async function check(
  name: string,
  files: readonly string[],
  origin: ReadonlyMap<string, CodeBlock>,
): Promise<string[]> {
  const project = join(output, `tsconfig.${name}.json`);
  const compilerOptions = {
    lib: ["es2023", "dom", "dom.iterable", "dom.asynciterable"],
    types: ["node", "svelte"],
    moduleDetection: "force",
    paths: {
      // Beside the package, not above all: Vuex needs an older @vue/devtools-api. And Vuex has no types for `import`.
      pinia: [join(root, "packages/liveset/node_modules/pinia/dist/pinia.d.ts")],
      "@pinia/colada": [join(root, "packages/liveset/node_modules/@pinia/colada/dist/index.d.mts")],
      vuex: [join(root, "node_modules/vuex/types/index.d.ts")],
    },
    noUnusedLocals: false,
    noEmit: true,
    jsx: "react-jsx",
  };
  const base = relative(output, join(root, "tsconfig.base.json"));
  writeFileSync(project, JSON.stringify({ extends: base, compilerOptions, files }));
  const { ok, output: printed } = await runCommand(["tsc", "-p", project, "--pretty", "false"]);
  if (ok) return [];
  return printed
    .trim()
    .split("\n")
    .map((line) => atOrigin(line, origin));
}

function atOrigin(line: string, origin: ReadonlyMap<string, CodeBlock>): string {
  const found = /^(.+?)\((\d+),(\d+)\): (.*)$/.exec(line);
  const block = origin.get(join(root, found?.[1] ?? ""));
  if (found === null || block === undefined) return line;
  return `${block.path}:${block.line + Number(found[2]) - 1}:${found[3]} ${found[4]}`;
}

/** Type-checks every block that documentation shows. One that extends liveset's types for all others is a program of its own. */
async function checkDocs(): Promise<boolean> {
  const blocks = allBlocks();
  const origin = writeBlocks(blocks);
  const extending = [...origin].filter(([, { code }]) => code.includes('declare module "liveset"'));
  const others = [...origin.keys()].filter((file) => !extending.some(([other]) => other === file));
  const faults = await check("all", others, origin);
  for (const [index, [file]] of extending.entries())
    faults.push(...(await check(`${index}`, [file], origin)));
  faults.push(...blocks.filter(({ language }) => language === "svelte").flatMap(checkSvelte));
  for (const fault of faults) console.error(fault);
  console.log(
    `${blocks.length} blocks of documentation, ${faults.length === 0 ? "all compile" : "some do not compile"}.`,
  );
  return faults.length === 0;
}

process.exitCode = (await checkDocs()) ? 0 : 1;
