import { shallowReactive } from "vue";
import type { Patient, PatientChanges } from "../store/patient.ts";

/** Something that somebody has begun to write about a patient. */
export interface Draft {
  readonly changes: PatientChanges;
  /** What the fields said when they were first touched. */
  readonly base: PatientChanges;
}

/** What was begun and not saved yet, by patient: it outlasts a look at another one. */
export type Drafts = Map<number, Draft>;

export function createDrafts(): Drafts {
  return shallowReactive(new Map());
}

/** A draft with one more field; null where nothing is different from the patient any more. */
export function withField(
  draft: Draft | undefined,
  patient: Patient,
  field: keyof PatientChanges,
  value: string,
): Draft | null {
  const base = { [field]: patient[field], ...draft?.base } as PatientChanges;
  const changes = { ...draft?.changes, [field]: value } as PatientChanges;
  if (value === patient[field]) {
    delete changes[field];
    delete base[field];
  }
  return Object.keys(changes).length === 0 ? null : { base, changes };
}

/** What somebody else has written meanwhile into a field that the draft has. */
export function conflictOf(
  draft: Draft | undefined,
  patient: Patient,
  field: keyof PatientChanges,
): string | null {
  if (draft === undefined || !(field in draft.changes)) return null;
  const theirs = patient[field];
  return theirs === draft.base[field] || theirs === draft.changes[field] ? null : String(theirs);
}
