import fc from "fast-check";
import { expect, test } from "vitest";
import { codes } from "../../../core/error/codes.ts";
import { defineApi } from "../../define-api.ts";
import { resource } from "../../resource.ts";
import { heap } from "../heap.fixture.ts";
import { docs, orgs, schema, startNotices, users } from "./notices.fixture.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);
const seed = Number(process.env.LIVESET_SEED ?? Date.now() % 2 ** 31);
/** What a failure says, so that it can be repeated. */
const from = `LIVESET_SEED=${seed}`;
const api = defineApi({
  orgs: resource(orgs, {
    schema,
    children: { users: true, all: [{ relation: "users" }, { relation: "docs", prefix: "d" }] },
  }),
  users: resource(users, { schema, parents: { org: true } }),
  docs: resource(docs, { schema, parents: { org: true, author: true }, scope: () => ({ id: { lt: 5 } }) }),
});

/** Texts near those that mean something, and far from them: each is a seed with some characters changed, doubled or lost. */
function* mangled(seeds: readonly string[], count: number): Generator<string> {
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const alphabet = '{}[]":,0123456789-.eE\\u"truefalsnl \n\u0000é😀\ud800';
  for (let i = 0; i < count; i++) {
    let text = seeds[random(seeds.length)] ?? "";
    for (let edits = random(4); edits > 0; edits--) {
      const at = random(text.length + 1);
      const put =
        [alphabet.charAt(random(alphabet.length)), text.slice(at, at + random(9)), ""][random(3)] ?? "";
      text = text.slice(0, at) + put + text.slice(at + random(3));
    }
    yield text;
  }
}

const frames = [
  '{"type":"auth"}',
  '{"type":"subscribe","id":"s1","resource":"users","action":"list"}',
  '{"type":"request","id":"r1","resource":"users","action":"delete","key":"u1"}',
  '{"type":"unsubscribe","id":"rows users"}',
  '{"type":"ping"}',
  '{"action":"update","table":"users","ids":["u1"]}',
  '{"__proto__":{"type":"auth"},"constructor":1}',
  "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
  "null",
  "",
];

test("no frame, whatever it is, ends a connection, passes in silence, stays in memory, disturbs another client or leaves anything behind", {
  timeout: 120_000 * soak,
}, async () => {
  const server = await startNotices(api, { limits: { burst: 1e9 } });
  const [client, other] = [await server.connect(), await server.connect()];
  const count = 95_000 * soak;
  let sent = 0;
  let before = 0;
  const answers = new Map<string, number>();
  const answered = (): number => [...answers.values()].reduce((sum, one) => sum + one, 0);
  client.pair.client.addEventListener("message", ({ data }) => {
    const { type, code = "" } = JSON.parse(String(data)) as { type?: string; code?: string };
    if (type === "error") answers.set(code, (answers.get(code) ?? 0) + 1);
  });
  for (const text of mangled(frames, count)) {
    // Signing in is not answered.
    if (/"auth","token"/.test(text)) continue;
    client.send(text);
    if (++sent % 1_000 > 0) continue;
    await client.until(() => answered() === sent);
    client.read();
    if (sent === 20_000) before = heap();
  }
  await client.until(() => answered() === sent);
  await client.rest();
  expect(heap() - before, from).toBeLessThan(4);
  expect(
    [...answers.keys()].filter((code) => !Object.hasOwn(codes, code)),
    from,
  ).toEqual([]);
  expect(answers.get("malformed")).toBeGreaterThan(1_000);
  expect(answers.get("unknown_frame")).toBeGreaterThan(1_000);
  expect(client.closed, from).toBeNull();
  expect(server.server.stats()).toMatchObject({ connections: 2, subscriptions: 10, opening: 0 });
  await server.run("update users set name = 'x' where id = 'u1'");
  for (const one of [client, other]) {
    expect(await one.rest()).toEqual([{ action: "update", table: "users", ids: ["u1"] }]);
  }
});

const bodies = [
  '["u1","u2","u3"]',
  '{"ids":["o1"],"children":{"users":2,"all":1}}',
  '{"parentId":"o1","childField":"all","startIndex":0,"length":5}',
  '{"parentId":"o2","childField":"users","startIndex":1,"length":1}',
  '[1,2,"3",4.5,-0,1e400,"o1,o2","\\\\,"]',
  '{"ids":[[["o1"]]],"children":[]}',
  "",
];

test("no body, whatever it is, makes by-ids or indexes fail", {
  timeout: 120_000 * soak,
}, async () => {
  const server = await startNotices(api);
  const paths = ["users/by-ids/", "orgs/by-ids/", "docs/by-ids/?fields=id", "orgs/indexes/"];
  const statuses = new Map<number, number>();
  let place = 0;
  for (const body of mangled(bodies, 5_000 * soak)) {
    const response = await server.server.fetch(
      new Request(`http://test/api/${paths[place++ % paths.length]}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      }),
    );
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    if (response.status !== 200) {
      const { code } = (await response.json()) as { code: string };
      expect([body, code, Object.hasOwn(codes, code)], from).toEqual([body, code, true]);
    } else await response.arrayBuffer();
  }
  expect([...statuses.keys()].every((status) => [200, 400, 404].includes(status))).toBe(true);
  expect(Math.min(statuses.get(200) ?? 0, statuses.get(400) ?? 0)).toBeGreaterThan(250);
});

test("no last event id, whatever it is, is more than a reset", async () => {
  const server = await startNotices(api);
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f]{8}-\d{1,4}-[0-9a-z]{1,9}\.\w{0,14}$/)),
      async (id) => {
        const path = `/api/notifications/?lastEventId=${encodeURIComponent(`x${id}`)}`;
        const stream = await server.stream(undefined, { path });
        expect(await stream.next()).toMatchObject({ type: "reset" });
        await stream.cancel();
      },
    ),
    { numRuns: 200 * soak },
  );
  expect(server.server.stats().connections).toBe(0);
});
