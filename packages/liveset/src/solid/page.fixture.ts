import { createComponent, For, type JSX } from "solid-js";
import { insert, render, template } from "solid-js/web";
import type { Client } from "../client/client.ts";
import { LivesetProvider, useClient, useLiveList } from "./index.ts";

/** What JSX would be compiled to: an element with a child. */
function element(tag: string, child: () => JSX.Element): JSX.Element {
  const made = template(`<${tag}></${tag}>`)() as Node;
  insert(made, child);
  return made as JSX.Element;
}

function Tasks(): JSX.Element {
  const tasks = useLiveList(useClient().resource("tasks") as never, { orderBy: { id: "asc" } } as never);
  return element("ul", () =>
    createComponent(For, {
      get each() {
        return tasks.latest as readonly { text: string }[];
      },
      children: (task: { text: string }) => element("li", () => task.text),
    }),
  );
}

/** Puts a list on a page; the returned function takes it away. */
export function start(client: Client, target: Element): () => void {
  const provider = {
    client,
    get children() {
      return createComponent(Tasks, {});
    },
  };
  return render(() => createComponent(LivesetProvider, provider), target);
}
