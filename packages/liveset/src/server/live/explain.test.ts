import { expect, test } from "vitest";
import type { ReferenceClient } from "../../testing/reference-client.ts";
import { defineApi } from "../define-api.ts";
import { resource } from "../resource.ts";
import { type Fixture, startFixture, tasks } from "./live.fixture.ts";

const list = { resource: "tasks", action: "list" } as const;

async function explain(fixture: Fixture, client: ReferenceClient, id: string) {
  const [welcome] = client.frames;
  const session = welcome?.type === "welcome" ? welcome.session : "";
  const explanation = await fixture.server.explain(session, id);
  if (explanation === null) throw new Error(`${id} is not known`);
  return explanation;
}

test("explain tells a subscription's condition, how changes find it, and who shares it", async () => {
  const fixture = await startFixture();
  const [client, other] = [await fixture.connect(1), await fixture.connect(1)];
  await client.open("s", { ...list, query: { where: { done: false } } });
  await other.open("t", { ...list, query: { where: { done: false } } });
  expect(await explain(fixture, client, "s")).toEqual({
    resource: "tasks",
    action: "list",
    state: "live",
    plan: '["and",[["done","exact",false],["ownerId","exact",1]]]',
    found: { by: "index", keys: [{ is: "equal", column: "ownerId", value: 1 }] },
    subscribers: 2,
    waiting: { frames: 0, bytes: 0 },
    lastError: null,
    row: expect.any(Function),
  });
});

test("explain tells which condition a row does not fulfil", async () => {
  const fixture = await startFixture();
  await fixture.run("insert into tasks (id, done, ownerId) values (1, 0, 1), (2, 1, 1), (3, 1, 2)");
  const client = await fixture.connect(1);
  await client.open("s", { ...list, query: { where: { done: false } } });
  const { row } = await explain(fixture, client, "s");
  const [done, owner] = ['["done","exact",false]', '["ownerId","exact",1]'] as [string, string];
  const reasons = (a: boolean, b: boolean) => [
    { condition: done, holds: a },
    { condition: owner, holds: b },
  ];
  expect(await row(1)).toEqual({ exists: true, included: true, reasons: reasons(true, true) });
  expect(await row(2)).toEqual({ exists: true, included: false, reasons: reasons(false, true) });
  expect(await row(3)).toEqual({ exists: true, included: false, reasons: reasons(false, false) });
  expect(await row(4)).toEqual({ exists: false, included: false, reasons: [] });
  await expect(row("x")).rejects.toMatchObject({ code: "not_found" });
});

test("explain tells why no index is used, what waits, and that a slow reader's list is reset", async () => {
  const api = defineApi({ tasks: resource(tasks, { filters: ["text"] }) });
  const fixture = await startFixture({ api, limits: { waitingBytes: 1000 } });
  const { client, pair } = await fixture.connectPair(1);
  await client.open("s", { ...list, query: { where: { NOT: { text: "x" } } } });
  expect((await explain(fixture, client, "s")).found).toEqual({ by: "scan" });
  const release = pair.hold("client");
  await fixture.run(`insert into tasks (id, text) values (1, '${"a".repeat(2000)}'), (2, 'b')`);
  await fixture.run("update tasks set text = 'c' where id = 2");
  expect(await explain(fixture, client, "s")).toMatchObject({ state: "live", waiting: { frames: 2 } });
  await fixture.run("update tasks set text = text || 'd'");
  expect(await explain(fixture, client, "s")).toMatchObject({ state: "reset", found: null, subscribers: 0 });
  release();
  await client.until(() => client.frames.filter(({ type }) => type === "subscribed").length === 2);
  expect(await explain(fixture, client, "s")).toMatchObject({
    state: "live",
    waiting: { frames: 0, bytes: 0 },
  });
});

test("explain tells with what a subscription failed", async () => {
  const api = defineApi({
    tasks: resource(tasks, {
      scope: () => {
        throw new Error("the scope is broken");
      },
    }),
  });
  const fixture = await startFixture({ api });
  const client = await fixture.connect(1);
  await expect(client.open("s", list)).rejects.toMatchObject({ code: "internal" });
  const { state, plan, lastError } = await explain(fixture, client, "s");
  expect({ state, plan, cause: lastError?.cause }).toEqual({
    state: "failed",
    plan: null,
    cause: new Error("the scope is broken"),
  });
  expect(await fixture.server.explain("nobody", "s")).toBeNull();
  await expect(explain(fixture, client, "t")).rejects.toThrow("t is not known");
});
