import { readFileSync } from "node:fs";
import { checkPackage, createPackageFromTarballData, type Problem } from "@arethetypeswrong/core";
import { problemKindInfo } from "@arethetypeswrong/core/problems";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

/**
 * What publint, "are the types wrong" and we ourselves find wrong with a packed tarball.
 *
 * @returns one sentence each; empty where all is well.
 */
export async function lintTarball(path: string): Promise<string[]> {
  const bytes = new Uint8Array(readFileSync(path));
  const unpacked = createPackageFromTarballData(bytes);
  const analysis = await checkPackage(unpacked);
  const { messages, pkg } = await publint({ pack: { tarball: bytes.buffer }, strict: true });
  const files = unpacked.listFiles();
  return [
    ...messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false }) ?? message.code}`),
    ...(analysis.types === false
      ? ["attw: the package has no types."]
      : analysis.problems.filter(concernsUs).map(sentence)),
    ...files
      .filter((file) => /\.(test|test-d|fixture)\./.test(file))
      .map((file) => `${file} is a test and must not be published.`),
    ...["package.json", "README.md", "LICENSE"]
      .filter((name) => !unpacked.fileExists(`/node_modules/liveset/${name}`))
      .map((name) => `${name} is missing.`),
  ];
}

/**
 * The package is ESM only. So two things are as they should be, as in attw's profile `esm-only`: the resolution of old TypeScript
 * (`node10`) knows no subpaths, and what `require` finds is ESM, which Node ≥ 22 can require.
 */
function concernsUs(problem: Problem): boolean {
  return !("resolutionKind" in problem && ["node10", "node16-cjs"].includes(problem.resolutionKind));
}

function sentence(problem: Problem): string {
  const where = "entrypoint" in problem ? ` (${problem.entrypoint}, ${problem.resolutionKind})` : "";
  return `attw: ${problemKindInfo[problem.kind].description}${where} ${JSON.stringify(problem)}`;
}
