import { createRequire } from "node:module";
import { sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { expect, onTestFinished, test } from "vitest";
import { sqlite } from "../../database/sqlite/sqlite.ts";
import { defineApi } from "../../define-api.ts";
import { serve } from "../../node.ts";
import { resource } from "../../resource.ts";
import { dcrf, type RealClient } from "./real-client.fixture.ts";

// The steps of the tutorial "handle data that is provided via WebSockets with Vuex", the address changed.

interface PatientState {
  patientData: readonly unknown[];
}
interface SocketState {
  connected: boolean;
  client: RealClient | null;
  is_online: boolean;
}
interface RootState {
  readonly socket: SocketState;
  readonly patients: PatientState;
}
interface Store {
  readonly state: RootState;
  readonly getters: { patientData: readonly unknown[]; getPatientById: (id: number) => unknown };
  dispatch(action: string): Promise<unknown>;
}
interface ActionContext {
  readonly rootState: RootState;
  commit(mutation: string, payload: unknown, options?: { root: boolean }): void;
}
const Vuex = createRequire(import.meta.url)("vuex") as { Store: new (options: object) => Store };

function tutorialStore(address: string, notify: (errors: unknown) => void): Store {
  const socketState: SocketState = { connected: false, client: null, is_online: false };
  const socket = {
    state: socketState,
    mutations: {
      SET_CLIENT(state: SocketState, client: RealClient) {
        state.client = client;
      },
      CONNECTED(state: SocketState, connected: boolean) {
        state.connected = connected;
      },
    },
    actions: {
      setup(context: ActionContext & { state: SocketState }) {
        const { state } = context;
        if (!state.is_online) {
          const client = dcrf.connect(address, {});
          context.commit("SET_CLIENT", client);
          if (state.client === null) throw new Error("SET_CLIENT set no client");
          state.client.transport.socket.onopen = () => {
            context.commit("CONNECTED", true);
          };
        }
      },
    },
  };
  const patients = {
    state: { patientData: [] } as PatientState,
    mutations: {
      UPDATE_PATIENT_DATA(state: PatientState, payload: readonly unknown[]) {
        state.patientData = payload;
      },
    },
    actions: {
      loadPatients(context: ActionContext) {
        const client = context.rootState.socket.client;
        client
          ?.list("patients")
          .then((response) => {
            context.commit("UPDATE_PATIENT_DATA", response);
          })
          .catch((e: { errors: unknown }) => {
            context.commit("NEW_NOTIFICATION", e.errors, { root: true });
          });
      },
    },
    getters: {
      patientData: (state: PatientState) => state.patientData,
      getPatientById: (state: PatientState) => (id: number) =>
        state.patientData.find((patient) => (patient as { id: number }).id === id),
    },
  };
  return new Vuex.Store({
    modules: { socket, patients },
    mutations: { NEW_NOTIFICATION: (_: unknown, errors: unknown) => notify(errors) },
  });
}

test("case tutorial: connect, load the patients, read them by the getters; a refusal becomes a notification", async () => {
  const table = sqliteTable("patients", { id: integer().primaryKey(), name: text().notNull() });
  const database = sqlite(":memory:");
  await database.db.run(sql`create table patients (id integer primary key, name text not null)`);
  await database.db.run(sql`insert into patients values (1, 'Ada'), (2, 'Ben')`);
  let closed = false;
  const api = defineApi({ patients: resource(table, { permissions: { list: () => !closed } }) });
  const server = await serve(api, { database, port: 0, signals: false, log: { level: "silent" } });
  onTestFinished(() => server.close());
  const errors: unknown[] = [];
  const store = tutorialStore(`ws://localhost:${server.port}/ws/`, (said) => errors.push(said));
  await store.dispatch("setup");
  onTestFinished(() => store.state.socket.client?.close());
  await expect.poll(() => store.state.socket.connected).toBe(true);
  await store.dispatch("loadPatients");
  await expect
    .poll(() => store.getters.patientData)
    .toEqual([
      { id: 1, name: "Ada" },
      { id: 2, name: "Ben" },
    ]);
  expect(store.getters.getPatientById(2)).toEqual({ id: 2, name: "Ben" });
  closed = true;
  await store.dispatch("loadPatients");
  await expect.poll(() => errors).toEqual([["You do not have permission to perform this action."]]);
});
