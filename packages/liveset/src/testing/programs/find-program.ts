import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Where servers are installed that are no commands of ordinary users. */
const more = ["/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin"];

/** The path of a program, null where it is not installed. */
export function findProgram(name: string): string | null {
  const folders = [...(process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== ""), ...more];
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here.
    }
  }
  return null;
}

/**
 * The path of a program for a test run. Where it is missing a sentence says so, and the result is null: the tests are to be skipped.
 *
 * @throws Error where it is missing and `CI` is set: there, skipped tests would look like passed ones.
 */
export function programForTests(name: string): string | null {
  const path = findProgram(name);
  if (path !== null) return path;
  const sentence = `${name} was not found. Install it (Debian and Ubuntu: \`sudo apt-get install ${name}\`) to run its tests.`;
  if ((process.env.CI ?? "") !== "") throw new Error(sentence);
  process.emitWarning(sentence);
  return null;
}
