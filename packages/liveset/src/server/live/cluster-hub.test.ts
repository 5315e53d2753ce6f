import { expect, onTestFinished, test } from "vitest";
import { MemoryBroker } from "../../testing/memory-log.ts";
import { makeFile } from "../database/sqlite/open-sqlite.fixture.ts";
import { sqlite } from "../database/sqlite/sqlite.ts";
import { createTasks, Fixture } from "./live.fixture.ts";

const list = { resource: "tasks", action: "list" } as const;

/** Two servers of one database. Whoever says `?user=n` is the user that the map has for n. */
async function startNodes(
  broker: MemoryBroker,
  users: ReadonlyMap<number, number>,
): Promise<[Fixture, Fixture]> {
  const path = makeFile(`${createTasks}; insert into tasks (id, ownerId) values (1, 1), (2, 2)`);
  const authenticate = (request: Request) => {
    const id = users.get(Number(new URL(request.url).searchParams.get("user")));
    return id === undefined ? null : { id, name: "anna" };
  };
  const start = async (): Promise<Fixture> => {
    const options = { cluster: broker.connect(), principalId: () => "anna" };
    const fixture = new Fixture({ authenticate, options }, sqlite(path));
    onTestFinished(() => fixture.server.close());
    await fixture.server.open();
    return fixture;
  };
  return [await start(), await start()];
}

test("P9: refresh and revoke reach the sockets of the other nodes", async () => {
  const users = new Map([[1, 1]]);
  const [one, two] = await startNodes(new MemoryBroker(), users);
  const clients = [await one.connect(1), await two.connect(1)];
  for (const client of clients) await client.open("s", list);
  users.set(1, 2);
  await one.server.refresh("anna");
  for (const client of clients) await client.until(() => client.rows("s")[0]?.id === 2);
  two.server.revoke("anna");
  for (const client of clients) await client.until(() => client.closes.length > 0);
  expect(clients.map(({ closes }) => closes)).toEqual([[4401], [4401]]);
});

test("P9: what could not be told while the broker was gone is told when it is back, once", async () => {
  const users = new Map([[1, 1]]);
  const broker = new MemoryBroker();
  const [one, two] = await startNodes(broker, users);
  const heard: string[] = [];
  broker.listen((message) => heard.push(JSON.parse(message).type));
  const client = await two.connect(1);
  broker.stop();
  one.server.revoke("anna");
  one.server.revoke("anna");
  await one.server.refresh("anna");
  await expect.poll(() => one.warned.length).toBe(1);
  await client.ping();
  expect([client.closes, heard]).toEqual([[], []]);
  broker.start();
  one.clock.advance(1_000);
  await client.until(() => client.closes.length > 0);
  await expect.poll(() => heard).toEqual(["revoke", "refresh"]);
});

test("P9: a node that was cut off asks for every principal anew", async () => {
  const users = new Map([[1, 1]]);
  const broker = new MemoryBroker();
  const [, two] = await startNodes(broker, users);
  const client = await two.connect(1);
  await client.open("s", list);
  broker.stop();
  users.set(1, 2);
  broker.start();
  await client.until(() => client.rows("s")[0]?.id === 2);
});

test("a server whose broker is not there does not open, and opens when it is", async () => {
  const broker = new MemoryBroker();
  broker.stop();
  const fixture = new Fixture({ options: { cluster: broker.connect() } }, sqlite(makeFile(createTasks)));
  onTestFinished(() => fixture.server.close());
  await expect(fixture.server.open()).rejects.toMatchObject({ code: "unavailable" });
  broker.start();
  await fixture.server.open();
  const client = await fixture.connect();
  await client.open("s", list);
  expect(client.rows("s")).toEqual([]);
});

test("messages of others that are none are passed over", async () => {
  const broker = new MemoryBroker();
  const [one] = await startNodes(broker, new Map([[1, 1]]));
  const client = await one.connect(1);
  for (const text of ["", "{", "null", "7", '{"type":"close","id":"anna"}', '{"type":"revoke"}'])
    broker.send(text);
  await client.ping();
  expect([client.closes, one.logged]).toEqual([[], []]);
});
