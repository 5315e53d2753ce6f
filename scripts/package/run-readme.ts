import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { blocksOfMarkdown } from "../docs/blocks-of-markdown.ts";
import { root, runCommand } from "../run-command.ts";
import { type Program, startProgram } from "./start-program.ts";

/**
 * Does what the README tells a newcomer, in a folder where liveset is installed: type-checks its `server.ts` and `page.ts`, runs both,
 * and changes rows over REST and behind the server's back.
 *
 * @throws Error where something does not come out as the README says.
 */
export async function runReadme(folder: string): Promise<void> {
  const port = await freePort();
  for (const { file, code } of blocksOfMarkdown("README.md", readFileSync(join(root, "README.md"), "utf8"))) {
    if (file !== null) writeFileSync(join(folder, file), code.replaceAll("8000", String(port)));
  }
  for (const resolution of ["nodenext", "bundler"]) await typeCheck(folder, resolution);
  const server = startProgram(folder, "server.ts");
  const page = { current: null as Program | null };
  try {
    await server.printed(/Try http/);
    page.current = startProgram(folder, "page.ts");
    await page.current.printed(/\[ 'Buy milk' \][\s\S]*\[\]/);
    await createOverRest(`http://localhost:${port}/api/tasks/`);
    await page.current.printed(/\[ 'From REST' \]/);
    const file = new DatabaseSync(join(folder, "tasks.db"));
    file.exec("insert into tasks (text) values ('From SQL')");
    file.close();
    await page.current.printed(/\[ 'From SQL', 'From REST' \]/);
  } finally {
    await page.current?.stop();
    await server.stop();
  }
}

async function createOverRest(url: string): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ text: "From REST" }),
  });
  if (response.status !== 201) throw new Error(`POST ${url}: ${response.status} ${await response.text()}`);
  const list = (await (await fetch(`${url}?done=false`)).json()) as { count: number };
  if (list.count !== 1) throw new Error(`GET ${url}?done=false: ${JSON.stringify(list)}`);
}

/** With the declarations of the libraries checked too; faults of other libraries than ours are theirs. */
async function typeCheck(folder: string, moduleResolution: string): Promise<void> {
  const compilerOptions = {
    target: "es2023",
    lib: ["es2023", "dom", "dom.iterable"],
    types: ["node"],
    module: moduleResolution === "bundler" ? "esnext" : "nodenext",
    moduleResolution,
    strict: true,
    exactOptionalPropertyTypes: true,
    allowImportingTsExtensions: true,
    noEmit: true,
  };
  const project = join(folder, `tsconfig.${moduleResolution}.json`);
  writeFileSync(project, JSON.stringify({ compilerOptions, files: ["server.ts", "page.ts"] }));
  const tsc = join(folder, "node_modules", ".bin", "tsc");
  const { output } = await runCommand([tsc, "-p", project, "--pretty", "false"], { cwd: folder });
  const ours = output
    .split("\n")
    .filter((line) => line.includes("error TS") && !/^(\.\.\/)*node_modules\/(?!liveset\/)/.test(line));
  if (ours.length > 0)
    throw new Error(`The README's example does not compile (${moduleResolution}):\n${ours.join("\n")}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
