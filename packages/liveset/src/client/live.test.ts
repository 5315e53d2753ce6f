import { describe, expect, test, vi } from "vitest";
import { rig, subscribedTo, task } from "./fake-network.fixture.ts";

const texts = (rows: readonly { readonly text: string }[]): string[] => rows.map(({ text }) => text);

describe("a live list", () => {
  test("connects when it is first wanted and asks after the welcome only", () => {
    const r = rig();
    expect(r.sockets).toHaveLength(0);
    expect(r.client.status.getSnapshot().connection).toBe("paused");
    const handle = r.client.tasks.live({ where: { done: false } });
    expect(handle.getSnapshot()).toMatchObject({ data: [], status: "pending", connection: "connecting" });
    expect(r.socket.sent).toEqual([]);
    r.socket.greet();
    expect(r.socket.sent).toEqual([
      { type: "subscribe", id: "s1", resource: "tasks", action: "list", query: { where: { done: false } } },
    ]);
    r.socket.snapshot([task(2), task(1)]);
    expect(handle.getSnapshot()).toEqual({
      data: [task(1), task(2)],
      status: "success",
      connection: "live",
      error: null,
      isStale: false,
      recovery: null,
      updatedAt: r.clock.now(),
    });
  });

  test("P3: shows a transaction whole, at its commit, with one notification for each list", () => {
    const r = rig();
    const first = r.client.tasks.live();
    const second = r.client.tasks.live({ orderBy: { id: "desc" } });
    r.socket.greet();
    for (const frame of r.socket.all("subscribe"))
      r.socket.say({ ...subscribedTo(frame), rows: [task(1)], group: 7 });
    const seen: unknown[] = [];
    first.subscribe(() => seen.push([texts(first.getSnapshot().data), texts(second.getSnapshot().data)]));
    second.subscribe(() => seen.push("second"));
    r.socket.say({ type: "changes", group: 7, cursor: "2", enter: [task(2)] });
    r.socket.say({ type: "changes", group: 7, cursor: "2", update: [task(1, "one")] });
    expect(seen).toEqual([]);
    r.socket.say({ type: "commit", cursor: "2" });
    expect(seen).toEqual([
      [
        ["one", "task 2"],
        ["task 2", "one"],
      ],
      "second",
    ]);
  });

  test("keeps the objects of unchanged rows, and the snapshot itself while nothing changes", () => {
    const r = rig();
    const handle = r.client.tasks.live();
    r.socket.greet();
    r.socket.snapshot([task(1), task(2)]);
    const before = handle.getSnapshot();
    r.socket.say({ type: "commit", cursor: "2" }, { type: "pong", cursor: "3" });
    expect(handle.getSnapshot()).toBe(before);
    r.socket.say(
      { type: "changes", group: 1, cursor: "4", update: [task(2, "two")] },
      { type: "commit", cursor: "4" },
    );
    expect(handle.getSnapshot().data[0]).toBe(before.data[0]);
    expect(before.data[1]).toEqual(task(2));
  });

  test("is one subscription for equal queries, kept for a while after its last release", () => {
    const r = rig({ keepAlive: 300 });
    const one = r.client.tasks.live({ where: { done: true, text: "a" } });
    const two = r.client.tasks.live({ where: { text: "a", done: true } });
    r.socket.greet();
    expect(r.socket.all("subscribe")).toHaveLength(1);
    one.release();
    one.release();
    r.clock.advance(1_000);
    expect(r.socket.all("unsubscribe")).toEqual([]);
    two.release();
    r.clock.advance(299);
    const three = r.client.tasks.live({ where: { done: true, text: "a" } });
    r.clock.advance(1_000);
    expect(r.socket.all("subscribe")).toHaveLength(1);
    three.release();
    r.clock.advance(300);
    expect(r.socket.last("unsubscribe")).toEqual({ type: "unsubscribe", id: "s1" });
    r.client.tasks.live({ where: { done: true, text: "a" } });
    expect(r.socket.last("subscribe").id).toBe("s2");
  });

  test("hears nothing after its release and says that it is paused", () => {
    const r = rig();
    const handle = r.client.tasks.live();
    const other = r.client.tasks.live();
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    const listener = vi.fn();
    handle.subscribe(listener);
    handle.release();
    r.socket.say({ type: "changes", group: 1, cursor: "2", leave: ["1"] }, { type: "commit", cursor: "2" });
    expect(listener).not.toHaveBeenCalled();
    expect(handle.getSnapshot()).toMatchObject({ data: [task(1)], connection: "paused", isStale: true });
    expect(other.getSnapshot().data).toEqual([]);
  });

  test("calls listeners after one another even where one of them changes things", () => {
    const r = rig();
    const handle = r.client.tasks.live();
    r.socket.greet();
    const log: string[] = [];
    handle.subscribe(() => {
      log.push("in");
      r.client.tasks.live({ search: "x" });
      r.client.close();
      log.push("out");
    });
    handle.subscribe(() => log.push("second"));
    r.socket.snapshot([]);
    expect(log.slice(0, 3)).toEqual(["in", "out", "second"]);
  });

  test("reports what a listener throws and goes on", () => {
    const onError = vi.fn();
    const r = rig({ onError });
    const handle = r.client.tasks.live();
    const after = vi.fn();
    handle.subscribe(() => {
      throw new Error("mine");
    });
    handle.subscribe(after);
    r.socket.greet();
    expect(onError).toHaveBeenCalledTimes(0);
    r.socket.snapshot([]);
    expect(onError).toHaveBeenCalledWith(new Error("mine"));
    expect(after).toHaveBeenCalledTimes(1);
  });

  test("with a null query asks for nothing", () => {
    const r = rig();
    const handle = r.client.tasks.live(null);
    expect(handle.getSnapshot()).toMatchObject({ data: [], status: "pending", connection: "paused" });
    expect(r.client.tasks.liveOne(null).getSnapshot().data).toBeUndefined();
    expect(r.sockets).toHaveLength(0);
  });
});

describe("one live row", () => {
  test("is not known, then there, then absent", () => {
    const r = rig();
    const handle = r.client.tasks.liveOne(5);
    expect(handle.getSnapshot().data).toBeUndefined();
    r.socket.greet();
    expect(r.socket.last("subscribe")).toMatchObject({ action: "retrieve", key: 5 });
    r.socket.snapshot([task(5)], { order: [] });
    expect(handle.getSnapshot().data).toEqual(task(5));
    expect(handle.getSnapshot()).toBe(handle.getSnapshot());
    r.socket.say({ type: "changes", group: 1, cursor: "2", leave: ["5"] }, { type: "commit", cursor: "2" });
    expect(handle.getSnapshot()).toMatchObject({ data: null, status: "success" });
    r.socket.say(
      { type: "changes", group: 1, cursor: "3", enter: [task(5, "back")] },
      { type: "commit", cursor: "3" },
    );
    expect(handle.getSnapshot().data).toEqual(task(5, "back"));
  });

  test("is null where the server forbids it", () => {
    const r = rig();
    const handle = r.client.tasks.liveOne(5);
    r.socket.greet();
    r.socket.say({ type: "error", id: "s1", code: "forbidden", status: 403, title: "" });
    expect(handle.getSnapshot()).toMatchObject({ data: null, status: "error", connection: "paused" });
  });
});

describe("a refused list", () => {
  test("shows the error without rows, and is asked for again by refresh", async () => {
    const r = rig();
    const handle = r.client.tasks.live();
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    r.socket.say({
      type: "error",
      id: "s1",
      code: "internal",
      status: 500,
      title: "",
      detail: "Computed field failed.",
    });
    expect(handle.getSnapshot()).toMatchObject({ data: [], status: "error", connection: "paused" });
    expect(handle.getSnapshot().error?.message).toBe("Computed field failed.");
    await expect(handle.whenReady()).rejects.toMatchObject({ code: "internal" });
    const fresh = handle.refresh();
    expect(r.socket.last("subscribe")).toEqual({
      type: "subscribe",
      id: "s2",
      resource: "tasks",
      action: "list",
      query: {},
    });
    expect(r.socket.all("unsubscribe")).toEqual([]);
    r.socket.snapshot([task(2)]);
    await fresh;
    expect(handle.getSnapshot()).toMatchObject({ data: [task(2)], status: "success", error: null });
  });

  test("tries again by itself, and keeps its rows, where the reason will pass", () => {
    const r = rig();
    const handle = r.client.tasks.live();
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    r.socket.say({ type: "error", id: "s1", code: "unavailable", status: 503, title: "" });
    expect(handle.getSnapshot()).toMatchObject({ data: [task(1)], status: "error", isStale: true });
    r.clock.advance(500);
    expect(r.socket.last("subscribe").id).toBe("s2");
    r.socket.snapshot([task(1)]);
    expect(handle.getSnapshot()).toMatchObject({ data: [task(1)], status: "success", error: null });
  });

  test("refresh of a good list brings a whole snapshot and keeps equal rows the same", async () => {
    const r = rig();
    const handle = r.client.tasks.live();
    r.socket.greet();
    r.socket.snapshot([task(1), task(2)]);
    const [first] = handle.getSnapshot().data;
    const fresh = handle.refresh();
    expect(handle.getSnapshot()).toMatchObject({ connection: "catching-up", isStale: true });
    expect(r.socket.sent.slice(-2)).toMatchObject([
      { type: "unsubscribe", id: "s1" },
      { type: "subscribe", id: "s2" },
    ]);
    expect(r.socket.last("subscribe").since).toBeUndefined();
    r.socket.snapshot([task(1), task(3)]);
    await fresh;
    expect(handle.getSnapshot().data[0]).toBe(first);
  });

  test("whenReady ends with its signal and with the handle", async () => {
    const r = rig();
    const handle = r.client.tasks.live();
    const controller = new AbortController();
    const waits = [handle.whenReady(controller.signal), handle.whenReady()];
    controller.abort();
    handle.release();
    for (const wait of waits) await expect(wait).rejects.toMatchObject({ code: "released" });
    await expect(handle.refresh()).rejects.toMatchObject({ code: "released" });
  });
});

describe("a server that hears of no changes", () => {
  test("its lists catch up until it does: what they show is stale, and a new greeting says that all is well", () => {
    const r = rig();
    const handle = r.client.tasks.live({});
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    expect(handle.getSnapshot()).toMatchObject({ connection: "live", isStale: false });
    r.socket.say({ type: "feed", live: false });
    expect(handle.getSnapshot()).toMatchObject({
      data: [task(1)],
      status: "success",
      connection: "catching-up",
      isStale: true,
    });
    expect(r.client.status.getSnapshot().connection).toBe("catching-up");
    r.socket.say({ type: "feed", live: true });
    expect(handle.getSnapshot()).toMatchObject({ connection: "live", isStale: false });
    r.socket.say({ type: "feed", live: false });
    r.socket.welcome();
    expect(r.client.status.getSnapshot().connection).toBe("live");
  });
});

describe("after a lost connection", () => {
  function lose() {
    const r = rig();
    const handle = r.client.tasks.live();
    r.socket.greet();
    r.socket.snapshot([task(1), task(2)]);
    r.socket.say({ type: "commit", cursor: "8" });
    r.socket.say({ type: "changes", group: 1, cursor: "9", leave: ["1"] });
    r.socket.cut();
    return { r, handle };
  }

  test("P4: a list keeps its rows, says so, and resumes from the last commit", () => {
    const { r, handle } = lose();
    const before = handle.getSnapshot();
    expect(before).toMatchObject({
      data: [task(1), task(2)],
      connection: "offline",
      isStale: true,
      status: "success",
    });
    expect(r.client.status.getSnapshot()).toMatchObject({
      connection: "offline",
      error: { code: "disconnected" },
    });
    r.clock.advance(250);
    expect(r.sockets).toHaveLength(2);
    r.socket.greet();
    expect(r.socket.last("subscribe").since).toEqual({ cursor: "8", plan: "plan" });
    expect(handle.getSnapshot().connection).toBe("catching-up");
    expect(r.client.status.getSnapshot().connection).toBe("catching-up");
    const states: string[] = [];
    handle.subscribe(() =>
      states.push(`${handle.getSnapshot().connection} ${handle.getSnapshot().data.length}`),
    );
    r.socket.say({ ...subscribedTo(r.socket.last("subscribe")), resumed: true, group: 4 });
    r.socket.say({ type: "changes", group: 4, cursor: "9", leave: ["1"] }, { type: "commit", cursor: "9" });
    expect(states).toEqual(["live 1"]);
    expect(handle.getSnapshot().data[0]).toBe(before.data[1]);
    expect(r.client.status.getSnapshot()).toMatchObject({ connection: "live", error: null });
  });

  test("P4: a list that could not be resumed is replaced, equal rows staying the same objects", () => {
    const { r, handle } = lose();
    const before = handle.getSnapshot();
    r.clock.advance(250);
    r.socket.greet();
    r.socket.snapshot([task(2), task(3)]);
    expect(handle.getSnapshot()).toMatchObject({ data: [task(2), task(3)], connection: "live" });
    expect(handle.getSnapshot().data[0]).toBe(before.data[1]);
  });

  test("P4: a list that was not yet resumed at the next loss gives back its own old cursor", () => {
    const { r } = lose();
    r.clock.advance(250);
    r.socket.greet();
    r.socket.say({ type: "commit", cursor: "20" });
    r.socket.cut();
    r.clock.advance(500);
    r.socket.greet();
    expect(r.socket.last("subscribe").since).toEqual({ cursor: "8", plan: "plan" });
    r.socket.say({ ...subscribedTo(r.socket.last("subscribe")), resumed: true, cursor: "30" });
    r.socket.cut();
    r.clock.advance(1_000);
    r.socket.greet();
    expect(r.socket.last("subscribe").since).toEqual({ cursor: "8", plan: "plan" });
  });

  test("a pong keeps the cursor young", () => {
    const { r, handle } = lose();
    r.clock.advance(250);
    r.socket.greet();
    r.socket.snapshot([task(2)]);
    r.socket.say({ type: "pong", cursor: "99" });
    r.socket.cut();
    r.clock.advance(250);
    r.socket.greet();
    expect(r.socket.last("subscribe").since?.cursor).toBe("99");
    expect(handle.getSnapshot().data).toEqual([task(2)]);
  });

  test("P4: the result says which of the two happened, together with the rows", () => {
    const { r, handle } = lose();
    expect(handle.getSnapshot().recovery).toBeNull();
    r.clock.advance(250);
    r.socket.greet();
    r.socket.say({ ...subscribedTo(r.socket.last("subscribe")), resumed: true });
    expect(handle.getSnapshot()).toMatchObject({ recovery: null, isStale: true });
    r.socket.say({ type: "commit", cursor: "9" });
    expect(handle.getSnapshot()).toMatchObject({ recovery: "resumed", isStale: false });
    r.socket.say({ type: "changes", group: 1, cursor: "10", leave: ["1"] }, { type: "commit", cursor: "10" });
    expect(handle.getSnapshot()).toMatchObject({ recovery: "resumed", data: [task(2)] });
    r.socket.cut();
    r.clock.advance(250);
    r.socket.greet();
    r.socket.snapshot([task(2)]);
    expect(handle.getSnapshot().recovery).toBe("reset");
    const other = r.client.tasks.live({ where: { done: true } });
    r.socket.snapshot([], { group: 2 });
    expect(other.getSnapshot()).toMatchObject({ status: "success", recovery: null });
  });

  test("P4: a resumption of rows that are not there is not taken for the rows", () => {
    const r = rig();
    const handle = r.client.tasks.live();
    r.socket.greet();
    r.socket.say({ ...subscribedTo(r.socket.last("subscribe")), resumed: true });
    expect(r.socket.sent.slice(-2)).toMatchObject([
      { type: "unsubscribe", id: "s1" },
      { type: "subscribe", id: "s2" },
    ]);
    expect(r.socket.last("subscribe").since).toBeUndefined();
    r.socket.say({ type: "commit", cursor: "2" });
    expect(handle.getSnapshot().status).toBe("pending");
    r.socket.snapshot([task(1)]);
    expect(handle.getSnapshot()).toMatchObject({ data: [task(1)], status: "success" });
  });

  test("a list that was released meanwhile is not asked for", () => {
    const { r, handle } = lose();
    handle.release();
    r.clock.advance(250);
    r.socket.greet();
    expect(r.socket.all("subscribe")).toEqual([]);
    r.clock.advance(1_000);
    expect(r.socket.all("unsubscribe")).toEqual([]);
  });
});

describe("a list that becomes another one", () => {
  function move() {
    const r = rig();
    const handle = r.client.tasks.live();
    r.socket.greet();
    r.socket.snapshot([task(1), task(2)]);
    r.socket.say({ type: "commit", cursor: "5" });
    r.socket.say({
      ...subscribedTo(r.socket.last("subscribe")),
      resumed: true,
      group: 2,
      plan: "new",
      cursor: "6",
    });
    return { r, handle };
  }

  test("keeps what stayed, and shows the difference with its commit", () => {
    const { r, handle } = move();
    const [, second] = handle.getSnapshot().data;
    expect(handle.getSnapshot()).toMatchObject({ data: [task(1), task(2)], connection: "catching-up" });
    r.socket.say(
      { type: "changes", group: 2, cursor: "7", leave: ["1"], enter: [task(3)] },
      { type: "commit", cursor: "7" },
    );
    const { data, connection, recovery } = handle.getSnapshot();
    expect([data, connection, recovery]).toEqual([[task(2), task(3)], "live", "resumed"]);
    expect(data[0]).toBe(second);
    r.socket.cut();
    r.clock.advance(250);
    r.socket.greet();
    expect(r.socket.last("subscribe").since).toEqual({ cursor: "7", plan: "new" });
  });

  test("P4: goes on from what it was where the line breaks before the commit", () => {
    const { r } = move();
    r.socket.cut();
    r.clock.advance(250);
    r.socket.greet();
    expect(r.socket.last("subscribe").since).toEqual({ cursor: "5", plan: "plan" });
  });
});

describe("a reset list", () => {
  test("keeps its rows as stale until the new snapshot", () => {
    const r = rig();
    const handle = r.client.tasks.live();
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    r.socket.say({ type: "reset", group: 1, reason: "slow" });
    expect(handle.getSnapshot()).toMatchObject({ data: [task(1)], connection: "catching-up", isStale: true });
    r.socket.snapshot([task(2)], { group: 2 });
    expect(handle.getSnapshot()).toMatchObject({ data: [task(2)], connection: "live" });
    r.socket.say({ type: "changes", group: 2, cursor: "2", leave: ["2"] }, { type: "commit", cursor: "2" });
    expect(handle.getSnapshot().data).toEqual([]);
  });

  test("P5: drops the rows of the principal before at once", () => {
    const r = rig();
    const handle = r.client.tasks.live();
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    r.socket.say({ type: "reset", group: 1, reason: "auth" });
    expect(handle.getSnapshot()).toMatchObject({ data: [], status: "pending" });
  });
});
