import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { expect, test } from "vitest";
import { action } from "../action.ts";
import { compileResource } from "../compile-resource.ts";
import { resource } from "../resource.ts";
import { allowHeader, endpointOf } from "./endpoint.ts";

const tasks = sqliteTable("tasks", { id: integer().primaryKey() });
const notes = sqliteTable("notes", { slug: text().primaryKey() });
const taskActions = {
  complete: action(tasks, { run: () => null }),
  clear: action(tasks, { detail: false, run: () => null }),
};
const byNumber = compileResource(
  "tasks",
  resource(tasks, { operations: ["list", "retrieve"], actions: taskActions }),
);
const byText = compileResource(
  "notes",
  resource(notes, { actions: { clear: action(notes, { detail: false, run: () => null }) } }),
);

function allow(...address: Parameters<typeof endpointOf>): string | null {
  const endpoint = endpointOf(...address);
  return endpoint === null ? null : allowHeader(endpoint);
}

test("an address allows what its resource offers", () => {
  expect(allow(byNumber)).toBe("GET, HEAD, OPTIONS");
  expect(allow(byText)).toBe("GET, POST, HEAD, OPTIONS");
  expect(allow(byNumber, "1")).toBe("GET, HEAD, OPTIONS");
  expect(allow(byText, "a")).toBe("GET, PUT, PATCH, DELETE, HEAD, OPTIONS");
});

test("an action has POST only", () => {
  expect(allow(byNumber, "1", "complete")).toBe("POST, OPTIONS");
  expect(allow(byNumber, "clear")).toBe("POST, OPTIONS");
  expect(allow(byNumber, "1", "clear")).toBeNull();
  expect(allow(byNumber, "1", "toString")).toBeNull();
});

test("beside a collection action a row of the same text key keeps its methods", () => {
  expect(allow(byText, "clear")).toBe("GET, PUT, PATCH, DELETE, POST, HEAD, OPTIONS");
  expect(endpointOf(byText, "clear")?.get("POST")).toEqual({ action: "clear" });
  expect(endpointOf(byText, "clear")?.get("GET")).toEqual({ action: "retrieve", key: "clear" });
});
