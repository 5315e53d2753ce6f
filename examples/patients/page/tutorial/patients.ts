import type { ActionContext } from "vuex";
import type { Patient } from "../store/patient.ts";
import type { TutorialState } from "./store.ts";

/* The tutorial's "Final result". */

export interface PatientState {
  patientData: readonly Patient[];
}

export const patients = {
  state: (): PatientState => ({ patientData: [] }),
  mutations: {
    UPDATE_PATIENT_DATA(state: PatientState, payload: readonly Patient[]) {
      state.patientData = payload;
    },
  },
  actions: {
    // loads all available patient data
    loadPatients(context: ActionContext<PatientState, TutorialState>) {
      const client = context.rootState.socket.client;
      client
        ?.list("patients")
        .then((response) => {
          context.commit("UPDATE_PATIENT_DATA", response);
        })
        .catch((e) => {
          context.commit("NEW_NOTIFICATION", e.errors, { root: true });
        });
    },
  },
  getters: {
    patientData: (state: PatientState) => state.patientData,
    getPatientById: (state: PatientState) => (id: number) =>
      state.patientData.find((patient) => patient.id === id),
  },
};
