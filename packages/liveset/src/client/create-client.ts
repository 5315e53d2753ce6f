import type { ApiTypes } from "../core/api-types.ts";
import type { Client, ClientBase } from "./client.ts";
import type { ClientOptions } from "./client-options.ts";
import { Engine } from "./engine.ts";
import { makeResource } from "./make-resource.ts";
import type { ResourceClient } from "./resource-client.ts";
import { resourcesOf } from "./resources-of.ts";
import { socketUrlOf } from "./urls.ts";

/**
 * Makes a client of an API. It connects when it is first used.
 *
 * @param url address of the server's socket, `ws(s)://` or `http(s)://`; on a page it may be a path
 * @example
 * ```ts
 * import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
 * import { defineApi, resource } from "liveset";
 * import { createClient } from "liveset/client";
 *
 * const tasks = sqliteTable("tasks", { id: integer().primaryKey(), text: text().notNull() });
 * const api = defineApi({ tasks: resource(tasks, { filters: ["text"], orderBy: ["id"] }) });
 *
 * const client = createClient<typeof api>("ws://localhost:8000/ws/");
 * const milk = client.tasks.live({ where: { text: { icontains: "milk" } }, orderBy: { id: "desc" } });
 * milk.subscribe(() => {
 *   document.title = `${milk.getSnapshot().data.length} tasks about milk`;
 * });
 * await client.tasks.create({ text: "Buy milk" });
 * ```
 */
export function createClient<A extends ApiTypes>(url: string | URL, options: ClientOptions = {}): Client<A> {
  const engine = new Engine(socketUrlOf(url), options);
  const resources = new Map<string, ResourceClient>();
  const resource = (name: string): ResourceClient => {
    const made = resources.get(name) ?? makeResource(name, engine);
    resources.set(name, made);
    return made;
  };
  const methods: ClientBase = {
    resource,
    status: engine.status,
    mutate: (work, options) => engine.mutate(work as never, options) as Promise<readonly unknown[]>,
    dehydrate: () => engine.dehydrate(),
    hydrate: (state) => engine.hydrate(state),
    auth: (token) => engine.auth(token),
    reconnect: () => engine.reconnect(),
    close: () => engine.close(),
  };
  return resourcesOf(resource, methods) as Client<A>;
}
