import { createLiveModule } from "liveset/vuex";
import type { ActionContext, Module } from "vuex";
import type { Patient, PatientChanges } from "./patient.ts";
import type { PatientsState, RootState } from "./root-state.ts";

/** What `editPatient` is given. */
export interface PatientEdit {
  readonly id: number;
  readonly changes: PatientChanges;
}

const live = createLiveModule<Patient>("patients");

/** The live module with the names of the tutorial, and an action that writes. The list follows by itself. */
export const patients = {
  ...live,
  state: () => ({ ...live.state(), isLoaded: false }),
  mutations: {
    UPDATE_PATIENT_DATA(state: PatientsState, rows: readonly Patient[]) {
      state.patientData = rows;
      state.isLoaded = true;
    },
    CLEAR_PATIENT_DATA(state: PatientsState) {
      state.patientData = [];
      state.isLoaded = false;
    },
  },
  actions: {
    ...live.actions,
    async editPatient({ rootState }: ActionContext<PatientsState, RootState>, { id, changes }: PatientEdit) {
      await rootState.socket.client?.patients.patch(id, changes);
    },
  },
} as unknown as Module<PatientsState, RootState>;
