import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Transaction } from "../../../core/change/transaction.ts";
import { quiet } from "../../../testing/database/quiet.ts";
import { shorts } from "../../../testing/database/rows.ts";
import { inspectTable } from "../../table/inspect-table.ts";
import { dropCaptureAt, installCaptureAt, printCapture } from "./capture-command.ts";
import { makeDatabase } from "./make-database.fixture.ts";
import { postgres } from "./postgres.ts";
import { suiteSql, suiteTables } from "./suite-tables.fixture.ts";

const cli = fileURLToPath(new URL("../../../cli.ts", import.meta.url));
const fixture = fileURLToPath(new URL("suite-tables.fixture.ts", import.meta.url));
const tables = Object.values(suiteTables).map(inspectTable);
const { people } = suiteTables;

function liveset(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--conditions=liveset-source", cli, "capture", ...args],
    { encoding: "utf8" },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout;
}

/** A module that exports tables. */
function writeModule(): string {
  const folder = mkdtempSync(join(tmpdir(), "liveset-few-rights-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "tables.ts");
  const text = `import { suiteTables } from ${JSON.stringify(fixture)};\nexport const { people, pets, places, kinds } = suiteTables;`;
  writeFileSync(path, text);
  return path;
}

/** A database whose tables belong to one role, and a role for the server that may read and write them and nothing else. */
async function makeRoles(rights: string) {
  const suffix = randomBytes(4).toString("hex");
  const [owner, app] = [`owner_${suffix}`, `app_${suffix}`];
  const made = await makeDatabase("");
  const name = new URL(made.url).pathname.slice(1);
  await made.client.query(`CREATE ROLE ${owner} LOGIN; CREATE ROLE ${app} LOGIN ${rights};
    GRANT CREATE ON DATABASE ${name} TO ${owner}; GRANT CREATE ON SCHEMA public TO ${owner}`);
  const urlOf = (username: string): string => Object.assign(new URL(made.url), { username }).href;
  const client = new pg.Client(urlOf(owner));
  await client.connect();
  onTestFinished(async () => {
    await client.end();
    const { client: admin } = made;
    await admin.query(`DROP OWNED BY ${owner}, ${app}`);
    await made.remove();
    const last = new pg.Client(new URL("/postgres", made.url).href);
    await last.connect();
    await last.query(`DROP ROLE ${owner}, ${app}`);
    await last.end();
  });
  await client.query(suiteSql);
  await client.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${app}`);
  return { admin: made, app, client, ownerUrl: urlOf(owner), appUrl: urlOf(app) };
}

describe.each([
  ["wal", "REPLICATION", "REPLICA IDENTITY FULL"],
  ["triggers", "", "CREATE TRIGGER"],
] as const)("a server whose role has few rights, by %s", (capture, rights, sql) => {
  test("is told which SQL an owner has to run, works on what npx liveset capture installs, and leaves nothing when it is removed", async () => {
    const { admin, app, client, ownerUrl, appUrl } = await makeRoles(rights);
    const refused = postgres(appUrl, { capture });
    await expect(refused.open({ tables, log: quiet })).rejects.toThrow(sql);
    await refused.close();
    const request = {
      url: ownerUrl,
      module: { ...suiteTables },
      mode: capture,
      schema: "liveset",
      role: app,
      casing: undefined,
    };
    const printed = await printCapture(request);
    expect(printed).toContain(sql);
    // A process takes its time, so one way is installed by it, and the other removed.
    const options = [writeModule(), "--database", ownerUrl, "--capture", capture, "--role", app];
    const done = capture === "wal" ? liveset("--install", ...options) : await installCaptureAt(request);
    expect(done).toBe(printed);
    expect(await printCapture(request)).not.toContain("CREATE");
    const database = postgres(appUrl, { capture });
    const heard: Transaction[] = [];
    await database.open({ tables, log: quiet });
    database.feed.listen((transaction) => heard.push(transaction));
    await client.query("INSERT INTO people VALUES (1, 'a', 1)");
    const mutation = { id: "m", owner: "", fingerprint: "f" };
    await database.write(
      (db) =>
        db
          .insert(people)
          .values({ id: 2, name: "b" })
          .then(() => null),
      mutation,
    );
    await vi.waitFor(() => expect(shorts(heard)).toEqual([["people + 1 a 1"], ["people + 2 b "]]));
    const { value, cursor } = await database.read((db) => db.select().from(people));
    expect([value.length, heard[1]?.mutations]).toEqual([2, ["m"]]);
    await database.close();
    const again = postgres(appUrl, { capture });
    await again.open({ tables, log: quiet });
    expect(again.feed.parse(cursor)).toBe(cursor);
    await again.close();
    if (capture === "triggers") liveset("--drop", admin.url);
    // The slot is free a moment after its server has ended.
    else await vi.waitFor(() => dropCaptureAt(admin.url, "liveset"));
    const { rows } = await admin.client.query(
      `SELECT (SELECT count(*) FROM pg_trigger WHERE tgname LIKE '%liveset%') + (SELECT count(*) FROM pg_publication)
       + (SELECT count(*) FROM pg_replication_slots WHERE database = current_database()) + (SELECT count(*) FROM pg_namespace WHERE nspname = 'liveset')
       + (SELECT count(*) FROM pg_class WHERE relreplident = 'f') AS left`,
    );
    expect(rows).toEqual([{ left: "0" }]);
  }, 60_000);
});

test("auto takes logical replication where the role may, else triggers, and says why", async () => {
  const { admin, appUrl, ownerUrl } = await makeRoles("");
  const said = async (url: string) => {
    const lines: object[] = [];
    const log = { ...quiet, info: (fields: object) => void lines.push(fields) };
    const database = postgres(url);
    await database.open({ tables, log }).catch(() => {});
    await database.close();
    return lines;
  };
  expect(await said(admin.url)).toContainEqual({
    capture: "wal",
    why: "wal_level is logical, and the role may replicate",
  });
  expect(await said(ownerUrl)).toContainEqual({
    capture: "triggers",
    why: expect.stringContaining("may not replicate. Let a superuser run: ALTER ROLE"),
  });
  expect(await said(appUrl)).toContainEqual(expect.objectContaining({ capture: "triggers" }));
});
