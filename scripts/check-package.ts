import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkImports } from "./package/check-imports.ts";
import { installTarball } from "./package/install-tarball.ts";
import { lintTarball } from "./package/lint-tarball.ts";
import { pack } from "./package/pack.ts";
import { runReadme } from "./package/run-readme.ts";

/** Packs liveset, judges the tarball, installs it in an empty folder and uses it there as a newcomer would. */
async function checkPackage(): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "liveset-package-"));
  try {
    const tarball = await pack(folder);
    const faults = await lintTarball(tarball);
    const empty = join(folder, "empty");
    mkdirSync(empty);
    await installTarball(tarball, empty);
    faults.push(...(await checkImports(empty)));
    if (faults.length === 0) await runReadme(empty);
    return faults;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const faults = await checkPackage();
for (const fault of faults) console.error(fault);
console.log(
  faults.length === 0 ? "Packed, linted, installed and used as the README says." : "The package has faults.",
);
process.exitCode = faults.length === 0 ? 0 : 1;
