import { describe, expect, test } from "vitest";
import { rig, task } from "./fake-network.fixture.ts";

describe("requests", () => {
  test("carry what was asked, and writes an id of their own", async () => {
    const r = rig();
    const { tasks } = r.client;
    void tasks.list({ where: { done: false }, limit: 5 });
    void tasks.create({ text: "a" });
    void tasks.patch(1, { done: true }, { ifMatch: "tag", mutation: "mine" });
    r.socket.greet();
    const [list, create, patch] = r.socket.all("request");
    expect(list).toEqual({
      type: "request",
      id: "r1",
      resource: "tasks",
      action: "list",
      query: { where: { done: false }, limit: 5 },
    });
    expect(create).toMatchObject({
      action: "create",
      data: { text: "a" },
      mutation: expect.stringMatching(/^[\da-f-]{36}$/),
    });
    expect(patch).toMatchObject({ key: 1, data: { done: true }, ifMatch: "tag", mutation: "mine" });
  });

  test("resolve with the data, give the entity tag to who wants it, and reject with the typed error", async () => {
    const r = rig();
    let tag: string | null = null;
    const row = r.client.tasks.retrieve(1, { onAnswer: ({ etag }) => (tag = etag) });
    const gone = r.client.tasks.delete(2);
    const bad = r.client.tasks.create({ text: "" });
    r.socket.greet();
    r.socket.say(
      { type: "response", id: "r1", status: 200, data: task(1), etag: "abc" },
      { type: "response", id: "r2", status: 204, data: null },
      {
        type: "error",
        id: "r3",
        code: "invalid",
        status: 400,
        title: "",
        errors: [{ path: ["text"], code: "too_small", message: "Too short." }],
      },
    );
    expect(await row).toEqual(task(1));
    expect(tag).toBe("abc");
    expect(await gone).toBeUndefined();
    await expect(bad).rejects.toMatchObject({
      name: "LivesetError",
      code: "invalid",
      errors: [{ path: ["text"] }],
    });
  });

  test("P6: those in flight at a drop are sent again in their order, writes under the same id", async () => {
    const r = rig();
    const write = r.client.tasks.create({ text: "a" });
    const read = r.client.tasks.retrieve(1);
    r.socket.greet();
    const before = r.socket.all("request");
    r.socket.cut();
    r.clock.advance(250);
    r.socket.greet();
    expect(r.socket.all("request")).toEqual(before);
    r.socket.say({ type: "response", id: "r1", status: 201, data: task(1) });
    r.socket.say({ type: "response", id: "r1", status: 201, data: task(9) });
    r.socket.say({ type: "response", id: "r2", status: 200, data: task(1) });
    expect(await write).toEqual(task(1));
    expect(await read).toEqual(task(1));
  });

  test("whose signal aborts are dropped, sent or not", async () => {
    const r = rig();
    const early = new AbortController();
    const late = new AbortController();
    const first = r.client.tasks.retrieve(1, { signal: early.signal });
    const second = r.client.tasks.retrieve(2, { signal: late.signal });
    early.abort();
    r.socket.greet();
    expect(r.socket.all("request").map(({ key }) => key)).toEqual([2]);
    late.abort(new Error("left the page"));
    r.socket.cut();
    r.clock.advance(250);
    r.socket.greet();
    expect(r.socket.all("request")).toEqual([]);
    await expect(first).rejects.toMatchObject({ code: "released" });
    await expect(second).rejects.toMatchObject({ code: "released", cause: new Error("left the page") });
    await expect(r.client.tasks.retrieve(3, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "released",
    });
  });

  test("never have more than 32 in flight", () => {
    const r = rig();
    for (let id = 1; id <= 40; id++) void r.client.tasks.retrieve(id);
    r.socket.greet();
    expect(r.socket.all("request")).toHaveLength(32);
    r.socket.say({ type: "response", id: "r7", status: 200, data: null });
    expect(r.socket.all("request")).toHaveLength(33);
  });

  test("beyond a thousand waiting ones are refused", async () => {
    const r = rig();
    const waits = Array.from({ length: 1_001 }, (_, id) => r.client.tasks.retrieve(id));
    await expect(waits[1_000]).rejects.toMatchObject({
      code: "disconnected",
      message: expect.stringContaining("1000"),
    });
    r.socket.greet();
    expect(r.socket.all("request")).toHaveLength(32);
  });

  test("that are throttled are repeated after a pause", async () => {
    const r = rig();
    const row = r.client.tasks.retrieve(1);
    r.socket.greet();
    r.socket.say({ type: "error", id: "r1", code: "throttled", status: 429, title: "" });
    void r.client.tasks.retrieve(2);
    expect(r.socket.all("request")).toHaveLength(1);
    r.clock.advance(1_000);
    expect(r.socket.all("request").map(({ id }) => id)).toEqual(["r1", "r1", "r2"]);
    r.socket.say({ type: "response", id: "r1", status: 200, data: task(1) });
    expect(await row).toEqual(task(1));
  });

  test("that are larger than the server bears are not sent again", async () => {
    const r = rig();
    const small = r.client.tasks.create({ text: "a" });
    const large = r.client.tasks.create({ text: "a".repeat(100) });
    r.socket.greet();
    r.socket.cut(1009);
    await expect(large).rejects.toMatchObject({ code: "too_large" });
    r.clock.advance(250);
    r.socket.greet();
    expect(r.socket.all("request")).toHaveLength(1);
    r.socket.say({ type: "response", id: "r1", status: 201, data: task(1) });
    expect(await small).toEqual(task(1));
  });

  test("are given up where every connection ends before the answer", async () => {
    const r = rig();
    const row = r.client.tasks.retrieve(1);
    for (let i = 0; i < 10; i++) {
      r.socket.greet();
      expect(r.socket.all("request")).toHaveLength(1);
      r.socket.cut();
      r.clock.advance(r.clock.next ?? 0);
    }
    await expect(row).rejects.toMatchObject({ code: "disconnected" });
    r.socket.greet();
    expect(r.socket.all("request")).toEqual([]);
  });

  test("end with the time that they were given", async () => {
    const r = rig({ timeout: 5_000 });
    const row = r.client.tasks.retrieve(1);
    r.clock.advance(5_000);
    await expect(row).rejects.toMatchObject({
      code: "disconnected",
      message: "No answer came within 5000 ms.",
    });
  });

  test("P6: a writer's list shows the write when the answer comes", async () => {
    const r = rig();
    const handle = r.client.tasks.live();
    const write = r.client.tasks.patch(1, { text: "new" });
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    r.socket.say(
      { type: "changes", group: 1, cursor: "2", update: [task(1, "new")] },
      { type: "commit", cursor: "2", mutations: ["m"] },
      { type: "response", id: "r1", status: 200, data: task(1, "new"), cursor: "2" },
    );
    const answer = await write;
    expect(handle.getSnapshot().data[0]).toEqual(answer);
  });
});
