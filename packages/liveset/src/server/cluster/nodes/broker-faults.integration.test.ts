import { describe, expect, onTestFinished, test } from "vitest";
import { startBroker } from "../../../testing/programs/broker-harness.ts";
import { programForTests } from "../../../testing/programs/find-program.ts";
import { type LeftBehind, ReferenceClient } from "../../../testing/reference-client.ts";
import { socketPair } from "../../../testing/socket-pair.ts";
import { createServer, type LivesetServer } from "../../create-server.ts";
import { makeDatabase } from "../../database/postgres/make-database.fixture.ts";
import { postgres } from "../../database/postgres/postgres.ts";
import { defineApi } from "../../define-api.ts";
import { resource } from "../../resource.ts";
import { brokers } from "../brokers.fixture.ts";
import type { ClusterLog } from "../cluster-log.ts";
import { createEntries, entries } from "./ledger.fixture.ts";

const api = defineApi({ entries: resource(entries, { filters: ["owner"] }) });

/** A node in this process, which ends with the test. */
class Node {
  readonly server: LivesetServer;

  constructor(url: string, capture: "wal" | "triggers", cluster: ClusterLog) {
    this.server = createServer(api, { database: postgres(url, { capture }), cluster });
    onTestFinished(() => this.server.close());
  }

  async connect(left?: ReadonlyMap<string, LeftBehind>) {
    const pair = socketPair();
    const client = new ReferenceClient(pair.client, left);
    this.server.accept(pair.server, new Request("http://test/ws/"));
    await client.until(() => client.frames.length > 0);
    await client.open("s", { resource: "entries", action: "list" });
    return { client, cut: () => pair.cut() };
  }
}

function ids(client: ReferenceClient): unknown[] {
  return client
    .rows("s")
    .map(({ id }) => id)
    .sort();
}

const resets = (client: ReferenceClient) => client.frames.filter(({ type }) => type === "reset").length;
const liveness = (client: ReferenceClient) =>
  client.frames.flatMap((frame) => (frame.type === "feed" ? [frame.live] : []));

describe.each(brokers)("With $program", ({ program, args, connect }) => {
  const path = programForTests(program);
  const capture = program === "redis-server" ? "wal" : "triggers";

  async function world() {
    const broker = await startBroker({ path: path ?? "", args, connect });
    onTestFinished(() => broker.remove());
    const { url, client: sql, remove } = await makeDatabase(createEntries);
    onTestFinished(() => remove());
    const insert = (id: number) => sql.query("INSERT INTO entries VALUES ($1, 1, '')", [id]);
    const nodes = [
      new Node(url, capture, broker.connect()),
      new Node(url, capture, broker.connect()),
    ] as const;
    for (const { server } of nodes) await server.open();
    await insert(1);
    const [one, two] = [await nodes[0].connect(), await nodes[1].connect()];
    return { broker, sql, insert, nodes, one, two, clients: [one.client, two.client] };
  }

  test.skipIf(path === null)(
    "P4: a broker that is gone is said to clients; when it is back without its data, all is exact again, on every node",
    async () => {
      const { broker, insert, clients } = await world();
      await insert(2);
      for (const client of clients) await client.until(() => ids(client).length === 2);
      await broker.stop();
      for (const client of clients) await client.until(() => liveness(client).at(-1) === false);
      await insert(3);
      await broker.lose();
      await broker.start();
      for (const client of clients)
        await client.until(() => ids(client).length === 3 && liveness(client).at(-1) === true);
      await insert(4);
      for (const client of clients) await client.until(() => ids(client).length === 4);
      for (const client of clients) {
        expect(ids(client)).toEqual([1, 2, 3, 4]);
        // The reading node knew what was published last, so that nobody had to begin anew.
        expect([client.faults, resets(client), liveness(client)]).toEqual([[], 0, [false, true]]);
      }
    },
  );

  test.skipIf(path === null)(
    "P4: a client of a node that is closed resumes on another, which reads the changes from then on",
    async () => {
      const { insert, nodes, one, two } = await world();
      // The first that was opened is the one that reads.
      await nodes[0].server.close();
      await one.client.until(() => one.client.closes.length > 0);
      await insert(2);
      const again = await nodes[1].connect(one.client.leaveBehind());
      await insert(3);
      await Promise.all(
        [again.client, two.client].map((client) => client.until(() => ids(client).length === 3)),
      );
      expect(again.client.frames.find(({ type }) => type === "subscribed")).toMatchObject({ resumed: true });
      expect([ids(again.client), ids(two.client)]).toEqual([
        [1, 2, 3],
        [1, 2, 3],
      ]);
      expect([again.client.faults, two.client.faults, resets(two.client)]).toEqual([[], [], 0]);
    },
  );
});
