import { expect, test } from "vitest";
import type { Patient } from "../store/patient.ts";
import { conflictOf, withField } from "./drafts.ts";

const patient: Patient = {
  id: 1,
  firstName: "Ada",
  lastName: "Bauer",
  birthDate: "1980-02-01",
  ward: "Surgery",
  status: "waiting",
  notes: "",
};

test("a draft has the fields that are different, with what they said when they were touched", () => {
  const one = withField(undefined, patient, "ward", "Neurology");
  expect(one).toEqual({ changes: { ward: "Neurology" }, base: { ward: "Surgery" } });
  const two = withField(one ?? undefined, { ...patient, ward: "Maternity" }, "ward", "Emergency");
  expect(two).toEqual({ changes: { ward: "Emergency" }, base: { ward: "Surgery" } });
});

test("what is as it was is no draft", () => {
  const one = withField(undefined, patient, "ward", "Neurology");
  expect(withField(one ?? undefined, patient, "ward", "Surgery")).toBeNull();
});

test("a conflict is what somebody else wrote into a field that is being written, and nothing else", () => {
  const draft = withField(undefined, patient, "ward", "Neurology") ?? undefined;
  expect(conflictOf(draft, patient, "ward")).toBeNull();
  expect(conflictOf(draft, { ...patient, notes: "new" }, "ward")).toBeNull();
  expect(conflictOf(draft, { ...patient, notes: "new" }, "notes")).toBeNull();
  expect(conflictOf(draft, { ...patient, ward: "Maternity" }, "ward")).toBe("Maternity");
  expect(conflictOf(draft, { ...patient, ward: "Neurology" }, "ward")).toBeNull();
});
