import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type CommandResult, root, runCommand } from "./run-command.ts";

/** Type-checks every workspace and the scripts. Vue components need vue-tsc, which needs the TypeScript that it finds beside it. */
async function checkTypes(): Promise<boolean> {
  const projects = ["packages/liveset", "scripts", "bench"];
  const results: (readonly [string, CommandResult])[] = [];
  for (const project of projects) results.push([project, await runCommand(["tsc", "-p", project])]);
  const todo = join(root, "examples", "todo");
  if (existsSync(join(todo, "tsconfig.json"))) {
    const vueTsc = createRequire(join(todo, "package.json")).resolve("vue-tsc/bin/vue-tsc.js");
    results.push(["examples/todo", await runCommand(["node", vueTsc, "--noEmit", "-p", todo])]);
  }
  for (const [project, { ok, output }] of results) {
    console.log(`${project}: ${ok ? "no type errors" : "type errors"}`);
    if (!ok) console.log(output);
  }
  return results.every(([, { ok }]) => ok);
}

process.exitCode = (await checkTypes()) ? 0 : 1;
