import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, runCommand } from "../run-command.ts";
import { npmEnv } from "./npm-env.ts";

/**
 * Installs the tarball as a user would, in an empty folder: with its peers, and TypeScript to check with, in the versions that the
 * repository's lock names.
 *
 * @throws Error with npm's output where that fails.
 */
export async function installTarball(tarball: string, folder: string): Promise<void> {
  const manifest = { name: "empty", private: true, type: "module" };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  const { peerDependencies } = JSON.parse(
    readFileSync(join(root, "packages/liveset/package.json"), "utf8"),
  ) as {
    peerDependencies: Record<string, string>;
  };
  const companions = [...Object.keys(peerDependencies), "typescript", "@types/node"].map(lockedVersion);
  const command = ["npm", "install", tarball, ...companions] as const;
  const { ok, output } = await runCommand(command, { cwd: folder, env: npmEnv });
  if (!ok) throw new Error(`npm install of the tarball failed.\n${output}`);
}

function lockedVersion(name: string): string {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, { version?: string }>;
  };
  // npm keeps a package beside the one that needs it where the root has what contradicts its own peers.
  const places = [`node_modules/${name}`, `packages/liveset/node_modules/${name}`];
  const version = places.map((place) => packages[place]?.version).find((known) => known !== undefined);
  if (version === undefined) throw new Error(`${name} is not in package-lock.json.`);
  return `${name}@${version}`;
}
