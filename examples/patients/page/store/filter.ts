import type { Module } from "vuex";
import type { Patient } from "./patient.ts";
import type { RootState } from "./root-state.ts";

/** Which patients are looked at. Empty is all. */
export interface FilterState {
  words: string;
  ward: string;
  status: string;
}

const nothing: FilterState = { words: "", ward: "", status: "" };

/** The filter, and the patients that fit it: getters over getters, as the tutorial suggests. */
export const filter: Module<FilterState, RootState> = {
  state: () => ({ ...nothing }),
  mutations: {
    SET_FILTER: (state, part: Partial<FilterState>) => Object.assign(state, part),
    CLEAR_FILTER: (state) => Object.assign(state, nothing),
  },
  getters: {
    isFiltered: ({ words, ward, status }) => words.trim() !== "" || ward !== "" || status !== "",
    wards: (_, __, { patients }) => [...new Set(patients.patientData.map(({ ward }) => ward))].sort(),
    filteredPatients: (state, _, { patients }) =>
      patients.patientData.filter((patient) => fits(patient, state)),
  },
};

function fits(patient: Patient, { words, ward, status }: FilterState): boolean {
  if (ward !== "" && patient.ward !== ward) return false;
  if (status !== "" && patient.status !== status) return false;
  const text = `${patient.firstName} ${patient.lastName}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => (/^\d+$/.test(word) ? patient.id === Number(word) : text.includes(word)));
}
