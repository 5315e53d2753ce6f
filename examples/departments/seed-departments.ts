import type { DatabaseSync } from "node:sqlite";

const places = ["Dublin", "Porto", "Tallinn"];
const teams = [
  "Finance",
  "People",
  "Design",
  "Research",
  "Support",
  "Legal",
  "Platform",
  "Sales",
  "Facilities",
  "Archive",
];
/** By table: what its rows are called, and the beginning of their ids. */
const kinds = [
  ["docs", "doc", ["Minutes", "Budget", "Proposal", "Report", "Letter"]],
  ["folders", "folder", ["Contracts", "Photos", "Invoices", "Drafts"]],
  ["department_lists", "list", ["Checklist", "Contacts", "Orders"]],
  ["sprint_folders", "sprint", ["Sprint", "Retrospective"]],
] as const;
/** Departments that belong to one account alone, by their number. */
const owners: ReadonlyMap<number, string> = new Map([
  [9, "ada"],
  [19, "ben"],
]);
/** Rows of each table, and when the first was made. */
const rows = 10_000;
const begin = Date.UTC(2024, 0, 1);
const minute = 60_000;

/** Fills the tables of departments where they are empty: 3 locations, 30 departments, and 10,000 rows of each kind. The same rows every time. */
export function seedDepartments(database: DatabaseSync): void {
  if (database.prepare("SELECT 1 FROM locations").get() !== undefined) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    const location = database.prepare("INSERT INTO locations (id, name, created) VALUES (?, ?, ?)");
    for (const [i, place] of places.entries()) location.run(`location-${i}`, place, begin + i * minute);
    const department = database.prepare(
      `INSERT INTO departments (id, name, "ownerId", created, "locationId") VALUES (?, ?, ?, ?, ?)`,
    );
    const count = places.length * teams.length;
    for (let i = 0; i < count; i++) {
      const place = Math.floor(i / teams.length);
      const name = `${teams[i % teams.length]}, ${places[place]}`;
      department.run(`department-${i}`, name, owners.get(i) ?? null, begin + i * minute, `location-${place}`);
    }
    for (const [table, word, names] of kinds) {
      const insert = database.prepare(
        `INSERT INTO ${table} (id, name, "ownerId", created, "departmentId") VALUES (?, ?, ?, ?, ?)`,
      );
      for (let i = 0; i < rows; i++) {
        const of = i % count;
        const name = `${names[i % names.length]} ${i + 1}`;
        insert.run(`${word}-${i}`, name, owners.get(of) ?? null, begin + i * minute, `department-${of}`);
      }
    }
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}
