import { afterAll, beforeAll, expect, test } from "vitest";
import { type Demo, removeFolder, sqlFromElsewhere, startDemo } from "../../todo/test/demo-process.ts";

let demo: Demo;

beforeAll(async () => {
  demo = await startDemo();
});

afterAll(async () => {
  await demo?.stop();
  await removeFolder(demo?.folder);
});

async function ask<T>(method: string, path: string, body?: unknown, cookie?: string): Promise<T> {
  const response = await fetch(`${demo.url}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(cookie === undefined ? {} : { cookie }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

interface Part {
  readonly startIndex: number;
  readonly indexes: readonly string[];
  readonly length: number;
}

const childrenOf = (parentId: string, startIndex: number, length: number) =>
  ask<Part>("POST", "/api/departments/indexes/", { parentId, childField: "children", startIndex, length });

test("the tree has 3 locations, 30 departments and 10,000 rows of each kind, of which nobody sees others' own", async () => {
  const count = async (name: string) => (await ask<{ count: number }>("GET", `/api/${name}/?limit=1`)).count;
  expect(await count("locations")).toBe(3);
  expect(await count("departments")).toBe(28);
  for (const name of ["docs", "folders", "departmentLists", "sprintFolders"]) {
    expect(await count(name)).toBe(10_000 - 334 - 333);
  }
  const hidden = ask("POST", "/api/departments/by-ids/", ["department-9", "department-0"]);
  expect(await hidden).toEqual([expect.objectContaining({ id: "department-0", name: "Finance, Dublin" })]);
  await expect(childrenOf("department-9", 0, 1)).rejects.toThrow("404");
});

test("rows come with the first ids of their children, the rest by range, in one list of four tables", async () => {
  const [location] = await ask<{ departments: Part }[]>("POST", "/api/locations/by-ids/", {
    ids: ["location-0"],
    children: { departments: 100 },
  });
  expect(location?.departments).toMatchObject({ length: 9, startIndex: 0 });
  expect(location?.departments.indexes.slice(0, 2)).toEqual(["department-0", "department-1"]);
  const whole = await childrenOf("department-0", 0, 1000);
  expect(whole).toMatchObject({ length: 4 * 334 });
  const rest = await childrenOf("department-0", 1000, 1000);
  const all = [...whole.indexes, ...rest.indexes];
  expect(all).toHaveLength(4 * 334);
  expect(new Set(all).size).toBe(4 * 334);
  expect((await childrenOf("department-0", 333, 3)).indexes).toEqual([
    "docs:doc-9990",
    "folders:folder-0",
    "folders:folder-30",
  ]);
  expect(all.at(-1)).toBe("sprint-folders:sprint-9990");
});

test("what is done in one window is told to the other: rename, add, move, delete; by SQL as well", async () => {
  const frames: unknown[] = [];
  const socket = new WebSocket(`${demo.url.replace("http", "ws")}/ws/notifications/?since=`);
  socket.addEventListener("message", ({ data }) => frames.push(JSON.parse(String(data))));
  const told = async (...wanted: object[]): Promise<void> => {
    const notices = () => frames.filter((frame) => Object.hasOwn(frame as object, "action"));
    await expect.poll(notices, { timeout: 10_000 }).toEqual(wanted);
    frames.length = 0;
  };
  await expect.poll(() => frames.length, { timeout: 10_000 }).toBe(1);
  expect(frames.pop()).toMatchObject({ type: "ready" });

  await ask("PATCH", "/api/docs/doc-0/", { name: "Renamed" });
  await told({ action: "update", table: "docs", ids: ["doc-0"] });
  const added = await ask<{ id: string }>("POST", "/api/folders/", {
    name: "New",
    departmentId: "department-3",
  });
  await told({ action: "update", table: "departments", ids: ["department-3"] });
  expect((await childrenOf("department-3", 0, 1000)).indexes).toContain(`folders:${added.id}`);
  await ask("PATCH", `/api/folders/${added.id}/`, { departmentId: "department-4" });
  await told(
    { action: "update", table: "folders", ids: [added.id] },
    { action: "update", table: "departments", ids: ["department-3", "department-4"] },
  );
  await ask("DELETE", `/api/folders/${added.id}/`);
  await told({ action: "delete", table: "folders", ids: [added.id] });
  await sqlFromElsewhere(demo.file, "INSERT INTO locations (id, name) VALUES ('location-9', 'Oslo')");
  await told({ action: "update", table: "top", ids: ["1"] });
  await sqlFromElsewhere(
    demo.file,
    "INSERT INTO docs (name, departmentId, ownerId) VALUES ('Mine', 'department-9', 'ada')",
  );
  await expect(ask("POST", "/api/docs/", { name: "Intruder", departmentId: "department-9" })).rejects.toThrow(
    "400",
  );
  await ask("PATCH", "/api/departments/department-0/", { name: "Money" });
  await told({ action: "update", table: "departments", ids: ["department-0"] });
  socket.close();
});
