import { createComponent, Suspense } from "solid-js";
import { renderToStringAsync, ssr } from "solid-js/web";
import { expect, test } from "vitest";
import { connect } from "../client/connect.fixture.ts";
import type { TestApi } from "../client/fake-network.fixture.ts";
import { startFixture } from "../server/live/live.fixture.ts";
import { LivesetProvider, useClient, useLiveList } from "./index.ts";

function Tasks() {
  const tasks = useLiveList(useClient<TestApi>().tasks, { orderBy: { id: "asc" } });
  return ssr(["<p>", "</p>"], () =>
    tasks()
      .map(({ text }) => text)
      .join(),
  ) as never;
}

test("a page waits on a server for its lists below Suspense, and their state is there for the browser", async () => {
  const fixture = await startFixture();
  await fixture.run("insert into tasks (id, text, ownerId) values (1, 'Milk', 7), (2, 'Bread', 7)");
  const { client } = connect(fixture);
  const html = await renderToStringAsync(() =>
    createComponent(LivesetProvider, {
      client: client as never,
      get children() {
        return createComponent(Suspense, {
          fallback: "waiting",
          get children() {
            return createComponent(Tasks, {});
          },
        });
      },
    }),
  );
  expect(html).toContain("<p>Milk,Bread</p>");
  expect(client.dehydrate().queries.map(({ rows }) => rows.length)).toEqual([2]);
});
