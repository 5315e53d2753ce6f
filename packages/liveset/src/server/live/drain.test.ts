import { expect, test } from "vitest";
import type { VirtualClock } from "../../testing/virtual-clock.ts";
import { startFixture } from "./live.fixture.ts";

test("a server that drains closes its sockets one after another, serves those that are open, and refuses new ones", async () => {
  const fixture = await startFixture();
  const clients = await Promise.all(Array.from({ length: 10 }, () => fixture.connect(1)));
  for (const client of clients) await client.open("s", { resource: "tasks", action: "list" });
  const closed = () => clients.filter(({ closes }) => closes.length > 0).length;
  const clock = fixture.clock as VirtualClock;
  const draining = fixture.server.drain(500);
  await expect.poll(closed).toBe(1);
  const refusal = await fixture.server.refuse(new Request("http://test/ws/"));
  expect(refusal?.status).toBe(503);
  await fixture.run("insert into tasks (id, ownerId) values (1, 1)");
  const last = clients.at(-1);
  await last?.until(() => last.rows("s").length === 1);
  for (let step = 2; step <= 10; step++) {
    clock.advance(50);
    await expect.poll(closed).toBe(step);
  }
  await draining;
  expect(clients.map(({ closes }) => closes)).toEqual(clients.map(() => [1001]));
});
