import { expect, test } from "vitest";
import { startFixture } from "../server/live/live.fixture.ts";
import { createStore } from "../store/create-store.ts";
import { connect } from "./connect.fixture.ts";
import { rig, task } from "./fake-network.fixture.ts";

const query = { where: { done: false }, orderBy: { id: "asc" } } as const;

test("P2 P4: the browser takes lists that a server rendered over from the same cursor, without a second snapshot", async () => {
  const fixture = await startFixture();
  await fixture.run(
    "insert into tasks (id, text, ownerId) values (1, 'a', 7), (2, 'b', 7), (3, 'theirs', 8)",
  );
  const server = connect(fixture);
  const rendered = server.client.tasks.live(query);
  const one = server.client.tasks.liveOne(2);
  const window = server.client.tasks.live({ ...query, limit: 1, total: true });
  await Promise.all([rendered.whenReady(), one.whenReady(), window.whenReady()]);
  expect(rendered.getServerSnapshot().status).toBe("pending");
  const state = JSON.stringify(server.client.dehydrate());
  const shown = rendered.getServerSnapshot();
  expect(shown).toMatchObject({ status: "success", isStale: true, data: [{ id: 1 }, { id: 2 }] });
  server.client.close();
  await fixture.run("update tasks set text = 'B' where id = 2");
  await fixture.run("insert into tasks (id, text, ownerId) values (4, 'c', 7)");

  const browser = connect(fixture);
  browser.client.hydrate(JSON.parse(state));
  const list = browser.client.tasks.live(query);
  const second = browser.client.tasks.liveOne(2);
  const first = browser.client.tasks.live({ ...query, limit: 1, total: true });
  expect(list.getServerSnapshot()).toEqual(shown);
  expect(list.getServerSnapshot()).toBe(list.getServerSnapshot());
  expect(list.getSnapshot()).toMatchObject({ status: "success", isStale: true, data: shown.data });
  expect(first.getServerSnapshot()).toEqual(window.getServerSnapshot());
  await Promise.all([list, second, first].map((handle) => untilLive(handle)));
  expect(list.getSnapshot().data.map((row) => row.text)).toEqual(["a", "B", "c"]);
  expect(second.getSnapshot().data?.text).toBe("B");
  expect([list, second].map((handle) => handle.getSnapshot().recovery)).toEqual(["resumed", "resumed"]);
  // Of a window that changed the server sends the few rows again.
  expect(first.getSnapshot()).toMatchObject({ total: 3, hasMore: true, recovery: "reset" });
  const whole = browser.frames.filter((frame) => frame.type === "subscribed" && frame.rows !== undefined);
  expect(whole).toHaveLength(1);
  await fixture.run("delete from tasks where id = 1");
  await untilRows(list, 2);
});

test("lists that are open already, or have rows, are not disturbed by what was kept", () => {
  const state = {
    queries: [
      {
        target: { resource: "tasks", action: "list" as const, query: {} },
        keys: ["id"],
        order: [{ column: "id", direction: "asc" as const, kind: "integer" as const }],
        rows: [task(2), task(1)],
        since: { cursor: "5", plan: "plan" },
        updatedAt: 7,
      },
    ],
  };
  const store = createStore();
  const r = rig({ store });
  const open = r.client.tasks.live();
  r.client.hydrate(state);
  expect(open.getSnapshot()).toMatchObject({ data: [task(1), task(2)], status: "success", updatedAt: 7 });
  expect(store.rows("tasks").get(1)).toBe(open.getSnapshot().data[0]);
  r.socket.greet();
  expect(r.socket.last("subscribe").since).toEqual({ cursor: "5", plan: "plan" });
  r.socket.snapshot([task(3)]);
  r.client.hydrate(state);
  expect(open.getSnapshot().data).toEqual([task(3)]);
});

test("a list whose log is gone is sent anew, and keeps its unchanged rows", () => {
  const other = rig();
  const left = other.client.tasks.live();
  other.socket.greet();
  other.socket.snapshot([task(1), task(2)]);
  const state = other.client.dehydrate();
  left.release();
  const r = rig();
  r.client.hydrate(JSON.parse(JSON.stringify(state)));
  const list = r.client.tasks.live();
  const [first] = list.getSnapshot().data;
  r.socket.greet();
  expect(r.socket.last("subscribe").since).toEqual({ cursor: "1", plan: "plan" });
  r.socket.snapshot([task(1), task(3)], { resumed: false });
  expect(list.getSnapshot().data).toEqual([task(1), task(3)]);
  expect(list.getSnapshot().data[0]).toBe(first);
});

interface Watched {
  getSnapshot(): { readonly connection: string; readonly data: unknown };
  subscribe(listener: () => void): () => void;
}

function until(handle: Watched, fits: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (!fits()) return;
      end();
      resolve();
    };
    const end = handle.subscribe(check);
    check();
  });
}

const untilLive = (handle: Watched): Promise<void> =>
  until(handle, () => handle.getSnapshot().connection === "live");
const untilRows = (handle: Watched, count: number): Promise<void> =>
  until(handle, () => (handle.getSnapshot().data as readonly unknown[]).length === count);
