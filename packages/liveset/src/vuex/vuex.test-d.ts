import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { createStore } from "vuex";
import { type Client, createClient } from "../client/index.ts";
import { same } from "../core/same.fixture.ts";
import { defineApi } from "../server/define-api.ts";
import { resource } from "../server/resource.ts";
import { createLiveModule, createSocketModule, type SocketState } from "./index.ts";

/* Modules fit Vuex's own types, which are not imported by ours. Each refusal says why. */

const patients = sqliteTable("patients", { id: integer().primaryKey(), name: text().notNull() });
const api = defineApi({ patients: resource(patients) });

interface Patient {
  readonly id: number;
  readonly name: string;
}

interface RootState {
  readonly socket: SocketState<typeof api>;
  readonly patients: { readonly patientData: readonly Patient[] };
}

export function stores(): void {
  const socket = createSocketModule(() => createClient<typeof api>("/ws/"));
  const store = createStore<RootState>({
    modules: { socket, patients: createLiveModule<Patient>("patients", { key: "id" }) },
  });
  same<typeof store.state.socket.client, Client<typeof api> | null>(true);
  void store.state.socket.client?.patients.patch(1, { name: "b" });
  // @ts-expect-error a name is text
  void store.state.socket.client?.patients.patch(1, { name: 2 });
  same<ReturnType<typeof socket.state>["connected"], boolean>(true);
}

// @ts-expect-error a client is made, not given
export const bad: unknown = createSocketModule(createClient<typeof api>("/ws/"));
// @ts-expect-error rows are objects
export const worse: unknown = createLiveModule<string>("patients");
