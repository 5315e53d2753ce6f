import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { sql } from "drizzle-orm";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Cursor } from "../../core/change/cursor.ts";
import type { LeftBehind } from "../../testing/reference-client.ts";
import type { SqliteOptions } from "../database/sqlite/sqlite.ts";
import { sqlite } from "../database/sqlite/sqlite.ts";
import { createTasks, Fixture } from "./live.fixture.ts";

const list = { resource: "tasks", action: "list", query: { where: { done: false } } } as const;

function makeFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "liveset-resume-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "tasks.db");
  const file = new DatabaseSync(path);
  file.exec(createTasks);
  file.close();
  return path;
}

/** A server on a file, as it starts after another one there has ended. */
async function start(path: string, options: SqliteOptions = {}): Promise<Fixture> {
  const fixture = new Fixture({ limits: { heartbeat: 1e9 } }, sqlite(path, options));
  onTestFinished(async () => {
    await fixture.server.close();
    expect(fixture.faults).toEqual([]);
  });
  await fixture.server.open();
  return fixture;
}

/** What a client of user 1 leaves behind that is cut off when its list is open. */
async function leave(fixture: Fixture): Promise<ReadonlyMap<string, LeftBehind>> {
  const { client, pair } = await fixture.connectPair(1);
  await client.open("s", list);
  await client.ping();
  pair.cut();
  return client.leaveBehind();
}

async function comeBack(fixture: Fixture, left: ReadonlyMap<string, LeftBehind>) {
  const client = await fixture.connect(1, left);
  await client.open("s", list);
  await client.ping();
  const [subscribed, ...rest] = client.frames.slice(1);
  return { client, subscribed, rest };
}

describe("after a restart of the server on the same file", () => {
  test("P4: a client is resumed with exactly what it missed, before the end and after it, whoever wrote", async () => {
    const path = makeFile();
    const before = await start(path);
    await before.run("insert into tasks (id, text, ownerId) values (1, 'a', 1), (2, 'b', 1), (3, 'c', 1)");
    const left = await leave(before);
    await before.run("update tasks set text = 'before the end' where id = 1");
    await before.server.close();
    const other = new DatabaseSync(path);
    other.exec(
      "update tasks set done = 1 where id = 2; insert into tasks (id, text, ownerId) values (4, 'd', 1)",
    );
    other.close();
    const after = await start(path);
    await after.run("insert into tasks (id, text, ownerId) values (5, 'not his', 2)");
    const { client, subscribed, rest } = await comeBack(after, left);
    expect(subscribed).toMatchObject({ type: "subscribed", resumed: true });
    expect(rest).toMatchObject([
      { type: "changes", enter: [{ id: 4 }], update: [{ id: 1, text: "before the end" }], leave: ["2"] },
      { type: "commit" },
      { type: "pong" },
    ]);
    expect(
      client
        .rows("s")
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual([1, 3, 4]);
  });

  test("P4: a client that left before the first change is resumed", async () => {
    const path = makeFile();
    const before = await start(path);
    const left = await leave(before);
    await before.server.close();
    const { subscribed, rest } = await comeBack(await start(path), left);
    expect(subscribed).toMatchObject({ type: "subscribed", resumed: true });
    expect(rest.map(({ type }) => type)).toEqual(["commit", "pong"]);
    const again = await start(path);
    await again.run("insert into tasks (id, ownerId) values (1, 1)");
    expect(await comeBack(again, left)).toMatchObject({
      subscribed: { resumed: true },
      rest: [{ type: "changes", enter: [{ id: 1 }] }, { type: "commit" }, { type: "pong" }],
    });
  });
});

describe("after the log was pruned", () => {
  const isPruned = async (
    { database: { feed } }: Fixture,
    left: ReadonlyMap<string, LeftBehind>,
  ): Promise<boolean> =>
    (await feed.read((left.get("s")?.since.cursor ?? "") as Cursor, feed.cursor)) === null;

  test("P4: by count, who left before what is kept gets all rows, who left later exactly what he missed", async () => {
    const fixture = await start(makeFile(), { log: { count: 10 } });
    await fixture.run("insert into tasks (id, text, ownerId) values (1, 'a', 1), (2, 'b', 1)");
    const early = await leave(fixture);
    for (let n = 0; n < 20; n++) await fixture.run(`update tasks set text = 'v${n}' where id = 1`);
    await expect.poll(() => isPruned(fixture, early)).toBe(true);
    const late = await leave(fixture);
    await fixture.run("delete from tasks where id = 2");
    const [first, second] = [await comeBack(fixture, early), await comeBack(fixture, late)];
    expect(first.subscribed).toMatchObject({ resumed: false, rows: [{ id: 1, text: "v19" }] });
    expect(second.subscribed).toMatchObject({ resumed: true });
    expect(second.rest).toMatchObject([
      { type: "changes", leave: ["2"] },
      { type: "commit" },
      { type: "pong" },
    ]);
    await fixture.run("update tasks set text = 'on'");
    for (const { client } of [first, second]) {
      await client.ping();
      expect(client.rows("s")).toMatchObject([{ id: 1, text: "on" }]);
    }
  });

  test("P4: by age, a client that was away for longer gets all rows", async () => {
    const fixture = await start(makeFile(), { log: { age: 100 } });
    await fixture.run("insert into tasks (id, text, ownerId) values (1, 'a', 1)");
    const left = await leave(fixture);
    await fixture.run("update tasks set text = 'b'");
    expect(await isPruned(fixture, left)).toBe(false);
    // The newest row always stays: nothing is pruned before another is written.
    await expect
      .poll(async () => {
        await fixture.db.run(sql`update tasks set text = 'c'`);
        return isPruned(fixture, left);
      })
      .toBe(true);
    const { client, subscribed } = await comeBack(fixture, left);
    expect(subscribed).toMatchObject({ resumed: false, rows: [{ id: 1, text: "c" }] });
    expect(client.faults).toEqual([]);
  });
});
