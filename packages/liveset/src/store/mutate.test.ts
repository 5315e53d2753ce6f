import { expect, test, vi } from "vitest";
import { connect } from "../client/connect.fixture.ts";
import { rig, task } from "../client/fake-network.fixture.ts";
import { startFixture } from "../server/live/live.fixture.ts";
import { createStore } from "./create-store.ts";

test("a mutate is one frame, one effect and one answer", async () => {
  const store = createStore();
  const r = rig({ store });
  const all = r.client.tasks.live({ orderBy: { id: "asc" } });
  r.socket.greet();
  r.socket.snapshot([task(1), task(2)]);
  const told = vi.fn();
  all.subscribe(told);
  const done = r.client.mutate(
    (tx) => {
      tx.tasks.patch(1, { done: true }, { ifMatch: "v1" });
      tx.resource("tasks").delete(2);
      tx.tasks.create({ text: "new" });
      tx.tasks.actions.complete(1);
    },
    { mutation: "m" },
  );
  expect(told).toHaveBeenCalledTimes(1);
  expect(all.getSnapshot().data).toEqual([task(1, "task 1", true), { id: "~m:2", text: "new" }]);
  expect(r.socket.last("batch")).toMatchObject({
    mutation: "m",
    operations: [
      { resource: "tasks", action: "patch", key: 1, data: { done: true }, ifMatch: "v1" },
      { resource: "tasks", action: "delete", key: 2 },
      { resource: "tasks", action: "create", data: { text: "new" } },
      { resource: "tasks", action: "complete", key: 1 },
    ],
  });
  r.socket.say({
    type: "error",
    id: r.socket.last("batch").id,
    code: "not_found",
    status: 404,
    title: "Not found.",
    errors: [{ path: ["operations", 1], code: "not_found", message: "Not found." }],
  });
  await expect(done).rejects.toMatchObject({ code: "not_found", errors: [{ path: ["operations", 1] }] });
  expect(all.getSnapshot().data).toEqual([task(1), task(2)]);
  expect(store.pending("tasks", 2)).toMatchObject({ op: "delete", error: { code: "not_found" } });
  expect(await r.client.mutate(() => {})).toEqual([]);
});

test("a mutate goes over HTTP, to the root, while the socket is not open", async () => {
  const calls: [string, RequestInit | undefined][] = [];
  const fetch = (async (url: string, init?: RequestInit) => {
    calls.push([url, init]);
    return Response.json([{ status: 204, data: null }]);
  }) as unknown as typeof globalThis.fetch;
  const { client } = rig({ httpFallback: true, fetch });
  expect(await client.mutate((tx) => tx.tasks.delete(1), { mutation: "m" })).toEqual([null]);
  const [[url, init] = []] = calls;
  expect([url, init?.method]).toEqual(["http://host/api/", "POST"]);
  expect(new Headers(init?.headers).get("idempotency-key")).toBe("m");
  expect(JSON.parse(String(init?.body))).toEqual({
    operations: [{ resource: "tasks", action: "delete", key: 1 }],
  });
});

test("P3 P6: against the real server all lists have the whole of it in one notification, under one transaction", async () => {
  const fixture = await startFixture();
  await fixture.run("insert into tasks (id, text, ownerId) values (1, 'a', 7), (2, 'b', 7)");
  const store = createStore();
  const { client, frames } = connect(fixture, 7, { store });
  const open = client.tasks.live({ where: { done: false } });
  const done = client.tasks.live({ where: { done: true } });
  await Promise.all([open.whenReady(), done.whenReady()]);
  const ids = () =>
    [open, done].map((handle) => handle.getSnapshot().data.map((row) => (row as { id?: unknown }).id));
  const seen: unknown[] = [];
  open.subscribe(() => seen.push(ids()));
  const answers = await client.mutate((tx) => {
    tx.tasks.patch(1, { done: true });
    tx.tasks.create({ id: 3, text: "c", ownerId: 7 } as never);
  });
  expect(answers).toEqual([
    { id: 1, text: "a", done: true, ownerId: 7 },
    { id: 3, text: "c", done: false, ownerId: 7 },
  ]);
  expect(ids()).toEqual([[2, 3], [1]]);
  expect(store.pendingWrites).toBe(0);
  expect(frames.filter((frame) => frame.type === "commit" && frame.mutations !== undefined)).toHaveLength(1);
  expect(seen.at(-1)).toEqual([[2, 3], [1]]);
  await expect(
    client.mutate((tx) => {
      tx.tasks.delete(2);
      tx.tasks.patch(99, { done: true });
    }),
  ).rejects.toMatchObject({ code: "not_found", errors: [{ path: ["operations", 1] }] });
  expect(ids()).toEqual([[2, 3], [1]]);
});
