import { describe, expect, test } from "vitest";
import type { Issue } from "../error/liveset-error.ts";
import { down } from "./down.ts";
import type { Schema } from "./schema.ts";
import { up } from "./up.ts";

const schemas: Readonly<Record<string, Schema<unknown>>> = { ...up, ...down };

function issuesOf(type: string, frame: unknown): Issue[] {
  const issues: Issue[] = [];
  schemas[type]?.check(frame, [], issues);
  return issues;
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

test("the wire is what it was: a change of any frame is a decision", async () => {
  const text = Object.entries(schemas).map(([type, schema]) => `${type} ${schema.describe}`);
  expect(await sha256(text.join("\n"))).toBe(
    "438fc4b7d4666ad4af490750e1d58b5dfc5b537e9a93d5b947f6aeecd04606bd",
  );
});

const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);

describe("frames that are valid", () => {
  test.each([
    { type: "subscribe", id: "s1", resource: "tasks", action: "list" },
    {
      type: "subscribe",
      id: "s1",
      resource: "tasks",
      action: "list",
      query: { where: { done: false }, orderBy: { id: "desc" } },
    },
    {
      type: "subscribe",
      id: "s1",
      resource: "tasks",
      action: "list",
      params: { list: 1 },
      since: { cursor: "c", plan: "p" },
    },
    { type: "subscribe", id: "s1", resource: "tasks", action: "retrieve", key: 1 },
    { type: "subscribe", id: "s1", resource: "tasks", action: "retrieve", key: ["a", 1] },
    { type: "subscribe", id: "s1", resource: "tasks", action: "list", laterVersion: "of the protocol" },
    { type: "unsubscribe", id: "s1" },
    {
      type: "request",
      id: "r1",
      resource: "tasks",
      action: "create",
      data: { text: "Milk" },
      mutation: "m1",
    },
    { type: "request", id: "r1", resource: "tasks", action: "patch", key: "k", data: null, ifMatch: "e" },
    { type: "request", id: "r1", resource: "tasks", action: "create", data: nested(64) },
    { type: "auth", token: "" },
    { type: "ping" },
    { type: "welcome", session: "x", epoch: "e", cursor: "c", heartbeat: 25000 },
    {
      type: "subscribed",
      id: "s1",
      group: 1,
      cursor: "c",
      plan: "p",
      keys: ["id"],
      order: [
        { column: "at", direction: "asc", nulls: "last", kind: "date" },
        { column: "id", direction: "asc", kind: "integer" },
      ],
      resumed: false,
      rows: [{ id: 1 }],
    },
    {
      type: "subscribed",
      id: "s1",
      group: 1,
      cursor: "c",
      plan: "p",
      keys: ["id"],
      order: [],
      resumed: true,
    },
    { type: "changes", group: 1, cursor: "c", enter: [{ id: 1 }], update: [{ id: 2 }], leave: ["3"] },
    { type: "changes", group: 1, cursor: "c", leave: ["3"] },
    { type: "changes", group: 1, cursor: "c", total: 3, hasMore: false },
    { type: "subscribe", id: "s1", resource: "tasks", action: "count", query: { where: { done: true } } },
    {
      type: "subscribe",
      id: "s1",
      resource: "tasks",
      action: "list",
      query: { limit: 50, after: "p", total: true },
    },
    { type: "commit", cursor: "c" },
    { type: "commit", cursor: "c", mutations: ["m1"] },
    { type: "reset", group: 1, reason: "auth" },
    { type: "response", id: "r1", status: 204, data: null, cursor: "c", etag: "e" },
    {
      type: "error",
      code: "invalid",
      status: 400,
      title: "t",
      detail: "d",
      errors: [{ path: ["where"], code: "type", message: "m" }],
    },
    { type: "pong", cursor: "c" },
    { type: "feed", live: false },
  ])("$type %#", (frame) => {
    expect(issuesOf(frame.type, frame)).toEqual([]);
  });
});

describe("frames that are not valid name the value", () => {
  const subscribe = { type: "subscribe", id: "s1", resource: "tasks", action: "list" };
  const request = { type: "request", id: "r1", resource: "tasks", action: "list" };
  test.each([
    ["subscribe", { ...subscribe, id: undefined }, ["id"], "required"],
    ["subscribe", { ...subscribe, id: 1 }, ["id"], "type"],
    ["subscribe", { ...subscribe, id: "" }, ["id"], "type"],
    ["subscribe", { ...subscribe, id: "x".repeat(129) }, ["id"], "type"],
    ["subscribe", { ...subscribe, id: null }, ["id"], "type"],
    ["subscribe", { ...subscribe, action: "create" }, ["action"], "type"],
    ["subscribe", { ...subscribe, key: null }, ["key"], "type"],
    ["subscribe", { ...subscribe, key: ["a", {}] }, ["key", 1], "type"],
    ["subscribe", { ...subscribe, query: [] }, ["query"], "type"],
    ["subscribe", { ...subscribe, query: { where: "done" } }, ["query", "where"], "type"],
    ["subscribe", { ...subscribe, query: { limit: "1" } }, ["query", "limit"], "type"],
    ["subscribe", { ...subscribe, since: { cursor: "c" } }, ["since", "plan"], "required"],
    [
      "subscribe",
      { ...subscribe, params: JSON.parse('{"__proto__": 1}') },
      ["params", "__proto__"],
      "forbidden_key",
    ],
    [
      "subscribe",
      { ...subscribe, query: { where: { OR: [{ constructor: 1 }] } } },
      ["query", "where", "OR", 0, "constructor"],
      "forbidden_key",
    ],
    ["unsubscribe", { type: "unsubscribe" }, ["id"], "required"],
    [
      "request",
      { ...request, data: JSON.parse('{"a": {"__proto__": {}}}') },
      ["data", "a", "__proto__"],
      "forbidden_key",
    ],
    ["request", { ...request, data: { prototype: 1 } }, ["data", "prototype"], "forbidden_key"],
    [
      "request",
      { ...request, data: nested(65) },
      ["data", ...Array.from({ length: 64 }, () => 0)],
      "too_deep",
    ],
    ["request", { ...request, mutation: "m".repeat(129) }, ["mutation"], "type"],
    ["request", { ...request, ifMatch: 1 }, ["ifMatch"], "type"],
    ["auth", { type: "auth", token: null }, ["token"], "type"],
    ["ping", [], [], "type"],
    ["changes", { type: "changes", group: 1, cursor: "c", leave: [1] }, ["leave", 0], "type"],
    ["subscribed", { type: "subscribed" }, ["id"], "required"],
    [
      "subscribed",
      {
        ...{ type: "subscribed", id: "s1", group: 1, cursor: "c", plan: "p", keys: ["id"], resumed: true },
        order: [{ column: "id", direction: "asc", nulls: "middle", kind: "integer" }],
      },
      ["order", 0, "nulls"],
      "type",
    ],
  ])("%s %#", (type, frame, path, code) => {
    expect(issuesOf(type, frame)[0]).toMatchObject({ path, code });
  });
});

test("a frame that is nested to the bottom of the stack is refused without harm", () => {
  const data = JSON.parse(`${"[".repeat(30_000)}${"]".repeat(30_000)}`);
  expect(
    issuesOf("request", { type: "request", id: "r", resource: "t", action: "create", data }),
  ).toMatchObject([{ code: "too_deep" }]);
});
