import { markRaw } from "vue";
import type { Client } from "../client/client.ts";
import type { ApiTypes } from "../core/api-types.ts";
import type { ActionContext } from "./context.ts";

/** What the socket module has in the store. It must not be persisted. */
export interface SocketState<A extends ApiTypes = ApiTypes> {
  /** Whether the server is there. */
  connected: boolean;
  /** Why it is not, as a sentence; empty where there is nothing to say. */
  error: string;
  /** Null before `setup` and after `disconnect`. */
  client: Client<A> | null;
}

/** A Vuex module for the connection. */
export interface SocketModule<A extends ApiTypes> {
  state(): SocketState<A>;
  readonly mutations: {
    SET_CLIENT(state: SocketState<A>, client: Client<A> | null): void;
    CONNECTED(state: SocketState<A>, connected: boolean): void;
    SET_ERROR(state: SocketState<A>, error: string): void;
  };
  readonly actions: {
    /** Connects, unless it has. */
    setup(context: ActionContext<SocketState<A>>): void;
    /** Tries at once to connect again. */
    reconnect(context: ActionContext<SocketState<A>>): void;
    /** Closes the connection for good, as at a logout. `setup` makes another one. */
    disconnect(context: ActionContext<SocketState<A>>): void;
  };
}

/**
 * The module that has the connection: state `connected`, `error`, `client`, mutations `SET_CLIENT`, `CONNECTED` and `SET_ERROR`, actions
 * `setup`, `reconnect` and `disconnect`. The modules of `createLiveModule` look for it under the name `socket`.
 *
 * @param connect makes a client; called by each `setup`
 * @example
 * ```ts
 * import { createClient } from "liveset/client";
 * import { createSocketModule } from "liveset/vuex";
 * import { createStore } from "vuex";
 *
 * const store = createStore({
 *   strict: true,
 *   modules: { socket: createSocketModule(() => createClient("ws://localhost:8000/ws/")) },
 * });
 * await store.dispatch("setup");
 * ```
 */
export function createSocketModule<A extends ApiTypes>(connect: () => Client<A>): SocketModule<A> {
  return {
    state: () => ({ connected: false, error: "", client: null }),
    mutations: {
      SET_CLIENT(state, client) {
        state.client = client;
      },
      CONNECTED(state, connected) {
        state.connected = connected;
      },
      SET_ERROR(state, error) {
        state.error = error;
      },
    },
    actions: {
      setup: (context) => {
        if (context.state.client !== null) return;
        // Raw, because what a connection has inside is no state: neither to be watched nor to be changed by mutations only.
        const client = markRaw(connect());
        context.commit("SET_CLIENT", client);
        client.status.subscribe(() => show(context, client));
        client.reconnect();
      },
      reconnect: ({ state }) => state.client?.reconnect(),
      disconnect: (context) => {
        const { client } = context.state;
        if (client === null) return;
        context.commit("SET_CLIENT", null);
        show(context, null);
        client.close();
      },
    },
  };
}

/** Commits what is different from the state; nothing of a client that is not the store's any more. */
function show<A extends ApiTypes>(
  { state, commit }: ActionContext<SocketState<A>>,
  client: Client<A> | null,
): void {
  if (state.client !== client) return;
  const { connection, error } = client?.status.getSnapshot() ?? { connection: "paused", error: null };
  const connected = connection === "live" || connection === "catching-up";
  if (connected !== state.connected) commit("CONNECTED", connected);
  const reason = error?.message ?? "";
  if (reason !== state.error) commit("SET_ERROR", reason);
}
