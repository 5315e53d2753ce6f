import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { relations, sql } from "drizzle-orm";
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { createServer, defineApi, resource, type Socket } from "liveset";
import { sqlite } from "liveset/sqlite";
import type { Measurement } from "./measurement.ts";
import { count, median } from "./statistics.ts";

const lists = sqliteTable("lists", { id: integer().primaryKey() });
const members = sqliteTable(
  "members",
  { listId: integer().notNull(), userId: integer().notNull() },
  (table) => [primaryKey({ columns: [table.listId, table.userId] })],
);
const tasks = sqliteTable("tasks", {
  id: integer().primaryKey(),
  text: text().notNull(),
  listId: integer().notNull(),
});
const schema = {
  lists,
  members,
  tasks,
  toLists: relations(lists, ({ many }) => ({ members: many(members) })),
  toMembers: relations(members, ({ one }) => ({
    list: one(lists, { fields: [members.listId], references: [lists.id] }),
  })),
  toTasks: relations(tasks, ({ one }) => ({
    list: one(lists, { fields: [tasks.listId], references: [lists.id] }),
  })),
};
const api = defineApi({
  tasks: resource(tasks, {
    schema,
    scope: ({ user }) => ({ list: { members: { some: { userId: Number(user?.id) } } } }),
  }),
});

/** Members of each list, and tasks in it. */
const each = 10;
const samples = 60;

interface Times {
  /** ms from the write until all who see it have been told: of a task, which ten lists show; of a membership. */
  readonly task: number;
  readonly membership: number;
}

/** A change to lists whose scope crosses to a table of members, among as many such lists as members. */
export async function benchRelated(): Promise<readonly Measurement[]> {
  const few = await timesAmong(each);
  const measurements: Measurement[] = [];
  for (const size of [1_000, 10_000]) {
    const many = await timesAmong(size);
    const line = (what: string, of: (times: Times) => number): Measurement => ({
      what: `${what}, among ${count(size)} lists with scopes across relations: write → all told`,
      value: `${of(many).toFixed(2)} ms`,
      baseline: `${of(few).toFixed(2)} ms among ${count(each)}`,
      ratio: of(few) / of(many),
    });
    measurements.push(
      line("One task, shown in 10 of them", ({ task }) => task),
      line("One membership", ({ membership }) => membership),
    );
  }
  return measurements;
}

/** So many users, each with one live list, ten of them in each list of tasks. */
async function timesAmong(users: number): Promise<Times> {
  const folder = mkdtempSync(join(tmpdir(), "liveset-bench-"));
  const database = sqlite(join(folder, "related.db"));
  const run = (statement: string): Promise<unknown> => Promise.resolve(database.db.run(sql.raw(statement)));
  const ids = (most: number): string =>
    `(with recursive n (i) as (select 0 union all select i + 1 from n where i < ${most - 1}) select i from n)`;
  await run("create table lists (id integer primary key)");
  await run("create table members (listId integer, userId integer, primary key (listId, userId))");
  await run("create table tasks (id integer primary key, text text not null, listId integer not null)");
  await run("create index tasks_list on tasks (listId)");
  await run(`insert into lists select i from ${ids(users / each)}`);
  await run(`insert into members select i / ${each}, i from ${ids(users)}`);
  await run(`insert into tasks select i, 'Task', i / ${each} from ${ids(users)}`);
  const server = createServer(api, {
    database,
    authenticate: (request) => ({ id: Number(new URL(request.url).searchParams.get("user")) }),
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
  await server.open();
  const audience = listen();
  const subscribed = audience.told(users);
  for (let user = 0; user < users; user++)
    server.accept(audience.socket(), new Request(`http://localhost/ws/?user=${user}`));
  await subscribed;
  const timed = async (deliveries: number, statement: string): Promise<number> => {
    const told = audience.told(deliveries);
    const begin = performance.now();
    await run(statement);
    await told;
    return performance.now() - begin;
  };
  const task: number[] = [];
  const membership: number[] = [];
  for (let n = 0; n < samples; n++) {
    task.push(await timed(each, `update tasks set text = 'Changed ${n}' where id = ${(n * 7) % users}`));
    const user = (n * 7) % users;
    membership.push(await timed(1, `delete from members where userId = ${user}`));
    membership.push(await timed(1, `insert into members values (${Math.floor(user / each)}, ${user})`));
  }
  await server.close();
  rmSync(folder, { recursive: true });
  return { task: median(task.slice(10)), membership: median(membership.slice(10)) };
}

/** Sockets that subscribe to their list, and count what they are told of it. */
function listen(): { socket(): Socket; told(times: number): Promise<void> } {
  let left = 0;
  let done = (): void => {};
  return {
    told: (times) =>
      new Promise((resolve) => {
        left = times;
        done = resolve;
      }),
    socket: () => {
      let hear: (event: { readonly data: unknown }) => void = () => {};
      return {
        protocol: "liveset.v1",
        bufferedAmount: 0,
        send: (data) => {
          if (data.startsWith('{"type":"welcome"')) {
            const subscribe = { type: "subscribe", id: "s", resource: "tasks", action: "list" };
            queueMicrotask(() => hear({ data: JSON.stringify(subscribe) }));
          } else if (/^\{"type":"(subscribed|changes)"/.test(data)) {
            if (--left === 0) done();
          } else if (data.startsWith('{"type":"error"')) throw new Error(data);
        },
        close: () => {},
        addEventListener: (type: string, listener: typeof hear) => {
          if (type === "message") hear = listener;
        },
      };
    },
  };
}
