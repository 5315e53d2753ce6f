import fc from "fast-check";
import { expect, test } from "vitest";
import { defineApi } from "../../define-api.ts";
import { resource } from "../../resource.ts";
import { docs, type NoticesServer, orgs, schema, startNotices, users } from "./notices.fixture.ts";
import { TreeClient } from "./tree-client.fixture.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);
const mine = ({ user }: { user: { id: string | number } | null }) => ({
  OR: [{ ownerId: null }, ...(user === null ? [] : [{ ownerId: Number(user.id) }])],
});
const parents = { org: true, author: true } as const;
const children = { users: true, docs: true } as const;
/** Scopes that memory judges: what was missed can be told. */
const exact = defineApi({
  orgs: resource(orgs, { schema, scope: mine, children }),
  users: resource(users, { schema, scope: mine, parents: { org: true }, children: { docs: true } }),
  docs: resource(docs, { schema, scope: mine, parents }),
});
/** A scope across relations, and a permission. */
const judged = defineApi({
  orgs: resource(orgs, { schema, scope: mine, children }),
  users: resource(users, {
    schema,
    scope: (caller) => ({ OR: [{ orgId: null }, { org: mine(caller) }] }),
    parents: { org: true },
    children: { docs: true },
  }),
  docs: resource(docs, {
    schema,
    scope: mine,
    parents,
    permissions: { retrieve: ({ user }, row) => row.title !== "hidden" || user !== null },
  }),
});

const id = fc.constantFrom(1, 2, 3, 4);
const org = fc.constantFrom("'o1'", "'o2'", "'o3'", "null");
const author = fc.constantFrom("'1'", "'2'", "'3'", "null");
const owner = fc.constantFrom("null", "null", "7", "8");
const word = fc.constantFrom("'a'", "'b'", "'hidden'");
const statement = fc.oneof(
  fc
    .tuple(id, word, owner)
    .map(
      ([n, name, by]) => `insert or replace into orgs (id, name, owner_id) values ('o${n}', ${name}, ${by})`,
    ),
  fc
    .tuple(id, word, org, owner)
    .map(
      ([n, name, of, by]) =>
        `insert or replace into users (id, name, org_id, owner_id) values ('${n}', ${name}, ${of}, ${by})`,
    ),
  fc
    .tuple(id, word, org, author, owner)
    .map(
      ([n, title, of, from, by]) =>
        `insert or replace into docs (id, title, org_id, author_id, owner_id) values (${n}, ${title}, ${of}, ${from}, ${by})`,
    ),
  fc.tuple(id, org).map(([n, of]) => `update users set org_id = ${of} where id = '${n}'`),
  fc.tuple(id, author).map(([n, by]) => `update docs set author_id = ${by} where id = ${n}`),
  fc.tuple(id, owner).map(([n, by]) => `update docs set owner_id = ${by} where id >= ${n}`),
  fc.tuple(id, owner).map(([n, by]) => `update orgs set owner_id = ${by} where id = 'o${n}'`),
  fc
    .tuple(fc.constantFrom("orgs", "users", "docs"), id)
    .map(([table, n]) => `delete from ${table} where id in ('o${n}', '${n}')`),
);
/** What happens: a transaction, or one of the clients loses its connection, or finds it again. */
const step = fc.oneof(
  { weight: 5, arbitrary: fc.array(statement, { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.record({ client: fc.nat(2) }) },
);

test.each([
  ["memory judges", exact],
  ["only the database and a permission judge", judged],
])(
  "P1 P3 P4 P5: a client that does what notices say shows the tree that its principal may see, of lists that %s",
  {
    timeout: 120_000 * soak,
  },
  async (_, api) => {
    const notices = { roots: { orgs: { table: "top", id: "1" } } };
    const server: NoticesServer = await startNotices(api, { notices });
    const told = { frames: 0, resumed: 0 };
    let marks = 0;
    /** Each client has done what it was told by now: what it fetches then is not newer than what it is told next. */
    const settle = async (clients: readonly TreeClient[]): Promise<void> => {
      // Told in its turn, behind whatever the database is still asked about.
      await server.run(`update orgs set name = '${++marks}' where id = 'mark'`);
      for (const client of clients) await client.readUpTo("mark");
    };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14, size: "max" }), async (steps) => {
        await server.run("delete from orgs", "delete from users", "delete from docs");
        await server.run(
          "insert into orgs (id) values ('o1'), ('o2'), ('mark')",
          "insert into users (id, org_id) values ('1', 'o1')",
        );
        const clients = [7, 8, undefined].map((user) => new TreeClient(server, user));
        for (const client of clients) await client.open();
        for (const one of steps) {
          const client = Array.isArray(one) ? undefined : clients[one.client];
          if (Array.isArray(one)) await server.run(...one);
          else if (client?.isOpen) await client.close();
          else await client?.open();
          await settle(clients);
        }
        for (const client of clients) if (!client.isOpen) await client.open();
        await settle(clients);
        for (const client of clients) {
          expect(client.tree()).toEqual(await client.loaded());
          told.frames += client.frames;
          told.resumed += client.resumed;
          await client.close();
        }
      }),
      { numRuns: 15 * soak },
    );
    expect(told.frames).toBeGreaterThan(50);
    // A permission is the connection's own, so that nothing of the one before can be gone on with.
    expect(told.resumed > 0).toBe(api === exact);
  },
);
