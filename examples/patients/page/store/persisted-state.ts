import type { Plugin } from "vuex";
import type { RootState } from "./root-state.ts";

const key = "vuex";

/** What is kept. Not the socket: a connection cannot be. */
type Kept = Pick<RootState, "auth" | "filter"> & Pick<RootState["patients"], "patientData">;

/** Keeps a part of the state in this browser, for as long as somebody is logged in. */
export const persistedState: Plugin<RootState> = (store) => {
  const kept = read();
  if (kept !== null) {
    const { patientData, ...rest } = kept;
    store.replaceState({ ...store.state, ...rest, patients: { patientData, isLoaded: false } });
  }
  // A logout in one tab is one in all.
  window.addEventListener("storage", (event) => {
    if (event.key === key && event.newValue === null && store.state.auth.logged_in)
      void store.dispatch("end");
  });
  let written = "";
  store.subscribe((_, state) => {
    if (!state.auth.logged_in) {
      localStorage.removeItem(key);
      written = "";
      return;
    }
    const { auth, filter, patients } = state;
    const text = JSON.stringify({ auth, filter, patientData: patients.patientData } satisfies Kept);
    if (text === written) return;
    written = text;
    try {
      localStorage.setItem(key, text);
    } catch {
      // The browser's store is full or forbidden: then nothing is kept, and the page works as well.
      localStorage.removeItem(key);
    }
  });
};

function read(): Kept | null {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "null");
    return typeof kept?.auth?.user?.id === "string" && Array.isArray(kept.patientData) ? kept : null;
  } catch {
    return null;
  }
}
