import { sql } from "drizzle-orm";
import { integer, sqliteTable } from "drizzle-orm/sqlite-core";
import type { ResourceClient } from "../client/resource-client.ts";
import { defineApi } from "./define-api.ts";
import { opaque } from "./opaque.ts";
import * as module from "./relations.fixture.ts";
import { lists, members, schema, tasks } from "./relations.fixture.ts";
import { resource, type ScopeWhere } from "./resource.ts";

const other = sqliteTable("other", { id: integer().primaryKey() });

const api = defineApi({
  tasks: resource(tasks, {
    schema,
    scope: ({ user }) => ({
      OR: [
        { list: { ownerId: Number(user?.id) } },
        { list: { members: { some: { userId: Number(user?.id), role: { in: ["writer" as const] } } } } },
        { parent: { list: { members: { none: { since: { lt: new Date() } } } } } },
      ],
      NOT: { children: { some: { text: { icontains: "x" }, parentId: null } } },
      sql: opaque(sql`length(${tasks.text}) > 3`, { tables: [tasks] }),
    }),
    check: () => ({ list: { tasks: { some: { parent: { id: 3 } } } } }),
    filters: {
      text: true,
      "list.ownerId": ["exact", "in"],
      "list.members.since": true,
      "children.text": ["icontains"],
    },
    orderBy: ["id"],
  }),
  lists: resource(lists, {
    schema: module,
    scope: async () => ({ members: { some: { userId: 3 } } }),
    filters: ["name", "members.userId"],
  }),
  plain: resource(members),
});

type Types = NonNullable<(typeof api)["$types"]>;
declare const task: ResourceClient<Types["tasks"]>;
declare const list: ResourceClient<Types["lists"]>;
declare const plain: ResourceClient<Types["plain"]>;

task.list({ where: { text: "a", list: { ownerId: 3 } } });
task.live({
  where: { list: { ownerId: { in: [1, 2] } }, OR: [{ children: { some: { text: { icontains: "a" } } } }] },
});
task.list({ where: { list: { members: { none: { since: "2026-01-01T00:00:00Z" } } } } });
task.list({ where: { NOT: { list: { AND: [{ ownerId: 3 }] } } } });
list.list({ where: { members: { some: { userId: { gt: 3 } } } } });

// @ts-expect-error the value has the related column's type
task.list({ where: { list: { ownerId: "three" } } });
// @ts-expect-error the lookup is not declared
task.list({ where: { list: { ownerId: { gt: 3 } } } });
// @ts-expect-error the related column is not declared
task.list({ where: { list: { name: "a" } } });
// @ts-expect-error a relation to many rows takes some or none
task.list({ where: { children: { text: { icontains: "a" } } } });
// @ts-expect-error equality is not declared
task.list({ where: { children: { some: { text: "a" } } } });
// @ts-expect-error no such relation is declared
list.list({ where: { tasks: { some: { id: 3 } } } });
// @ts-expect-error no relations without a schema
plain.list({ where: { list: { ownerId: 3 } } });
// @ts-expect-error SQL is the server's
task.list({ where: { sql: "1 = 1" } });

// @ts-expect-error no such column of the related table
resource(tasks, { schema, scope: () => ({ list: { owner: 3 } }) });
// @ts-expect-error the value has the related column's type
resource(tasks, { schema, scope: () => ({ list: { ownerId: "three" } }) });
// @ts-expect-error a relation to many rows takes some or none
resource(lists, { schema, scope: () => ({ members: { userId: 3 } }) });
// @ts-expect-error a relation to one row takes its condition at once
resource(tasks, { schema, scope: () => ({ list: { some: { ownerId: 3 } } }) });
// @ts-expect-error the value has its type three levels away
resource(members, { schema, scope: () => ({ list: { tasks: { some: { parent: { id: "x" } } } } }) });
// @ts-expect-error SQL is made by opaque
resource(tasks, { scope: () => ({ sql: sql`1 = 1` }) });
// @ts-expect-error no such column to filter by
resource(tasks, { schema, filters: { "list.colour": true } });
// @ts-expect-error no such relation to filter by
resource(tasks, { schema, filters: ["owner.id"] });
// @ts-expect-error no such lookup
resource(tasks, { schema, filters: { "list.ownerId": ["like"] } });
// @ts-expect-error no relations without a schema
resource(tasks, { filters: { "list.ownerId": true } });
// @ts-expect-error opaque needs tables
opaque(sql`1 = 1`);

type OfTask = ScopeWhere<typeof tasks, typeof schema>;
({ parent: { parent: { list: { name: "a" } } } }) satisfies OfTask;
// @ts-expect-error four levels are too many
({ parent: { parent: { parent: { parent: { id: 3 } } } } }) satisfies OfTask;
// @ts-expect-error no such relation
({ owner: { id: 3 } }) satisfies OfTask;
// @ts-expect-error no relations without a schema
({ list: { ownerId: 3 } }) satisfies ScopeWhere<typeof tasks>;
// @ts-expect-error a table that the schema does not hold has no relations there
({ list: { ownerId: 3 } }) satisfies ScopeWhere<typeof other, typeof schema>;
