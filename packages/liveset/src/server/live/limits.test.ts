import { expect, test } from "vitest";
import { startFixture } from "./live.fixture.ts";

const list = { resource: "tasks", action: "list" } as const;

test("a frame of more bytes than allowed is too_large and closes with 1009", async () => {
  const fixture = await startFixture({ limits: { frameBytes: 200 } });
  const client = await fixture.connect(1);
  // 100 characters of two bytes: as text below the bound, as bytes above it.
  client.send({ type: "ping", noise: "é".repeat(80) });
  await client.ping();
  expect(client.closes).toEqual([]);
  client.send({ type: "ping", noise: "é".repeat(100) });
  await client.until(() => client.closes.length > 0);
  expect(client.errors.get("")?.code).toBe("too_large");
  expect(client.closes).toEqual([1009]);
});

test("one subscription too many is too_many_subscriptions", async () => {
  const fixture = await startFixture({ limits: { burst: 1000 } });
  const client = await fixture.connect(1);
  for (let i = 0; i < 128; i++) client.subscribe(`s${i}`, list);
  await expect(client.open("more", list)).rejects.toMatchObject({ code: "too_many_subscriptions" });
  await client.until(() => client.lists.size === 128);
  client.unsubscribe("s0");
  await client.open("again", list);
});

test.each([
  ["too deep", { filterDepth: 3 }, { NOT: { NOT: { NOT: { NOT: { done: true } } } } }],
  ["of too many conditions", { filterConditions: 3 }, { OR: [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }] }],
  ["with too long an in", { inValues: 3 }, { id: { in: [1, 2, 3, 4] } }],
])("a filter %s is limit_exceeded", async (_, limits, where) => {
  const fixture = await startFixture({ limits });
  const client = await fixture.connect(1);
  await expect(client.open("s", { ...list, query: { where } })).rejects.toMatchObject({
    code: "limit_exceeded",
  });
});

test("a list of more rows than may be live is too_many_rows", async () => {
  const fixture = await startFixture({ limits: { liveRows: 3 } });
  await fixture.run("insert into tasks (id, ownerId) values (1, 1), (2, 1), (3, 1), (4, 1)");
  const client = await fixture.connect(1);
  await expect(client.open("s", list)).rejects.toMatchObject({ code: "too_many_rows" });
  await client.open("s", { ...list, query: { where: { id: { lt: 4 } } } });
});

test("frames beyond the token bucket are throttled, each by its id, and the connection stays", async () => {
  const fixture = await startFixture({ limits: { burst: 5, framesPerSecond: 2 } });
  const client = await fixture.connect(1);
  for (let i = 0; i < 7; i++) client.send({ type: "unsubscribe", id: `x${i}` });
  await client.until(() => client.errors.size === 7);
  const codes = [...client.errors.values()].map(({ code }) => code);
  expect(codes).toEqual([...Array(5).fill("unknown_subscription"), "throttled", "throttled"]);
  fixture.clock.advance(1000);
  await client.ping();
  await client.ping();
  client.send({ type: "ping" });
  await client.until(() => client.errors.has(""));
  expect(client.errors.get("")?.code).toBe("throttled");
  expect(client.closes).toEqual([]);
});

test("pitfall 13: keys that could reach a prototype are refused by name", async () => {
  const fixture = await startFixture();
  const client = await fixture.connect(1);
  client.send(
    '{"type":"subscribe","id":"s","resource":"tasks","action":"list","query":{"where":{"__proto__":{"done":true}}}}',
  );
  client.send(
    '{"type":"request","id":"r","resource":"tasks","action":"create","data":{"constructor":{"prototype":1}}}',
  );
  await client.ping();
  expect(client.errors.get("s")?.errors).toMatchObject([
    { path: ["query", "where", "__proto__"], code: "forbidden_key" },
  ]);
  expect(client.errors.get("r")?.errors).toMatchObject([
    { path: ["data", "constructor"], code: "forbidden_key" },
  ]);
});

test("a client that is silent for two heartbeats is closed with 4409; any frame is a sign of life", async () => {
  const fixture = await startFixture({ limits: { heartbeat: 1000 } });
  const [silent, alive] = [await fixture.connect(1), await fixture.connect(1)];
  fixture.clock.advance(1500);
  await alive.ping();
  fixture.clock.advance(499);
  await silent.until(() => true);
  expect(fixture.server.stats().connections).toBe(2);
  fixture.clock.advance(1);
  await silent.until(() => silent.closes.length > 0);
  expect(silent.closes).toEqual([4409]);
  expect(fixture.server.stats().connections).toBe(1);
  fixture.clock.advance(1499);
  expect(fixture.server.stats().connections).toBe(1);
  fixture.clock.advance(1);
  expect(fixture.server.stats().connections).toBe(0);
});

test("a binary frame is malformed", async () => {
  const fixture = await startFixture();
  const { client, pair } = await fixture.connectPair(1);
  pair.client.send(new Uint8Array([1, 2]) as unknown as string);
  await client.ping();
  expect(client.errors.get("")?.code).toBe("malformed");
});
