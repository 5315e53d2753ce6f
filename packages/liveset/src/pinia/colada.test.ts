// @vitest-environment happy-dom
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PiniaColada } from "@pinia/colada";
import { createPinia } from "pinia";
import { expect, onTestFinished, test } from "vitest";
import { createApp, h, nextTick } from "vue";
import { rig, task } from "../client/fake-network.fixture.ts";
import { useLiveQuery } from "./colada-recipe.fixture.ts";

test("the recipe for Pinia Colada is the one of the guide", () => {
  const guide = readFileSync(join(import.meta.dirname, "../../../../docs/pinia.md"), "utf8");
  const recipe = readFileSync(join(import.meta.dirname, "colada-recipe.fixture.ts"), "utf8");
  expect(guide).toContain(recipe.trim());
});

test("a query of Pinia Colada shows a live list, its refusal, and what a refetch brings", async () => {
  const r = rig();
  let used = {} as ReturnType<typeof useLiveQuery<readonly { text: string }[]>>;
  const component = {
    setup() {
      used = useLiveQuery(["tasks"], () => r.client.tasks.live());
      return () => h("p", used.data.value?.map(({ text }) => text).join() ?? used.status.value);
    },
  };
  const root = document.createElement("div");
  const app = createApp(component).use(createPinia()).use(PiniaColada, {});
  app.mount(root);
  onTestFinished(() => app.unmount());
  expect(root.textContent).toBe("pending");
  r.socket.greet();
  r.socket.snapshot([task(1)]);
  await expect.poll(() => root.textContent).toBe("task 1");
  r.socket.say({ type: "changes", group: 1, cursor: "2", enter: [task(2)] }, { type: "commit", cursor: "2" });
  await nextTick();
  expect([root.textContent, used.status.value]).toEqual(["task 1,task 2", "success"]);
  r.socket.say({ type: "error", id: "s1", code: "forbidden", status: 403, title: "" });
  await nextTick();
  expect([used.status.value, used.error.value?.message]).toEqual(["error", expect.any(String)]);
  const again = used.refetch();
  r.socket.snapshot([task(3)], { group: 2 });
  await again;
  await nextTick();
  expect([root.textContent, used.status.value]).toEqual(["task 3", "success"]);
});
