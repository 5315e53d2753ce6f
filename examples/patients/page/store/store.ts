import { createClient } from "liveset/client";
import { createSocketModule } from "liveset/vuex";
import type { InjectionKey } from "vue";
import { createStore, type Store, useStore } from "vuex";
import type { api } from "../../../todo/api.ts";
import { auth } from "./auth.ts";
import { filter } from "./filter.ts";
import { patients } from "./patients.ts";
import { persistedState } from "./persisted-state.ts";
import type { RootState } from "./root-state.ts";

export const storeKey: InjectionKey<Store<RootState>> = Symbol("store");

/** The store of the tutorial's application. */
export function createPatientsStore(): Store<RootState> {
  return createStore<RootState>({
    strict: true,
    state: { notifications: [] } as unknown as RootState,
    mutations: {
      NEW_NOTIFICATION(state, errors: readonly string[]) {
        state.notifications = [...state.notifications, ...errors];
      },
      DISMISS_NOTIFICATION(state, index: number) {
        state.notifications = state.notifications.filter((_, at) => at !== index);
      },
    },
    modules: {
      socket: createSocketModule(() => createClient<typeof api>("/ws/")),
      auth,
      patients,
      filter,
    },
    plugins: [persistedState],
  });
}

/** The application's store. */
export function usePatientsStore(): Store<RootState> {
  return useStore(storeKey);
}
