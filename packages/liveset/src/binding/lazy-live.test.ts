import { expect, test } from "vitest";
import { rig, subscribedTo, type Task, task } from "../client/fake-network.fixture.ts";
import { LazyLive } from "./lazy-live.ts";
import { liveText } from "./live-text.ts";

const lazy = (
  r: ReturnType<typeof rig>,
  query: unknown = {},
  previous: LazyLive<readonly Task[]> | null = null,
) =>
  new LazyLive<readonly Task[]>(r.client.tasks, "live", liveText(query, {}), previous?.getSnapshot() ?? null);

test("a lazy query is not asked for by looking at it, and is from the first listener to the last", () => {
  const r = rig();
  const live = lazy(r);
  expect(live.getSnapshot()).toMatchObject({ data: [], status: "pending", connection: "connecting" });
  expect(live.getServerSnapshot()).toMatchObject({ data: [], status: "pending", connection: "paused" });
  expect(r.sockets).toHaveLength(0);
  const before = live.getSnapshot();
  const ends = [live.subscribe(() => {}), live.subscribe(() => {})];
  expect(live.getSnapshot()).toBe(before);
  r.socket.greet();
  expect(r.socket.all("subscribe")).toHaveLength(1);
  for (const end of [...ends, ...ends]) end();
  r.clock.advance(1_000);
  expect(r.socket.all("unsubscribe")).toHaveLength(1);
});

test("a lazy query shows what the client has of an equal one", () => {
  const r = rig();
  r.client.tasks.live({ where: { done: false, text: "a" } });
  r.socket.greet();
  r.socket.snapshot([task(1)]);
  const live = lazy(r, { where: { text: "a", done: false } });
  expect(live.getSnapshot()).toMatchObject({ data: [task(1)], status: "success", connection: "live" });
  expect(live.getSnapshot()).toBe(live.getSnapshot());
});

test("a lazy query shows its rows, as stale, when it is shown again after the client has forgotten them", () => {
  const r = rig();
  const live = lazy(r);
  const end = live.subscribe(() => {});
  r.socket.greet();
  r.socket.snapshot([task(1)]);
  end();
  r.clock.advance(1_000);
  expect(live.getSnapshot()).toMatchObject({ data: [task(1)], status: "success", isStale: true });
  live.subscribe(() => {});
  expect(live.getSnapshot()).toMatchObject({ data: [task(1)], connection: "connecting", isStale: true });
  r.socket.snapshot([task(2)]);
  expect(live.getSnapshot()).toMatchObject({ data: [task(2)], connection: "live", isStale: false });
});

test("of the query before, the data is shown until there is an answer, and nothing where none is asked for", () => {
  const r = rig();
  const before = lazy(r);
  before.subscribe(() => {});
  r.socket.greet();
  r.socket.snapshot([task(1)]);
  const next = lazy(r, { search: "b" }, before);
  expect(next.getSnapshot()).toMatchObject({ data: [task(1)], status: "pending", isStale: true });
  expect(lazy(r, null, before).getSnapshot()).toMatchObject({
    data: [],
    connection: "paused",
    isStale: false,
  });
  next.subscribe(() => {});
  r.socket.snapshot([], { group: 2 });
  expect(next.getSnapshot()).toMatchObject({ data: [], status: "success", isStale: false });
});

test("waiting for a lazy query asks for it, and tells of a refusal by the snapshot only", async () => {
  const r = rig();
  const live = lazy(r);
  const settled = live.getSnapshot().whenSettled();
  r.socket.greet();
  r.socket.say({ type: "error", id: "s1", code: "forbidden", status: 403, title: "" });
  await settled;
  expect(live.getSnapshot().error?.code).toBe("forbidden");
  r.clock.advance(1_000);
  expect(live.getSnapshot()).toMatchObject({ status: "pending", error: null });
  await lazy(r, null).getSnapshot().whenSettled();
});

test("what was kept for a page is shown before it is opened, as the server rendered it", () => {
  const other = rig();
  other.client.tasks.live();
  const one = other.client.tasks.liveOne(1);
  other.socket.greet();
  for (const [index, frame] of other.socket.all("subscribe").entries())
    other.socket.say({ ...subscribedTo(frame), group: index, rows: [task(1)] });
  expect(one.getSnapshot().data).toEqual(task(1));
  const onServer = lazy(other).getServerSnapshot();
  const r = rig();
  r.client.hydrate(JSON.parse(JSON.stringify(other.client.dehydrate())));
  const live = lazy(r);
  const rendered = live.getServerSnapshot();
  expect(rendered).toMatchObject({ data: [task(1)], status: "success", connection: "paused", isStale: true });
  expect(JSON.stringify(rendered)).toBe(JSON.stringify(onServer));
  expect(new LazyLive(r.client.tasks, "liveOne", liveText(1, {})).getSnapshot().data).toEqual(task(1));
  expect(r.sockets).toHaveLength(0);
  live.subscribe(() => {});
  expect(JSON.stringify(live.getServerSnapshot())).toBe(JSON.stringify(rendered));
  expect(live.getSnapshot()).toMatchObject({ data: [task(1)], status: "success", isStale: true });
});
