import { expect, test } from "vitest";
import { rig, task } from "../client/fake-network.fixture.ts";
import { useLiveList } from "./index.ts";

test("on a server a list shows what was opened before, and asks for nothing itself", () => {
  const r = rig();
  const list = useLiveList(r.client.tasks, () => ({ search: "a" }));
  expect([list.data, r.sockets.length]).toEqual([[], 0]);
  r.client.tasks.live({ search: "a" });
  r.socket.greet();
  r.socket.snapshot([task(1)]);
  expect([list.data, list.status, r.socket.all("subscribe").length]).toEqual([[task(1)], "success", 1]);
});
