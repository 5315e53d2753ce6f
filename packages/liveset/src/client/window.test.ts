import { describe, expect, test } from "vitest";
import { LivesetError } from "../core/error/liveset-error.ts";
import { type Rig, rig, subscribedTo, task } from "./fake-network.fixture.ts";
import type { LiveWindow } from "./live-handle.ts";
import type { Rows } from "./live-query.ts";

const ids = (handle: LiveWindow<Rows | readonly object[]>): unknown[] =>
  handle.getSnapshot().data.map((row) => (row as { id: unknown }).id);

/** A window of two tasks of which the rows are there. */
function opened(): { r: Rig; handle: LiveWindow<readonly ReturnType<typeof task>[]> } {
  const r = rig();
  const handle = r.client.tasks.live({ orderBy: { id: "asc" }, limit: 2, total: true });
  r.socket.greet();
  r.socket.snapshot([task(1), task(2)], { total: 5, hasMore: true });
  return { r, handle: handle as LiveWindow<readonly ReturnType<typeof task>[]> };
}

describe("a live window", () => {
  test("asks for its rows, shows them and what is beside them", () => {
    const { r, handle } = opened();
    expect(r.socket.last("subscribe").query).toEqual({ orderBy: { id: "asc" }, limit: 2, total: true });
    expect(handle.getSnapshot()).toMatchObject({ status: "success", hasMore: true, total: 5 });
    r.socket.say(
      { type: "changes", group: 1, cursor: "2", enter: [task(0)], leave: ["2"], total: 6 },
      { type: "commit", cursor: "2" },
    );
    expect(ids(handle)).toEqual([0, 1]);
    expect(handle.getSnapshot()).toMatchObject({ hasMore: true, total: 6 });
    r.socket.say({ type: "changes", group: 1, cursor: "3", total: 2, hasMore: false });
    expect(handle.getSnapshot().total).toBe(6);
    r.socket.say({ type: "commit", cursor: "3" });
    expect(handle.getSnapshot()).toMatchObject({ hasMore: false, total: 2 });
  });

  test("grows without a gap or a double, and rows stay the same objects", async () => {
    const { r, handle } = opened();
    const seen: unknown[] = [];
    handle.subscribe(() => seen.push(ids(handle)));
    const [one] = handle.getSnapshot().data;
    const more = handle.loadMore();
    expect(handle.loadMore()).toBe(more);
    await Promise.resolve();
    await Promise.resolve();
    expect(r.socket.last("subscribe").query?.limit).toBe(4);
    r.socket.say(
      { type: "changes", group: 1, cursor: "2", update: [task(2, "two")] },
      { type: "commit", cursor: "2" },
    );
    expect(ids(handle)).toEqual([1, 2]);
    const two = handle.getSnapshot().data[1];
    r.socket.snapshot([task(1), task(2, "two"), task(3), task(4)], { group: 2, total: 5, hasMore: true });
    await more;
    expect(ids(handle)).toEqual([1, 2, 3, 4]);
    expect(handle.getSnapshot().data[0]).toBe(one);
    expect(handle.getSnapshot().data[1]).toBe(two);
    r.socket.say(
      { type: "changes", group: 2, cursor: "3", enter: [task(5)], leave: ["1"], hasMore: false },
      { type: "commit", cursor: "3" },
    );
    expect(seen).toEqual([
      [1, 2],
      [1, 2, 3, 4],
      [2, 3, 4, 5],
    ]);
    await handle.loadMore();
    expect(r.socket.all("subscribe")).toHaveLength(2);
    r.clock.advance(1_000);
    expect(r.socket.all("unsubscribe").map(({ id }) => id)).toEqual(["s1"]);
  });

  test("stays as it is where the larger one is refused, and may try again", async () => {
    const { r, handle } = opened();
    const more = handle.loadMore(1_000);
    await Promise.resolve();
    await Promise.resolve();
    r.socket.say({
      type: "error",
      id: r.socket.last("subscribe").id,
      ...new LivesetError("limit_exceeded").toProblem(),
    });
    await expect(more).rejects.toMatchObject({ code: "limit_exceeded" });
    expect(ids(handle)).toEqual([1, 2]);
    expect(handle.getSnapshot()).toMatchObject({ status: "success", connection: "live", error: null });
    const again = handle.loadMore(1);
    await Promise.resolve();
    await Promise.resolve();
    expect(r.socket.last("subscribe").query?.limit).toBe(3);
    r.socket.snapshot([task(1), task(2), task(3)], { group: 3, hasMore: false });
    await again;
    expect(ids(handle)).toEqual([1, 2, 3]);
  });

  test("after a reconnect resumes the size that it has grown to", async () => {
    const { r, handle } = opened();
    const more = handle.loadMore();
    await Promise.resolve();
    await Promise.resolve();
    r.socket.snapshot([task(1), task(2), task(3)], { group: 2, hasMore: false, total: 3, plan: "large" });
    await more;
    r.clock.advance(1_000);
    r.socket.cut();
    expect(handle.getSnapshot()).toMatchObject({ connection: "offline", hasMore: false, total: 3 });
    r.clock.advance(1_000);
    r.socket.greet();
    const asked = r.socket.all("subscribe");
    expect(asked.map(({ query, since }) => [query?.limit, since?.plan])).toEqual([[4, "large"]]);
    r.socket.say({
      ...subscribedTo(r.socket.last("subscribe")),
      group: 9,
      resumed: true,
      total: 4,
      hasMore: false,
    });
    r.socket.say(
      { type: "changes", group: 9, cursor: "5", enter: [task(4)] },
      { type: "commit", cursor: "5" },
    );
    expect(ids(handle)).toEqual([1, 2, 3, 4]);
    expect(handle.getSnapshot().total).toBe(4);
  });

  test("released while it grows, it lets go of both", async () => {
    const { r, handle } = opened();
    const more = handle.loadMore();
    await Promise.resolve();
    await Promise.resolve();
    handle.release();
    await expect(more).rejects.toMatchObject({ code: "released" });
    r.clock.advance(1_000);
    expect(r.socket.all("unsubscribe")).toHaveLength(2);
  });
});

test("a live count shows the number, and forgets it where it may not be known any more", () => {
  const r = rig();
  const handle = r.client.tasks.liveCount({ where: { done: true } });
  expect(handle.getSnapshot().data).toBeUndefined();
  r.socket.greet();
  expect(r.socket.last("subscribe")).toMatchObject({ action: "count", query: { where: { done: true } } });
  r.socket.snapshot([], { total: 3 });
  expect(handle.getSnapshot()).toMatchObject({ data: 3, status: "success" });
  r.socket.say({ type: "changes", group: 1, cursor: "2", total: 0 }, { type: "commit", cursor: "2" });
  expect(handle.getSnapshot().data).toBe(0);
  r.socket.say({ type: "reset", group: 1, reason: "auth" });
  expect(handle.getSnapshot()).toMatchObject({ data: undefined, status: "pending" });
  expect(r.client.tasks.liveCount(null).getSnapshot().data).toBeUndefined();
});
