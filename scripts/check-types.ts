import { runCommand } from "./run-command.ts";

/** Type-checks every workspace and the scripts. Vue's components need vue-tsc, and Angular's ngc, which need the older TypeScript beside them. As it is published the package is checked where it is built: by `npm run check:package`. */
async function checkTypes(): Promise<boolean> {
  const commands = {
    "packages/liveset": ["tsc", "-p", "packages/liveset"],
    scripts: ["tsc", "-p", "scripts"],
    bench: ["tsc", "-p", "bench"],
    "tests/smart-ngrx": ["tsc", "-p", "tests/smart-ngrx"],
    "examples/departments": ["tsc", "-p", "examples/departments"],
    "examples/patients": ["npm", "run", "--silent", "check:types", "--workspace", "examples/patients"],
    "examples/departments/page": [
      "npm",
      "run",
      "--silent",
      "check:types",
      "--workspace",
      "examples/departments",
    ],
    "examples/todo": ["npm", "run", "--silent", "check:types", "--workspace", "examples/todo"],
  } as const;
  let allOk = true;
  for (const [project, command] of Object.entries(commands)) {
    const { ok, output } = await runCommand(command);
    console.log(`${project}: ${ok ? "no type errors" : `type errors\n${output}`}`);
    allOk &&= ok;
  }
  return allOk;
}

process.exitCode = (await checkTypes()) ? 0 : 1;
