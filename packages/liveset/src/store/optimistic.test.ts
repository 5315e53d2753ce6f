import { describe, expect, test, vi } from "vitest";
import { rig, task } from "../client/fake-network.fixture.ts";
import type { WireRow } from "../core/json.ts";
import { createStore } from "./create-store.ts";
import { TaskServer } from "./task-server.fixture.ts";

function setUp() {
  const store = createStore();
  const r = rig({ store });
  const server = new TaskServer();
  server.commit(new Map([1, 2, 3].map((id) => [String(id), task(id)])));
  const all = r.client.tasks.live({ orderBy: { id: "asc" } });
  server.attach(r.socket);
  server.run();
  const theirs = (id: number, row: WireRow | null): void => {
    const next = new Map(server.state);
    if (row === null) next.delete(String(id));
    else next.set(String(id), row);
    server.commit(next);
  };
  return { ...r, r, store, server, all, theirs, tasks: r.client.tasks };
}

const texts = (rows: readonly { readonly text: string }[]): string[] => rows.map(({ text }) => text);

async function settled(): Promise<void> {
  for (let i = 0; i < 30; i++) await Promise.resolve();
}

describe("a write through a store", () => {
  test("is seen at once, told once, and confirmed without another notification where the server does the same", async () => {
    const { store, server, all, tasks } = setUp();
    const told = vi.fn();
    all.subscribe(told);
    const done = tasks.patch(2, { done: true });
    expect(all.getSnapshot().data[1]).toEqual(task(2, "task 2", true));
    expect(store.rows("tasks").get(2)).toBe(all.getSnapshot().data[1]);
    expect(store.rows("tasks").confirmed(2)).toEqual(task(2));
    expect(store.pending("tasks", 2)).toMatchObject({ op: "patch", error: null });
    expect(told).toHaveBeenCalledTimes(1);
    const shown = all.getSnapshot().data[1];
    server.run();
    await done;
    expect(all.getSnapshot().data[1]).toBe(shown);
    expect(store.pending("tasks", 2)).toBeNull();
    expect(store.pendingWrites).toBe(0);
  });

  test("P6: ends with the commit that names it, not with a change of the same row by somebody else", async () => {
    const { store, server, all, theirs, tasks } = setUp();
    theirs(2, task(2, "theirs"));
    const done = tasks.patch(2, { done: true }, { mutation: "m" });
    server.run(2);
    expect(all.getSnapshot().data[1]).toEqual(task(2, "theirs", true));
    expect(store.pending("tasks", 2)).not.toBeNull();
    server.run(1);
    expect(store.pending("tasks", 2)).not.toBeNull();
    server.run(1);
    expect(server.isAnswered("m")).toBe(false);
    expect(store.pending("tasks", 2)).toBeNull();
    expect(all.getSnapshot().data[1]).toEqual(task(2, "theirs", true));
    theirs(2, task(2, "later"));
    server.run();
    await done;
    expect(all.getSnapshot().data[1]).toEqual(task(2, "later"));
  });

  test("is taken back with its error, tried again, or given up", async () => {
    const { store, server, all, tasks } = setUp();
    const watched = vi.fn();
    store.rows("tasks").row(1).subscribe(watched);
    const failed = tasks.patch(1, { text: "bad" });
    expect(texts(all.getSnapshot().data)).toEqual(["bad", "task 2", "task 3"]);
    server.run();
    await expect(failed).rejects.toMatchObject({ code: "forbidden" });
    expect(texts(all.getSnapshot().data)).toEqual(["task 1", "task 2", "task 3"]);
    const refused = store.pending("tasks", 1);
    expect(refused).toMatchObject({ op: "patch", error: { code: "forbidden" } });
    expect(store.pending("tasks", 1)).toBe(refused);

    const again = refused?.retry();
    expect(all.getSnapshot().data[0]?.text).toBe("bad");
    expect(store.pending("tasks", 1)?.error).toBeNull();
    server.run();
    await expect(again).rejects.toMatchObject({ code: "forbidden" });

    const before = watched.mock.calls.length;
    store.pending("tasks", 1)?.discard();
    expect(store.pending("tasks", 1)).toBeNull();
    expect(watched.mock.calls.length).toBe(before + 1);
  });

  test("of the same row are put on each other in order, and each takes back only its own", async () => {
    const { server, all, tasks } = setUp();
    const first = tasks.patch(1, { text: "bad" });
    const second = tasks.patch(1, { done: true });
    expect(all.getSnapshot().data[0]).toEqual(task(1, "bad", true));
    server.run();
    await expect(first).rejects.toMatchObject({ code: "forbidden" });
    await second;
    expect(all.getSnapshot().data[0]).toEqual(task(1, "task 1", true));
  });

  test("removes a row from a list that it does not fit any more, brings it into others, and sorts", () => {
    const { r, server } = setUp();
    const open = r.client.tasks.live({ where: { done: false }, orderBy: { id: "desc" } });
    const done = r.client.tasks.live({ where: { done: true } });
    server.run();
    void r.client.tasks.patch(2, { done: true }).catch(() => {});
    void r.client.tasks.delete(3).catch(() => {});
    void r.client.tasks.create({ text: "new", done: false } as never).catch(() => {});
    expect(texts(open.getSnapshot().data)).toEqual(["new", "task 1"]);
    expect(done.getSnapshot().data).toEqual([task(2, "task 2", true)]);
  });

  test("that creates has a makeshift key, which the true row replaces in one notification", async () => {
    const { store, server, all, tasks } = setUp();
    const created = tasks.create({ text: "new" }, { mutation: "m" });
    expect(all.getSnapshot().data.at(-1)).toEqual({ id: "~m", text: "new" });
    expect(store.pending("tasks", "~m")).toMatchObject({ op: "create", mutation: "m" });
    const seen: number[] = [];
    all.subscribe(() => seen.push(all.getSnapshot().data.length));
    server.run();
    await created;
    expect(seen).toEqual([4]);
    expect(all.getSnapshot().data.at(-1)).toEqual(task(101, "new"));
    expect(store.rows("tasks").get("~m")).toBeUndefined();
  });

  test("does not enter a list where only the server can tell, nor a window behind its end", () => {
    const { r, server } = setUp();
    const found = r.client.tasks.live({ search: "new" });
    const sorted = r.client.tasks.live({ where: { text: { icontains: "NEW" } } });
    const first = r.client.tasks.live({ orderBy: { id: "asc" }, limit: 2 });
    server.run();
    r.socket.say({ type: "commit", cursor: "9" });
    void r.client.tasks.create({ text: "new" }).catch(() => {});
    expect(found.getSnapshot().data).toHaveLength(3);
    expect(texts(sorted.getSnapshot().data)).toContain("new");
    expect(first.getSnapshot().data.length).toBeLessThanOrEqual(3);
  });

  test("that is made offline is shown until the lists have caught up behind its answer", async () => {
    const { r, server, all, clock } = setUp();
    server.cut();
    const done = r.client.tasks.patch(1, { text: "offline" });
    expect(all.getSnapshot().data[0]?.text).toBe("offline");
    clock.advance(4_000);
    server.attach(r.socket);
    const seen: (string | undefined)[] = [];
    all.subscribe(() => seen.push(all.getSnapshot().data[0]?.text));
    for (let i = 0; i < 10; i++) {
      server.run(1);
      await settled();
    }
    await done;
    expect(new Set(seen)).toEqual(new Set(["offline"]));
    expect(all.getSnapshot().connection).toBe("live");
  });

  test("lists share their rows: one object in each of them, none when the last is gone", () => {
    const { r, store, server, all, clock } = setUp();
    const open = r.client.tasks.live({ where: { done: false } });
    server.run();
    expect(open.getSnapshot().data[0]).toBe(all.getSnapshot().data[0]);
    expect(store.rows("tasks").size).toBe(3);
    open.release();
    all.release();
    clock.advance(2_000);
    expect(store.rows("tasks").size).toBe(0);
  });
});
