import type { Client } from "liveset/client";
import type { api } from "../../../todo/api.ts";

/** The client of the demo's API. */
export type PatientsClient = Client<typeof api>;

/** A patient as the server shows it. */
export type Patient = Awaited<ReturnType<PatientsClient["patients"]["retrieve"]>>;

/** What a person may change of a patient. */
export type PatientChanges = Partial<Omit<Patient, "id">>;

/** Where a patient may stand. */
export const statuses = [
  "waiting",
  "admitted",
  "in treatment",
  "observation",
  "discharged",
] as const satisfies readonly Patient["status"][];

/** As somebody is called. */
export function fullName({ firstName, lastName }: Pick<Patient, "firstName" | "lastName">): string {
  return `${firstName} ${lastName}`;
}
