import fc from "fast-check";
import { expect, test } from "vitest";
import { heap } from "../heap.fixture.ts";
import { startDcrf } from "./dcrf.fixture.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);

const actions = [
  "list",
  "retrieve",
  "create",
  "update",
  "patch",
  "delete",
  "list_cancel",
  "subscribe_instance",
  "unsubscribe_instance",
  "subscribe_many",
  "unsubscribe_many",
  "subscribe_above",
  "stop_above",
  "echo",
  "nothing",
  "constructor",
  "nope",
];
const anything = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom("__proto__", 1, "1", null));
const arg = fc.constantFrom(
  "pk",
  "id",
  "data",
  "limit",
  "offset",
  "above",
  "said",
  "search",
  "where",
  "ordering",
);
const payload = fc
  .tuple(
    fc.dictionary(arg, anything, { maxKeys: 4 }),
    fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...actions) }, { weight: 1, arbitrary: anything }),
    fc.oneof(fc.nat(20), anything),
  )
  .map(([args, action, request_id]) => ({ ...args, action, request_id }));
const stream = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom("things", "things_with_id", "paged", "streamed") },
  { weight: 1, arbitrary: anything },
);
const text = fc.oneof(
  { weight: 1, arbitrary: fc.string() },
  { weight: 1, arbitrary: fc.json({ maxDepth: 3 }) },
  {
    weight: 3,
    arbitrary: fc
      .record({ stream, payload }, { requiredKeys: ["stream"] })
      .map((frame) => JSON.stringify(frame)),
  },
);

test("case fuzz: no frame, whatever it is, ends a connection, passes in silence, stays in memory or disturbs another client", {
  timeout: 120_000 * soak,
}, async () => {
  const server = await startDcrf({ limits: { burst: 1e9 } });
  await server.run("insert into things (id, name) values (1, 'a'), (2, 'b'), (3, 'precious')");
  const [client, other] = [await server.connect(), await server.connect()];
  await other.ask("things", { action: "subscribe_instance", pk: 3, request_id: "mine" });
  // Two thousand texts, each time among others, make a hundred thousand frames.
  const seed = Number(process.env.LIVESET_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const said = `LIVESET_SEED=${seed}`;
  const frames = fc.sample(text, { numRuns: 2_000, seed });
  const batch = 1_000;
  let before = 0;
  for (let sent = 0; sent < 100_000 * soak; sent += batch) {
    for (let i = 0; i < batch; i++) client.sendText(frames[(sent * 7 + i * 13) % frames.length] ?? "");
    let answers = 0;
    for (const name of ["things", "things_with_id", "paged", "streamed"])
      answers += (await client.rest(name)).length;
    expect(answers, said).toBeGreaterThanOrEqual(batch);
    client.texts.length = 0;
    if (sent === 20_000) before = heap();
  }
  expect(heap() - before, said).toBeLessThan(8);
  expect(client.closed, said).toBeNull();
  expect(server.logged, said).toEqual([]);
  expect(server.server.stats()).toMatchObject({ connections: 2, opening: 0 });
  expect((await other.rest()).every(({ request_id }) => request_id === "mine")).toBe(true);
  await server.run("update things set counter = 77 where id = 3");
  expect(await other.rest()).toMatchObject([{ action: "update", data: { counter: 77 } }]);
});
