import type { SocketState } from "liveset/vuex";
import type { api } from "../../../todo/api.ts";
import type { AuthState } from "./auth.ts";
import type { FilterState } from "./filter.ts";
import type { Patient } from "./patient.ts";

/** The patients, and whether these are the server's of this visit. */
export interface PatientsState {
  patientData: readonly Patient[];
  isLoaded: boolean;
}

/** The whole store. */
export interface RootState {
  notifications: readonly string[];
  readonly socket: SocketState<typeof api>;
  readonly auth: AuthState;
  readonly patients: PatientsState;
  readonly filter: FilterState;
}
