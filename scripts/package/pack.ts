import { readdirSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../run-command.ts";
import { npmEnv } from "./npm-env.ts";

/**
 * Builds the package and packs it as `npm publish` would.
 *
 * @param folder Where the tarball is written to.
 * @returns the tarball's path.
 * @throws Error with npm's output where the build or the packing fails.
 */
export async function pack(folder: string): Promise<string> {
  const command = ["npm", "pack", "--workspace", "packages/liveset", "--pack-destination", folder] as const;
  const { ok, output } = await runCommand(command, { env: npmEnv });
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  if (!ok || tarball === undefined) throw new Error(`npm pack failed.\n${output}`);
  return join(folder, tarball);
}
