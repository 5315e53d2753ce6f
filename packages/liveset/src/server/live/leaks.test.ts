import fc from "fast-check";
import { expect, test } from "vitest";
import { startFixture } from "./live.fixture.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);
const ask = fc.constantFrom(
  { resource: "tasks", action: "list" } as const,
  { resource: "tasks", action: "list", query: { where: { done: true } } } as const,
  { resource: "tasks", action: "list", query: { where: { text: { in: ["a", "b"] } } } } as const,
  { resource: "tasks", action: "list", query: { limit: 1 } } as const,
  { resource: "tasks", action: "retrieve", key: 1 } as const,
  { resource: "tasks", action: "retrieve", key: 999 } as const,
);
const step = fc.oneof(
  fc.record({ do: fc.constant("subscribe" as const), client: fc.nat(2), id: fc.nat(3), ask }),
  fc.record({ do: fc.constant("unsubscribe" as const), client: fc.nat(2), id: fc.nat(3) }),
  fc.record({
    do: fc.constantFrom("cut" as const, "close" as const, "ping" as const, "auth" as const),
    client: fc.nat(2),
  }),
  fc.record({ do: fc.constant("write" as const) }),
);

test("pitfall 16: after any subscribing, unsubscribing, signing in and disconnecting, all counters are back at zero", async () => {
  const fixture = await startFixture({ limits: { burst: 1e9 } });
  await fixture.run("insert into tasks (id, ownerId) values (1, 1)");
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const connections = await Promise.all([1, 1, 2].map((user) => fixture.connectPair(user)));
      for (const each of steps) {
        if (each.do === "write") {
          await fixture.run("update tasks set text = text || 'x', done = not done");
          continue;
        }
        const connection = connections[each.client];
        if (connection === undefined || connection.client.closes.length > 0) continue;
        const { client, pair } = connection;
        if (each.do === "subscribe") client.subscribe(`${each.id}`, each.ask);
        else if (each.do === "unsubscribe") client.unsubscribe(`${each.id}`);
        else if (each.do === "ping") await client.ping();
        else if (each.do === "auth") client.send({ type: "auth", token: "2" });
        else if (each.do === "close") pair.client.close();
        else pair.cut();
      }
      for (const { pair } of connections) pair.cut();
      await Promise.all(connections.map(({ client }) => client.until(() => client.closes.length > 0)));
      expect(fixture.server.stats()).toEqual({ connections: 0, subscriptions: 0, opening: 0, groups: 0 });
      // What was under way ends at once, within its time limit until then.
      await expect.poll(() => fixture.clock.pending).toBe(0);
    }),
    { numRuns: 200 * soak },
  );
});

test("closing the server closes all sockets with 1001 and leaves nothing", async () => {
  const fixture = await startFixture();
  const clients = await Promise.all([fixture.connect(1), fixture.connect(2)]);
  for (const client of clients) await client.open("s", { resource: "tasks", action: "list" });
  await fixture.server.close();
  await Promise.all(clients.map((client) => client.until(() => client.closes.length > 0)));
  expect(clients.map(({ closes }) => closes)).toEqual([[1001], [1001]]);
  expect(fixture.server.stats()).toEqual({ connections: 0, subscriptions: 0, opening: 0, groups: 0 });
});
