import { describe, expect, test, vi } from "vitest";
import { rig, task } from "./fake-network.fixture.ts";

describe("a token", () => {
  test("is presented after the welcome, and everything else waits for the second one", async () => {
    const r = rig({ token: async () => "secret" });
    r.client.tasks.live();
    const answer = r.client.tasks.retrieve(1);
    r.socket.greet();
    expect(r.socket.sent).toEqual([]);
    await vi.waitFor(() => expect(r.socket.sent).toEqual([{ type: "auth", token: "secret" }]));
    r.socket.welcome();
    expect(r.socket.sent.map(({ type }) => type)).toEqual(["auth", "subscribe", "request"]);
    r.socket.say({ type: "response", id: "r1", status: 200, data: task(1) });
    expect(await answer).toEqual(task(1));
  });

  test("that is not given leaves the connection to its cookies", () => {
    const r = rig({ token: () => null, httpFallback: false });
    r.client.tasks.live();
    r.socket.greet();
    expect(r.socket.all("auth")).toEqual([]);
  });

  test("that cannot be had is tried again like a lost connection", async () => {
    const token = vi
      .fn<() => Promise<string>>()
      .mockRejectedValueOnce(new Error("down"))
      .mockResolvedValue("later");
    const r = rig({ token });
    r.client.tasks.live();
    r.socket.greet();
    await vi.waitFor(() => expect(r.client.status.getSnapshot().connection).toBe("offline"));
    r.clock.advance(250);
    r.socket.greet();
    await vi.waitFor(() => expect(r.socket.last("auth").token).toBe("later"));
  });

  test("can be changed on an open connection; requests wait meanwhile and lists stay subscribed", () => {
    const r = rig({ token: "one" });
    r.client.tasks.live();
    r.socket.greet();
    r.socket.welcome();
    r.socket.snapshot([]);
    r.client.auth("two");
    void r.client.tasks.retrieve(1);
    expect(r.socket.last("auth").token).toBe("two");
    expect(r.socket.all("request")).toEqual([]);
    r.socket.welcome();
    expect(r.socket.all("request")).toHaveLength(1);
    expect(r.socket.all("subscribe")).toHaveLength(1);
    r.client.auth(null);
    expect(r.socket.last("auth").token).toBe("");
    expect(r.sockets).toHaveLength(1);
  });

  test("P9: that is refused ends the attempts until there is another", async () => {
    const r = rig({ token: "old" });
    const handle = r.client.tasks.live();
    const waiting = r.client.tasks.retrieve(1);
    r.socket.greet();
    r.socket.say({ type: "error", code: "unauthenticated", status: 401, title: "" });
    expect(r.socket.closedWith).toBe(1000);
    await expect(waiting).rejects.toMatchObject({ code: "unauthenticated" });
    await expect(r.client.tasks.retrieve(1)).rejects.toMatchObject({ code: "unauthenticated" });
    expect(handle.getSnapshot()).toMatchObject({
      status: "error",
      error: { code: "unauthenticated" },
      connection: "offline",
    });
    r.clock.advance(3_600_000);
    expect(r.sockets).toHaveLength(1);
    r.client.auth("new");
    r.socket.greet();
    expect(r.socket.last("auth").token).toBe("new");
    r.socket.welcome();
    r.socket.snapshot([task(1)]);
    expect(handle.getSnapshot()).toMatchObject({ status: "success", error: null, connection: "live" });
  });
});

describe("reconnecting", () => {
  test("pauses longer after each failure, up to a bound, and starts anew after success", () => {
    const r = rig({ backoff: { min: 100, max: 500, factor: 2 } });
    r.client.tasks.live();
    const pauses: (number | null)[] = [];
    for (let i = 0; i < 5; i++) {
      r.socket.cut();
      pauses.push(r.clock.next);
      r.clock.advance(r.clock.next ?? 0);
    }
    expect(pauses).toEqual([50, 100, 200, 250, 250]);
    r.socket.greet();
    r.socket.cut();
    expect(r.clock.next).toBe(50);
  });

  test("happens at once when the network is back or the page is looked at", () => {
    const r = rig({ backoff: { min: 100_000 } });
    r.client.tasks.live();
    r.socket.cut();
    expect(r.sockets).toHaveLength(1);
    r.wake();
    expect(r.sockets).toHaveLength(2);
    r.wake();
    expect(r.sockets).toHaveLength(2);
  });

  test("happens where opening a socket throws", () => {
    let tries = 0;
    const r = rig({
      webSocket: () => {
        tries++;
        throw new Error("refused by policy");
      },
    });
    r.client.tasks.live();
    expect(r.client.status.getSnapshot()).toMatchObject({
      connection: "offline",
      error: { message: "refused by policy" },
    });
    r.clock.advance(250);
    expect(tries).toBe(2);
  });

  test.each([
    [4401, "session_expired"],
    [4403, "origin_refused"],
  ])("ends at close code %i until the user asks for it", (code, name) => {
    const r = rig();
    r.client.tasks.live();
    r.socket.greet();
    r.socket.cut(code);
    r.clock.advance(3_600_000);
    r.wake();
    expect(r.sockets).toHaveLength(1);
    expect(r.client.status.getSnapshot()).toMatchObject({ connection: "offline", error: { code: name } });
    r.client.reconnect();
    expect(r.sockets).toHaveLength(2);
  });

  test.each([
    [1001, "going_away"],
    [4408, "slow_reader"],
    [1006, "disconnected"],
  ])("goes on after close code %i", (code, name) => {
    const r = rig();
    r.client.tasks.live();
    r.socket.greet();
    r.socket.cut(code);
    expect(r.client.status.getSnapshot().error?.code).toBe(name);
    r.clock.advance(250);
    expect(r.sockets).toHaveLength(2);
  });

  test("follows a frame that cannot be read", () => {
    const r = rig();
    r.client.tasks.live();
    r.socket.greet();
    r.socket.garble();
    expect(r.client.status.getSnapshot()).toMatchObject({
      connection: "offline",
      error: { code: "malformed" },
    });
  });

  test("says since when it is offline, whatever attempts fail meanwhile", () => {
    const r = rig();
    r.client.tasks.live();
    r.socket.greet();
    const since = r.clock.now();
    r.socket.cut();
    for (let i = 0; i < 5; i++) {
      r.clock.advance(r.clock.next ?? 0);
      r.socket.cut();
    }
    expect(r.client.status.getSnapshot()).toMatchObject({ connection: "offline", since });
  });

  test("no longer listens to the socket before", () => {
    const r = rig();
    const handle = r.client.tasks.live();
    const old = r.socket;
    old.greet();
    old.snapshot([task(1)]);
    r.clock.advance(10_000);
    r.clock.advance(5_000);
    expect(old.closedWith).toBe(1000);
    old.say({ type: "changes", group: 1, cursor: "2", leave: ["1"] }, { type: "commit", cursor: "2" });
    old.cut(4401);
    expect(handle.getSnapshot()).toMatchObject({ data: [task(1)], connection: "offline" });
    expect(r.client.status.getSnapshot().error?.code).toBe("heartbeat_missed");
  });
});

describe("the heartbeat", () => {
  test("pings twice within the server's patience and drops a connection that stays silent", () => {
    const r = rig();
    r.client.tasks.live();
    r.socket.greet(20_000);
    r.clock.advance(10_000);
    expect(r.socket.all("ping")).toHaveLength(1);
    r.socket.say({ type: "pong", cursor: "1" });
    r.clock.advance(10_000);
    expect(r.socket.all("ping")).toHaveLength(2);
    r.clock.advance(4_999);
    expect(r.client.status.getSnapshot().connection).toBe("live");
    r.clock.advance(1);
    expect(r.client.status.getSnapshot()).toMatchObject({
      connection: "offline",
      error: { code: "heartbeat_missed" },
    });
  });

  test("takes any frame as a sign of life", () => {
    const r = rig();
    r.client.tasks.live();
    r.socket.greet();
    r.clock.advance(10_000);
    r.socket.say({ type: "commit", cursor: "2" });
    r.clock.advance(5_000);
    expect(r.client.status.getSnapshot().connection).toBe("live");
  });

  test("asks at once when the machine says that the network is gone, and believes the answer", () => {
    const r = rig();
    r.client.tasks.live();
    r.socket.greet();
    r.doubt();
    expect(r.socket.all("ping")).toHaveLength(1);
    r.socket.say({ type: "pong", cursor: "1" });
    r.clock.advance(9_999);
    expect(r.client.status.getSnapshot().connection).toBe("live");
  });

  test("gives up a handshake that takes too long", () => {
    const r = rig();
    r.client.tasks.live();
    r.clock.advance(10_000);
    expect(r.client.status.getSnapshot().connection).toBe("offline");
  });
});

describe("closing", () => {
  test("ends the wait for a fresh snapshot", async () => {
    const r = rig();
    const handle = r.client.tasks.live();
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    const fresh = handle.refresh();
    r.socket.cut(4401);
    await expect(fresh).rejects.toMatchObject({ code: "session_expired" });
    expect(handle.getSnapshot()).toMatchObject({ status: "success", data: [task(1)], isStale: true });
    expect(handle.getSnapshot().error?.code).toBe("session_expired");
    const later = handle.refresh();
    r.client.close();
    await expect(later).rejects.toMatchObject({ code: "released" });
  });

  test("settles everything with released and leaves no timer", async () => {
    const r = rig({ timeout: 60_000 });
    const handle = r.client.tasks.live();
    const ready = handle.whenReady();
    const answer = r.client.tasks.retrieve(1);
    r.socket.greet();
    r.client.close();
    await expect(ready).rejects.toMatchObject({ code: "released" });
    await expect(answer).rejects.toMatchObject({ code: "released" });
    await expect(r.client.tasks.list()).rejects.toMatchObject({ code: "released" });
    expect(r.client.tasks.live().getSnapshot().connection).toBe("paused");
    expect(r.client.status.getSnapshot()).toMatchObject({ connection: "paused", error: null });
    handle.release();
    r.clock.advance(60_000);
    expect(r.clock.pending).toBe(0);
    expect(r.sockets).toHaveLength(1);
  });
});
