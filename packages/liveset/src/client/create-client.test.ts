import { describe, expect, onTestFinished, test, vi } from "vitest";
import { LivesetError } from "../core/error/liveset-error.ts";
import { socketPair } from "../testing/socket-pair.ts";
import { createClient } from "./create-client.ts";
import { rig, type TestApi, task } from "./fake-network.fixture.ts";
import { restUrlOf, socketUrlOf } from "./urls.ts";

describe("a client", () => {
  test("has a resource for each name but for those that others look for on any object", async () => {
    const { client } = rig();
    const any = client as unknown as Record<string | symbol, unknown>;
    expect(client.tasks).toBe(client.tasks);
    expect(client.resource("tasks")).toBe(client.tasks);
    for (const name of [
      "then",
      "toJSON",
      "__v_isRef",
      "$$typeof",
      "@@iterator",
      Symbol.iterator,
      Symbol.toPrimitive,
    ]) {
      expect(any[name]).toBeUndefined();
    }
    expect(any.constructor).toBe(Object);
    expect(await Promise.resolve(client)).toBe(client);
    expect((client.resource as (name: string) => { name: string })("status").name).toBe("status");
  });

  test("calls actions on a row by its key, and on the resource by their input", () => {
    const r = rig();
    const { actions } = r.client.tasks;
    void actions.complete(3);
    void actions.complete(3, undefined, { mutation: "m1" });
    void actions.clear({ before: "2026" }, { mutation: "m2" });
    const untyped = actions as unknown as Record<string, (...values: unknown[]) => Promise<unknown>>;
    void untyped.move?.([1, "b"], "x", { mutation: "m3" });
    void untyped.pick?.(null, [1, 2]);
    void untyped.all?.();
    r.socket.greet();
    const frames = r.socket.all("request").map(({ action, key, data }) => ({ action, key, data }));
    expect(frames).toEqual([
      { action: "complete", key: 3 },
      { action: "complete", key: 3 },
      { action: "clear", data: { before: "2026" } },
      { action: "move", key: [1, "b"], data: "x" },
      { action: "pick", data: [1, 2] },
      { action: "all" },
    ]);
    expect(
      r.socket.all("request").flatMap(({ mutation }) => (mutation?.startsWith("m") ? [mutation] : [])),
    ).toEqual(["m1", "m2", "m3"]);
  });

  test("passes parameters along", () => {
    const r = rig();
    const untyped = r.client.tasks as unknown as {
      live(query: object, options: object): unknown;
      list(query: undefined, options: object): Promise<unknown>;
    };
    untyped.live({}, { params: { list: 3 } });
    void untyped.list(undefined, { params: { list: 4 } });
    r.socket.greet();
    expect(r.socket.last("subscribe").params).toEqual({ list: 3 });
    expect(r.socket.last("request")).toMatchObject({ params: { list: 4 } });
  });
});

describe("addresses", () => {
  test.each([
    ["http://host:8000/ws/", "ws://host:8000/ws/", "http://host:8000/api/"],
    ["wss://host/deep/ws/", "wss://host/deep/ws/", "https://host/deep/api/"],
    ["https://host/ws?x=1", "wss://host/ws?x=1", "https://host/api/"],
  ])("%s is a socket at %s and REST at %s", (url, socket, rest) => {
    expect(socketUrlOf(url)).toBe(socket);
    expect(restUrlOf(socket)).toBe(rest);
  });

  test("may be a path on a page", () => {
    vi.stubGlobal("location", { href: "https://host/app/page" });
    expect(socketUrlOf("/ws/")).toBe("wss://host/ws/");
    vi.unstubAllGlobals();
  });
});

test("a window without events, as React Native has it, is none", () => {
  vi.stubGlobal("window", {});
  vi.stubGlobal("document", {});
  onTestFinished(() => void vi.unstubAllGlobals());
  const client = createClient<TestApi>("ws://host/ws/", { webSocket: () => socketPair().client });
  client.tasks.live();
  expect(client.status.getSnapshot().connection).toBe("connecting");
  client.close();
});

describe("HTTP while the socket is not open", () => {
  function http(answer: (url: string, init: RequestInit) => Response | Promise<Response>) {
    const calls: { url: string; method: string | undefined; headers: Headers; body: unknown }[] = [];
    const fetch = vi.fn(async (url: string, init: RequestInit) => {
      calls.push({ url, method: init.method, headers: new Headers(init.headers), body: init.body });
      return answer(url, init);
    }) as unknown as typeof globalThis.fetch;
    return Object.assign(rig({ httpFallback: true, fetch, token: "secret" }), { calls });
  }

  test("maps operations and actions to REST", async () => {
    const r = http(() => Response.json(task(1), { headers: { etag: 'W/"abc"' } }));
    const { tasks } = r.client;
    let tag: string | null = null;
    expect(
      await tasks.patch(
        1,
        { done: true },
        { ifMatch: "old", mutation: "m", onAnswer: ({ etag }) => (tag = etag) },
      ),
    ).toEqual(task(1));
    await tasks.retrieve(2);
    await tasks.create({ text: "a" });
    await tasks.update(3, { text: "a", done: false });
    await tasks.actions.complete(4);
    await tasks.actions.clear({ before: "x" });
    expect(r.calls.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "PATCH http://host/api/tasks/1/",
      "GET http://host/api/tasks/2/",
      "POST http://host/api/tasks/",
      "PUT http://host/api/tasks/3/",
      "POST http://host/api/tasks/4/complete/",
      "POST http://host/api/tasks/clear/",
    ]);
    expect(tag).toBe("abc");
    const [first, second] = r.calls;
    expect(Object.fromEntries(first?.headers ?? [])).toEqual({
      accept: "application/json",
      authorization: "Bearer secret",
      "content-type": "application/json",
      "idempotency-key": "m",
      "if-match": '"old"',
    });
    expect(first?.body).toBe('{"done":true}');
    expect(second?.headers.get("idempotency-key")).toBeNull();
  });

  test("asks for lists in Django's form and gives pages their neighbours as queries", async () => {
    const r = http(() =>
      Response.json({
        count: 9,
        next: "http://host/api/tasks/?done=true&limit=2&offset=6",
        previous: "/api/tasks/?limit=2",
        results: [task(1)],
      }),
    );
    const page = await r.client.tasks.list({
      where: { done: true },
      orderBy: { id: "desc" },
      limit: 2,
      offset: 4,
    });
    expect(r.calls[0]?.url).toBe("http://host/api/tasks/?done=true&ordering=-id&limit=2&offset=4");
    expect(page).toEqual({
      count: 9,
      results: [task(1)],
      next: { where: { done: true }, orderBy: { id: "desc" }, limit: 2, offset: 6 },
      previous: { where: { done: true }, orderBy: { id: "desc" }, limit: 2 },
    });
  });

  test("escapes keys and takes an empty answer", async () => {
    const r = http(() => new Response(null, { status: 204 }));
    const untyped = r.client.tasks as unknown as { delete(key: unknown): Promise<void> };
    expect(await untyped.delete(["a/b", "c,d"])).toBeUndefined();
    expect(r.calls[0]?.url).toBe("http://host/api/tasks/a%2Fb%2Cc%5C%2Cd/");
  });

  test("rejects with the problem, and with disconnected where there is no answer", async () => {
    const problem = new LivesetError("not_found", { detail: "No such task." }).toProblem();
    const r = http((url) => {
      if (url.endsWith("/1/")) return Response.json(problem, { status: 404 });
      if (url.endsWith("/2/")) return new Response("<html>", { status: 502 });
      throw new TypeError("fetch failed");
    });
    await expect(r.client.tasks.retrieve(1)).rejects.toMatchObject({
      code: "not_found",
      message: "No such task.",
    });
    await expect(r.client.tasks.retrieve(2)).rejects.toMatchObject({ code: "unavailable" });
    await expect(r.client.tasks.retrieve(3)).rejects.toMatchObject({ code: "disconnected" });
    await expect(r.client.tasks.retrieve(4, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "released",
    });
  });

  test("is not used when the socket is open", async () => {
    const r = http(() => Response.json(task(1)));
    r.client.tasks.live();
    r.socket.greet();
    r.socket.welcome();
    void r.client.tasks.retrieve(1);
    expect(r.calls).toEqual([]);
    expect(r.socket.all("request")).toHaveLength(1);
  });

  test("is not used unless it is asked for", () => {
    const fetch = vi.fn();
    const r = rig({ fetch });
    void r.client.tasks.retrieve(1);
    expect(fetch).not.toHaveBeenCalled();
  });
});
