import { expect, test } from "vitest";
import { startFixture } from "./live.fixture.ts";

test("P5: what a frame has beyond its schema is not taken over: nobody names a principal, a request or options of the server", async () => {
  const fixture = await startFixture();
  await fixture.run("insert into tasks (id, ownerId) values (1, 1), (2, 2)");
  const client = await fixture.connect(1);
  const smuggled = {
    user: { id: 2 },
    request: {},
    ifNoneMatch: ["*"],
    rows: false,
    within: true,
    whole: true,
  };
  const list = { resource: "tasks", action: "list" } as const;
  const answer = await client.request("r", { ...list, ...smuggled });
  expect(answer).toMatchObject({ status: 200, data: { count: 1, results: [{ id: 1 }] } });
  const opened = await client.open("s", { ...list, ...smuggled });
  expect([...opened.rows.values()]).toMatchObject([{ id: 1 }]);
});
