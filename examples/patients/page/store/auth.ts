import type { ActionContext, Module } from "vuex";
import type { Account } from "../../../todo/server/session-routes.ts";
import type { RootState } from "./root-state.ts";

/** Who is logged in. */
export interface AuthState {
  logged_in: boolean;
  user: Account | null;
}

type Context = ActionContext<AuthState, RootState>;

/** Logging in and out, in the words of the tutorial's store. */
export const auth: Module<AuthState, RootState> = {
  state: () => ({ logged_in: false, user: null }),
  mutations: {
    LOGGED_IN(state, user: Account) {
      state.logged_in = true;
      state.user = user;
    },
    LOGGED_OUT(state) {
      state.logged_in = false;
      state.user = null;
    },
  },
  actions: {
    async login({ commit, dispatch }: Context, id: string) {
      const user = await askSession({
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ user: id }),
      });
      if (user === null) return;
      commit("LOGGED_IN", user);
      await dispatch("start");
    },
    /** With a persisted login: asks whether the server knows of it, and shows what was persisted meanwhile. */
    async resume({ state, dispatch }: Context) {
      const session = askSession().catch(() => undefined);
      void dispatch("start");
      const user = await session;
      if (user !== undefined && user?.id !== state.user?.id) await dispatch("end");
    },
    /** Follows the patients. */
    async start({ dispatch }: Context) {
      await dispatch("setup");
      await dispatch("loadPatients", { orderBy: { lastName: "asc", firstName: "asc", id: "asc" } });
    },
    async logout({ commit, dispatch }: Context) {
      await dispatch("end");
      await askSession({ method: "DELETE" }).catch(() => {
        const said = "You are logged out here. The server does not answer, so it still knows you.";
        commit("NEW_NOTIFICATION", [said], { root: true });
      });
    },
    /** Nothing of what somebody has seen stays. */
    async end({ commit, dispatch }: Context) {
      await dispatch("leavePatients");
      await dispatch("disconnect");
      commit("LOGGED_OUT");
      commit("CLEAR_PATIENT_DATA");
      commit("CLEAR_FILTER");
    },
  },
};

/** Who the server says that is logged in. */
async function askSession(init?: RequestInit): Promise<Account | null> {
  const response = await fetch("/session", init);
  if (!response.ok) throw new Error(`The server answers ${response.status}.`);
  return (await response.json()).user;
}
