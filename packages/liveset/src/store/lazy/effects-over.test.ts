import { expect, onTestFinished, test, vi } from "vitest";
import { connect } from "../../client/connect.fixture.ts";
import type { ResourceClient } from "../../client/resource-client.ts";
import { defineApi } from "../../server/define-api.ts";
import { orgs, schema, startNotices, users } from "../../server/dialect/notices/notices.fixture.ts";
import type { Fixture } from "../../server/live/live.fixture.ts";
import { resource } from "../../server/resource.ts";
import { createStore } from "../create-store.ts";
import { effectsOver } from "./effects-over.ts";
import type { PartialIds } from "./links.ts";

interface Org {
  readonly id: string;
  readonly name: string;
  readonly users: PartialIds;
}
interface User {
  readonly id: string;
  readonly name: string;
}

const api = defineApi({
  orgs: resource(orgs, { schema, children: { users: true } }),
  users: resource(users, { schema, fields: ["id", "name", "orgId"], parents: { org: true } }),
});

const soon = (check: () => void): Promise<void> => vi.waitFor(check, { interval: 2, timeout: 5_000 });

test("lazy rows over a liveset client, kept fresh by the server's own notices: loads, ranges, writes, what others do", async () => {
  const server = await startNotices(api);
  // Keys of new rows are the caller's here, so a hook is not needed: the column has no default.
  const { client, frames } = connect<never>(server as unknown as Fixture, null);
  const of = (name: string): ResourceClient => client.resource(name as never) as unknown as ResourceClient;
  const failures: unknown[] = [];
  const store = createStore({ handleError: (_, error) => failures.push(error) });
  onTestFinished(() => store.dispose());
  const userRows = store.lazy<User>("users", {
    effects: effectsOver(of("users"), { parent: (orgId) => ({ id: "u9", orgId }) }),
    defaultRow: (id) => ({ id, name: "" }),
  });
  const orgRows = store.lazy<Org>("orgs", {
    effects: effectsOver(of("orgs"), { children: { users: 1 } }),
    defaultRow: (id) => ({ id, name: "", users: { indexes: [], length: 0 } }),
    children: { users: "users" },
    chunkSize: 100,
  });
  const notices = await server.connect();
  const socket = (async (): Promise<void> => {
    for (;;) {
      const { table, action, ids } = await notices.next();
      store.handleSocketNotification(String(table), String(action), ids as string[]);
    }
  })();
  void socket;

  const list = orgRows.children<User>("o1", "users");
  const names = (): string[] => list.slice(0, list.length).map(({ name }) => name);
  const end = list.subscribe(() => void names());
  await soon(() => expect(names()).toEqual(["Ada", "Ben"]));
  expect(orgRows.get("o1")?.users).toEqual({ startIndex: 0, indexes: ["u1"], length: 2 });

  await orgRows.update("o1", { name: "Org" });
  // The answer has no ids of children: those that are known stay until the row is loaded anew.
  expect(orgRows.get("o1")?.users).toMatchObject({ length: 2 });
  expect(names()).toEqual(["Ada", "Ben"]);
  await userRows.update("u1", { name: "Ada L." });
  expect(names()).toEqual(["Ada L.", "Ben"]);
  await server.run("update users set name = 'Benjamin' where id = 'u2'");
  await soon(() => expect(names()).toEqual(["Ada L.", "Benjamin"]));

  const added = list.add({ id: "new", name: "Dora" });
  expect(names()).toEqual(["Ada L.", "Benjamin", "Dora"]);
  expect(await added).toMatchObject({ id: "u9", name: "Dora" });
  await soon(() => expect(list.ids).toEqual(["u1", "u2", "u9"]));

  await userRows.delete("u2");
  await soon(() => expect(names()).toEqual(["Ada L.", "Dora"]));
  await server.run("delete from users where id = 'u1'");
  await soon(() => expect(names()).toEqual(["Dora"]));
  expect(failures).toEqual([]);
  expect(frames.filter((frame) => frame.type === "response").length).toBeGreaterThan(3);
  end();
});
