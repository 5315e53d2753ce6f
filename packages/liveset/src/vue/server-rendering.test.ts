import { expect, test } from "vitest";
import { createSSRApp, h } from "vue";
import { renderToString } from "vue/server-renderer";
import type { Client } from "../client/client.ts";
import { connect } from "../client/connect.fixture.ts";
import type { TestApi } from "../client/fake-network.fixture.ts";
import { startFixture } from "../server/live/live.fixture.ts";
import { createLiveset } from "./create-liveset.ts";
import { useLiveList } from "./use-live-list.ts";

function page(client: Client<TestApi>) {
  const list = {
    setup() {
      const { data, status } = useLiveList(client.tasks, { orderBy: { id: "asc" } });
      return () =>
        h(
          "ul",
          { class: status.value },
          data.value.map(({ id, text }) => h("li", { key: id }, text)),
        );
    },
  };
  return createSSRApp({ render: () => h("main", [h(list)]) }).use(createLiveset(client));
}

test("a page is rendered with its rows on the server, and the browser begins with the same ones, without a snapshot", async () => {
  const fixture = await startFixture();
  await fixture.run("insert into tasks (id, text, ownerId) values (1, 'Milk', 7), (2, 'Bread', 7)");
  const server = connect(fixture);
  const html = await renderToString(page(server.client));
  expect(html).toBe('<main><ul class="success"><li>Milk</li><li>Bread</li></ul></main>');
  const state = JSON.stringify(server.client.dehydrate());
  server.client.close();
  const browser = connect(fixture);
  browser.client.hydrate(JSON.parse(state));
  // What a browser renders first, to be compared with the server's page, before anything has come over the wire.
  expect(await renderToString(page(browser.client))).toBe(html);
  const list = browser.client.tasks.live({ orderBy: { id: "asc" } });
  await list.whenReady();
  expect(browser.frames.filter((frame) => frame.type === "subscribed" && frame.rows !== undefined)).toEqual(
    [],
  );
});
