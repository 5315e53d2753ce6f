import { createElement, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import type { Client } from "../client/client.ts";
import { LivesetProvider, useClient, useLiveList } from "./index.ts";

function Tasks() {
  const { data } = useLiveList(useClient().resource("tasks") as never, { orderBy: { id: "asc" } } as never);
  const rows = data as readonly { id: number; text: string }[];
  return createElement(
    "ul",
    null,
    rows.map(({ id, text }) => createElement("li", { key: id }, text)),
  );
}

/** Puts a list on a page; the returned function takes it away. */
export function start(client: Client, target: Element): () => void {
  const root = createRoot(target);
  const page = createElement(LivesetProvider, { client }, createElement(Tasks));
  root.render(createElement(StrictMode, null, page));
  return () => root.unmount();
}
