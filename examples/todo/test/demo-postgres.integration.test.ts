import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ReferenceClient } from "liveset/testing";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { adapt } from "../../../packages/liveset/src/server/cluster/nodes/follower.fixture.ts";
import { removeFolder, startDemo } from "./demo-process.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));

test("--postgres runs the same demo on a PostgreSQL server of its own: the same rows, written by REST and by SQL, live, and gone with it", async () => {
  const demo = await startDemo({ args: ["--postgres"], ownPostgres: true });
  try {
    const ask = async (path: string, method = "GET", body?: unknown) => {
      const headers = { "content-type": "application/json" };
      const json = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await fetch(`${demo.url}${path}`, { method, headers, ...json });
      return response.status === 204 ? null : response.json();
    };
    const [curl = "", sql = ""] = [...demo.output.matchAll(/\$ (.*)/g)].map(([, line]) => line ?? "");
    const id = Number(/tasks\/(\d+)\//.exec(curl)?.[1]);
    const listId = Number(/list_id = (\d+)/.exec(sql)?.[1]);
    const socket = new WebSocket(`${demo.url.replace("http", "ws")}/ws/`, "liveset.v1");
    const client = new ReferenceClient(adapt(socket));
    await client.until(() => client.frames.length > 0);
    await client.open("s", { resource: "tasks", action: "list", query: { where: { listId, done: true } } });
    const done = client.rows("s").length;
    expect(await ask(`/api/tasks/${id}/`)).toMatchObject({ id, done: false, listId });
    await run("bash", ["-c", curl]);
    await client.until(() => client.rows("s").some((row) => row.id === id));
    const all = (await ask(`/api/tasks/?listId=${listId}&limit=1`)).count;
    await run("bash", ["-c", sql], { cwd: root });
    await client.until(() => client.rows("s").length === all - done - 1);
    expect(client.faults).toEqual([]);
    // A deleted task comes back under its id, which the sequence has given out; another id cannot be chosen.
    const task = await ask("/api/tasks/", "POST", { text: " Comes back ", listId });
    expect(task).toEqual({ id: expect.any(Number), text: "Comes back", done: false, listId });
    await ask(`/api/tasks/${task.id}/`, "DELETE");
    expect(await ask("/api/tasks/", "POST", task)).toEqual(task);
    expect(await ask("/api/tasks/", "POST", { ...task, id: 4_000_000 })).toMatchObject({ code: "invalid" });
    expect(await ask(`/api/lists/${listId}/clearDone/`, "POST")).toEqual({ deleted: all - done - 1 });
    expect(await ask("/api/locations/?limit=2")).toMatchObject({
      count: 3,
      results: [{ name: "Dublin" }, { name: "Porto" }],
    });
    const department = { name: "New", locationId: "location-1" };
    expect(await ask("/api/departments/", "POST", department)).toMatchObject(department);
    socket.close();
    expect(await demo.stop()).toBe(0);
  } finally {
    // Not at once: it is what ends the PostgreSQL server.
    await demo.stop();
    await removeFolder(demo.folder);
  }
}, 180_000);
