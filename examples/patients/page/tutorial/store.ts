import { createStore, type Store } from "vuex";
import { type PatientState, patients } from "./patients.ts";
import { type SocketState, socket } from "./socket.ts";

export interface TutorialState {
  notifications: readonly string[];
  readonly socket: SocketState;
  readonly patients: PatientState;
}

/** The tutorial's store. */
export const store: Store<TutorialState> = createStore<TutorialState>({
  state: { notifications: [] } as unknown as TutorialState,
  mutations: {
    NEW_NOTIFICATION(state, errors: readonly string[]) {
      state.notifications = errors;
    },
  },
  modules: { socket, patients },
});
