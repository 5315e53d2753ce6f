import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { relations } from "drizzle-orm";
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { WireRow } from "../../../core/json.ts";
import { toSqlInput } from "../../database/sqlite/sql-value.ts";
import { sqlite } from "../../database/sqlite/sqlite.ts";
import type { DrizzleTables, HistoryDatabase } from "./database.fixture.ts";
import type { Statement } from "./statement.fixture.ts";
import { keyOf, selectOf, type Tables, tableNames } from "./tables.fixture.ts";

const teams = sqliteTable("teams", { id: integer().primaryKey(), label: text(), note: text() });
const members = sqliteTable(
  "members",
  {
    teamId: integer("team_id").notNull(),
    userId: integer("user_id").notNull(),
    role: text(),
    mark: text(),
  },
  (self) => [primaryKey({ columns: [self.teamId, self.userId] })],
);
const projects = sqliteTable("projects", {
  id: integer().primaryKey(),
  teamId: integer("team_id"),
  ownerId: integer("owner_id"),
  rank: integer(),
  title: text(),
});
const tasks = sqliteTable("tasks", {
  id: integer().primaryKey(),
  projectId: integer("project_id"),
  ownerId: integer("owner_id"),
  rank: integer(),
  done: integer({ mode: "boolean" }).notNull().default(false),
  label: text(),
  own: text(),
  via: text(),
  permitted: text(),
  fragile: text(),
  secret: text(),
});
const audit = sqliteTable("audit", { id: integer().primaryKey(), mark: text() });

const drizzle: DrizzleTables = {
  tables: { teams, members, projects, tasks, audit },
  schema: {
    teams,
    members,
    projects,
    tasks,
    teamRelations: relations(teams, ({ many }) => ({ members: many(members), projects: many(projects) })),
    memberRelations: relations(members, ({ one }) => ({
      team: one(teams, { fields: [members.teamId], references: [teams.id] }),
    })),
    projectRelations: relations(projects, ({ one, many }) => ({
      team: one(teams, { fields: [projects.teamId], references: [teams.id] }),
      tasks: many(tasks),
    })),
    taskRelations: relations(tasks, ({ one }) => ({
      project: one(projects, { fields: [tasks.projectId], references: [projects.id] }),
    })),
  },
};

/** The tables, as their SQL makes them. */
function ddl(cascade: boolean): string {
  const gone = cascade ? "cascade" : "set null";
  return `
    create table teams (id integer primary key, label text, note text);
    create table members (team_id integer not null references teams on delete cascade on update cascade,
      user_id integer not null, role text, mark text, primary key (team_id, user_id));
    create table projects (id integer primary key, team_id integer references teams on delete ${gone} on update cascade,
      owner_id integer, rank integer, title text);
    create table tasks (id integer primary key, project_id integer references projects on delete ${gone} on update cascade,
      owner_id integer, rank integer, done integer not null default false, label text, own text, via text, permitted text,
      fragile text, secret text);
    create table audit (id integer primary key, mark text);`;
}

/** A file of its own. The other program is a second connection. */
export async function sqliteDatabase(cascade: boolean): Promise<HistoryDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "liveset-history-"));
  const path = join(folder, "history.db");
  const other = new DatabaseSync(path, { timeout: 0 });
  other.exec("pragma journal_mode = wal; pragma synchronous = off; pragma foreign_keys = on");
  other.exec(ddl(cascade));
  // To prepare statements with triggers takes longer than to run them.
  const known = new Map<string, StatementSync>();
  const run = ({ text, values }: Statement): void => {
    const made = known.get(text) ?? other.prepare(text);
    known.set(text, made);
    made.run(...values.map(toSqlInput));
  };
  const clearing = [...tableNames.toReversed(), "audit"].map((name) => ({
    text: `delete from ${name}`,
    values: [],
  }));
  const selects = tableNames.map((name) => [name, other.prepare(selectOf(name))] as const);
  const transaction = async (
    statements: readonly Statement[],
    end: "commit" | "rollback",
  ): Promise<number> => {
    let refused = 0;
    await begin(other);
    for (const statement of statements) {
      try {
        run(statement);
      } catch (thrown) {
        if (!/constraint/i.test(String(thrown))) throw thrown;
        refused++;
      }
    }
    other.exec(end);
    return refused;
  };
  return {
    ...drizzle,
    connect: () => sqlite(path),
    run: (db, query) => db.run(query),
    write: (statements, rollback) => transaction(statements, rollback ? "rollback" : "commit"),
    read: async () =>
      Object.fromEntries(
        selects.map(([name, select]) => [
          name,
          new Map(
            select
              .all()
              .map((row) => wireRow(row))
              .map((row) => [keyOf(name, row), row]),
          ),
        ]),
      ) as unknown as Tables,
    audit: async () =>
      other
        .prepare("select mark from audit")
        .all()
        .map(({ mark }) => String(mark)),
    prune: async () => {
      await transaction(
        [
          {
            text: "delete from liveset_changes where seq < (select max(seq) from liveset_changes) - 3",
            values: [],
          },
        ],
        "commit",
      );
    },
    begin: async (statements) => {
      await begin(other);
      for (const statement of [...clearing, ...statements]) run(statement);
      other.exec("commit");
    },
    end: async () => {
      other.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Waits its turn without holding up the server, which is in this very process. */
async function begin(other: DatabaseSync): Promise<void> {
  for (;;) {
    try {
      other.exec("begin immediate");
      return;
    } catch (thrown) {
      if (!/locked/.test(String(thrown))) throw thrown;
    }
    await setImmediate();
  }
}

function wireRow(row: Record<string, unknown>): WireRow {
  return ("done" in row ? { ...row, done: row.done === 1 } : { ...row }) as WireRow;
}
