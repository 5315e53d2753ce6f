import { expect, test } from "vitest";
import { seedRows } from "./seed-rows.ts";

const { lists, tasks, patients } = seedRows();

test("there are at least 40 lists, 1,000 tasks and 500 patients", () => {
  expect(lists.length).toBeGreaterThanOrEqual(40);
  expect(tasks.length).toBeGreaterThanOrEqual(1_000);
  expect(patients).toHaveLength(500);
});

test("about half of the tasks are in shared lists, and each account has private ones", () => {
  const of = (owner: string | null) => tasks.filter(({ ownerId }) => ownerId === owner).length / tasks.length;
  expect(of(null)).toBeGreaterThan(0.45);
  expect(of(null)).toBeLessThan(0.55);
  expect(of("ada")).toBeGreaterThan(0.2);
  expect(of("ben")).toBeGreaterThan(0.2);
});

test("a task has its list's owner", () => {
  const owners = new Map(lists.map(({ id, ownerId }) => [id, ownerId]));
  expect(tasks.filter(({ listId, ownerId }) => owners.get(listId) !== ownerId)).toEqual([]);
});

test("no list has two tasks of one text, and every text is short and whole", () => {
  for (const { id } of lists) {
    const texts = tasks.filter(({ listId }) => listId === id).map(({ text }) => text);
    expect(new Set(texts).size).toBe(texts.length);
  }
  expect(tasks.filter(({ text }) => !/^\S[^{}|]{2,98}\S$/.test(text))).toEqual([]);
});

test("the rows are the same every time", () => {
  expect(seedRows()).toEqual({ users: seedRows().users, lists, tasks, patients });
});

test("patients fit their wards", () => {
  const born = (ward: string) =>
    patients.filter((one) => one.ward === ward).map(({ birthDate }) => birthDate.slice(0, 4));
  expect(patients.filter(({ birthDate }) => !/^(19|20)\d\d-\d\d-\d\d$/.test(birthDate))).toEqual([]);
  expect(Math.min(...born("Paediatrics").map(Number))).toBeGreaterThanOrEqual(2008);
  expect(Math.max(...born("Geriatrics").map(Number))).toBeLessThanOrEqual(1954);
});
