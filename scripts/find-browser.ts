import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = join(import.meta.dirname, "..");

/** A Chromium that starts on this machine: what to give to `chromium.launch()` of playwright-core. */
export interface FoundBrowser {
  readonly executablePath: string;
  readonly args: string[];
  readonly env: Record<string, string>;
  /** Where it comes from, for people. */
  readonly source: string;
}

/** What to tell a person whose machine has none. */
export const howToInstallBrowser: string =
  "No Chromium was found. Install one (Debian and Ubuntu: `sudo apt-get install chromium`; macOS: " +
  "`brew install --cask chromium`) or set CHROMIUM_PATH to one, and run `npm run test:browser` again.";

/**
 * Finds a Chromium or Chrome for the browser tests: the one that `CHROMIUM_PATH` names, else the one that `npm ci` brought
 * (Linux on x64), else an installed one. Each is started with `--version` before it is returned.
 *
 * @returns the browser, or null where none starts.
 * @throws Error where `CHROMIUM_PATH` is set to something that does not start: what was asked for is never replaced silently.
 *
 * @example
 * ```ts
 * import { chromium } from "playwright-core";
 * import { findBrowser } from "./find-browser.ts";
 *
 * const found = await findBrowser();
 * if (found !== null) await (await chromium.launch(found)).close();
 * ```
 */
export async function findBrowser(): Promise<FoundBrowser | null> {
  const asked = process.env.CHROMIUM_PATH;
  if (asked !== undefined && asked !== "") {
    const found = await attempt(asked, "CHROMIUM_PATH");
    if (found === null) throw new Error(`CHROMIUM_PATH is ${asked}, which does not start.`);
    return found;
  }
  return (await bundled()) ?? (await installed());
}

/**
 * The browser for a test run. Where there is none the sentence how to install one is printed, and the result is null: the tests
 * are to be skipped.
 *
 * @throws Error where there is none and `CI` is set: there, skipped tests would look like passed ones.
 */
export async function browserForTests(): Promise<FoundBrowser | null> {
  const found = await findBrowser();
  if (found !== null) return found;
  if ((process.env.CI ?? "") !== "") throw new Error(howToInstallBrowser);
  console.warn(`Browser tests are skipped. ${howToInstallBrowser}`);
  return null;
}

async function bundled(): Promise<FoundBrowser | null> {
  if (process.platform !== "linux" || process.arch !== "x64") return null;
  const folder = await unpack();
  const fonts = existsSync("/etc/fonts/fonts.conf") ? {} : { FONTCONFIG_PATH: join(folder, "fonts") };
  const executable = join(folder, "chromium");
  const source = "@sparticuz/chromium";
  const withSystemLibraries = await attempt(executable, source, fonts);
  if (withSystemLibraries !== null) return withSystemLibraries;
  // A machine without NSS: the package brings the libraries too.
  const LD_LIBRARY_PATH = [join(folder, "al2023", "lib"), process.env.LD_LIBRARY_PATH ?? ""]
    .filter(Boolean)
    .join(":");
  return attempt(executable, source, { ...fonts, LD_LIBRARY_PATH });
}

/**
 * Unpacks the browser of `@sparticuz/chromium` once a version, under node_modules. The package itself unpacks to the
 * system's temporary folder and takes a file that is there for a whole one, so that two processes at once, or one that was
 * interrupted, leave a broken browser. Here it writes to a folder of its own, which is renamed when complete.
 */
async function unpack(): Promise<string> {
  const packageRoot = join(dirname(fileURLToPath(import.meta.resolve("@sparticuz/chromium"))), "..");
  const { version } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as {
    version: string;
  };
  const cache = join(root, "node_modules", ".cache");
  const folder = join(cache, `chromium-${version}`);
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const staging = await mkdtemp(join(cache, "chromium-unpacking-"));
  const script = `
    import chromium, { inflate } from "@sparticuz/chromium";
    await chromium.executablePath();
    await inflate(${JSON.stringify(join(packageRoot, "bin", "al2023.tar.br"))});`;
  await run(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: root,
    env: { ...process.env, TMPDIR: staging },
  });
  try {
    await rename(staging, folder);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    if (!existsSync(folder)) throw error; // Otherwise another process was first.
  }
  return folder;
}

async function installed(): Promise<FoundBrowser | null> {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const candidates = [
    ...folders.flatMap((folder) => names.map((name) => join(folder, name))),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  ];
  for (const candidate of candidates) {
    const found = existsSync(candidate) ? await attempt(candidate, "installed") : null;
    if (found !== null) return found;
  }
  return null;
}

async function attempt(
  executablePath: string,
  source: string,
  extraEnv: Readonly<Record<string, string>> = {},
): Promise<FoundBrowser | null> {
  const env = { ...definedOnly(process.env), ...extraEnv };
  try {
    // On Windows `--version` opens a window instead of answering.
    if (process.platform !== "win32") await run(executablePath, ["--version"], { env, timeout: 30_000 });
    return { executablePath, args: ["--font-render-hinting=none"], env, source };
  } catch {
    return null;
  }
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

if (import.meta.main) {
  const found = await findBrowser();
  console.log(found === null ? howToInstallBrowser : `${found.executablePath} (${found.source})`);
  process.exitCode = found === null ? 1 : 0;
}
