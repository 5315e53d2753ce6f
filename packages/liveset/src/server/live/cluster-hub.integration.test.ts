import { describe, expect, onTestFinished, test } from "vitest";
import { startBroker } from "../../testing/programs/broker-harness.ts";
import { programForTests } from "../../testing/programs/find-program.ts";
import type { ReferenceClient } from "../../testing/reference-client.ts";
import { brokers } from "../cluster/brokers.fixture.ts";
import { makeFile } from "../database/sqlite/open-sqlite.fixture.ts";
import { sqlite } from "../database/sqlite/sqlite.ts";
import { createTasks, Fixture } from "./live.fixture.ts";

const list = { resource: "tasks", action: "list" } as const;

/** Resolves when the check holds for all clients; how long that took, in ms. */
async function took(clients: readonly ReferenceClient[], check: (client: ReferenceClient) => boolean) {
  const begin = performance.now();
  await Promise.all(clients.map((client) => client.until(() => check(client))));
  return performance.now() - begin;
}

describe.each(brokers)("With $program", ({ program, args, connect }) => {
  const path = programForTests(program);

  test.skipIf(path === null)("P9: refresh and revoke are in force on all nodes within a second", async () => {
    const broker = await startBroker({ path: path ?? "", args, connect });
    onTestFinished(() => broker.remove());
    const file = makeFile(`${createTasks}; insert into tasks (id, ownerId) values (1, 1), (2, 2)`);
    let user = 1;
    const nodes = [1, 2, 3].map(
      () =>
        new Fixture(
          {
            authenticate: () => ({ id: user }),
            options: { cluster: broker.connect(), principalId: () => "anna" },
          },
          sqlite(file),
        ),
    );
    onTestFinished(async () => {
      for (const { server } of nodes) await server.close();
    });
    for (const { server } of nodes) await server.open();
    const clients = await Promise.all(nodes.map((node) => node.connect()));
    for (const client of clients) await client.open("s", list);
    user = 2;
    const [one, , three] = nodes;
    void one?.server.refresh("anna");
    expect(await took(clients, (client) => client.rows("s")[0]?.id === 2)).toBeLessThan(1_000);
    three?.server.revoke("anna");
    expect(await took(clients, ({ closes }) => closes[0] === 4401)).toBeLessThan(1_000);
  });
});
