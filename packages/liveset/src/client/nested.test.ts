import { expect, test, vi } from "vitest";
import { effectScope, nextTick, ref } from "vue";
import type { LivesetServer } from "../server/create-server.ts";
import { defineApi } from "../server/define-api.ts";
import { type Fixture, startFixture } from "../server/live/live.fixture.ts";
import { relatedTables } from "../server/live/related.fixture.ts";
import { lists, members, schema, tasks } from "../server/relations.fixture.ts";
import { resource } from "../server/resource.ts";
import { useLiveList } from "../vue/use-live-list.ts";
import { useLiveOne } from "../vue/use-live-one.ts";
import { connect } from "./connect.fixture.ts";
import { FakeSocket } from "./fake-network.fixture.ts";

/* Nested rows from the client, against the real server in one process. */

const api = defineApi({
  lists: resource(lists, {
    schema,
    fields: ["id", "name"],
    orderBy: ["name"],
    with: { tasks: true, members: true },
  }),
  tasks: resource(tasks, {
    schema,
    fields: ["id", "text"],
    filters: ["text"],
    orderBy: ["id", "text"],
    with: { list: true, parent: true, children: true },
  }),
  members: resource(members, { schema, fields: ["role"] }),
});

async function started(): Promise<Fixture> {
  const fixture = await startFixture({ api, tables: relatedTables });
  await fixture.run("insert into lists values (1, 'one', 1), (2, 'two', 2)");
  await fixture.run("insert into tasks values (1, 'b', 1, null), (2, 'a', 1, 1), (3, 'c', 2, null)");
  return fixture;
}

const soon = (check: () => void): Promise<void> => vi.waitFor(check, { interval: 2, timeout: 5_000 });

test("a list, a window and one row show what is nested, and follow it", async () => {
  const fixture = await started();
  const { client } = connect<typeof api>(fixture);
  const list = client.lists.live({
    with: { tasks: { fields: ["text"], orderBy: { text: "asc" }, with: { parent: { fields: [] } } } },
  });
  const window = client.lists.live({ with: { tasks: { limit: 1 } }, orderBy: { name: "desc" }, limit: 1 });
  const one = client.tasks.liveOne(2, { fields: ["text"], with: { list: true, parent: true } });
  await Promise.all([list.whenReady(), window.whenReady(), one.whenReady()]);
  expect(list.getSnapshot().data).toEqual([
    {
      id: 1,
      name: "one",
      tasks: [
        { id: 2, text: "a", parent: { id: 1 } },
        { id: 1, text: "b", parent: null },
      ],
    },
    { id: 2, name: "two", tasks: [{ id: 3, text: "c", parent: null }] },
  ]);
  expect(window.getSnapshot().data).toEqual([{ id: 2, name: "two", tasks: [{ id: 3, text: "c" }] }]);
  expect(one.getSnapshot().data).toEqual({
    id: 2,
    text: "a",
    list: { id: 1, name: "one" },
    parent: { id: 1, text: "b" },
  });
  const [, unchanged] = list.getSnapshot().data;
  await fixture.transaction(
    "update tasks set text = 'z' where id = 1",
    "update lists set name = 'eins' where id = 1",
  );
  await soon(() => expect(one.getSnapshot().data?.parent?.text).toBe("z"));
  expect(one.getSnapshot().data?.list?.name).toBe("eins");
  expect(list.getSnapshot().data[0]?.tasks.map(({ text }) => text)).toEqual(["a", "z"]);
  // A parent of which nothing changed stays the same object.
  expect(list.getSnapshot().data[1]).toBe(unchanged);
  await fixture.run("delete from tasks where id = 3");
  await soon(() => expect(window.getSnapshot().data).toEqual([{ id: 2, name: "two", tasks: [] }]));
});

test("a window grows with what is nested in it", async () => {
  const { client } = connect<typeof api>(await started());
  const window = client.lists.live({ with: { tasks: { fields: ["text"] } }, limit: 1 });
  await window.whenReady();
  await window.loadMore();
  expect(window.getSnapshot().data.map(({ tasks }) => tasks.map(({ text }) => text))).toEqual([
    ["b", "a"],
    ["c"],
  ]);
});

test("a page and one row show what is nested, over the socket and over HTTP alike", async () => {
  const fixture = await started();
  const socket = connect<typeof api>(fixture).client;
  const http = connect<typeof api>(fixture, 7, {
    httpFallback: true,
    fetch: fetchFrom(fixture.server),
    webSocket: () => new FakeSocket(),
  }).client;
  for (const client of [socket, http]) {
    const page = await client.lists.list({
      with: { tasks: { fields: ["text"], with: { children: { fields: [] } } } },
      limit: 1,
    });
    expect(page.results).toEqual([
      {
        id: 1,
        name: "one",
        tasks: [
          { id: 1, text: "b", children: [{ id: 2 }] },
          { id: 2, text: "a", children: [] },
        ],
      },
    ]);
    const next = await client.lists.list(page.next ?? {});
    expect(next.results).toEqual([{ id: 2, name: "two", tasks: [{ id: 3, text: "c", children: [] }] }]);
    expect(await client.tasks.retrieve(3, { fields: [], with: { list: { fields: ["name"] } } })).toEqual({
      id: 3,
      list: { id: 2, name: "two" },
    });
  }
});

test("a relation that is not declared is refused, naming it", async () => {
  const { client } = connect<typeof api>(await started());
  // @ts-expect-error types see it as well
  const list = client.lists.live({ with: { owner: true } });
  await expect(list.whenReady()).rejects.toMatchObject({
    code: "invalid",
    errors: [{ path: ["with", "owner"] }],
  });
});

test("composables pass it on, and follow another wish", async () => {
  const fixture = await started();
  const { client } = connect<typeof api>(fixture);
  const limit = ref(1);
  const scope = effectScope();
  await scope.run(async () => {
    const { data } = useLiveList(client.lists, () => ({
      with: { tasks: { fields: ["text"], limit: limit.value } },
    }));
    const { data: one } = useLiveOne(client.tasks, 2, { with: { parent: { fields: ["text"] } } });
    await soon(() => expect(data.value[0]?.tasks).toEqual([{ id: 1, text: "b" }]));
    await soon(() => expect(one.value?.parent).toEqual({ id: 1, text: "b" }));
    limit.value = 2;
    await nextTick();
    await soon(() => expect(data.value[0]?.tasks).toHaveLength(2));
  });
  scope.stop();
});

function fetchFrom(server: LivesetServer): typeof fetch {
  return async (input, init) => server.fetch(new Request(input, init));
}
