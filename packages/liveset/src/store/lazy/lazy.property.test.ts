import fc from "fast-check";
import { expect, test } from "vitest";
import { Departments, type Org, type User } from "./departments.fixture.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);
const id = fc.constantFrom("u1", "u2", "u3", "u4", "u5");
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("theirs" as const),
      id,
      name: fc.option(fc.constantFrom("x", "y")),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("update" as const),
      id,
      name: fc.constantFrom("a", "b"),
      fails: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("delete" as const), id, fails: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("add" as const), fails: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("edit" as const), id, ends: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 8 }) }),
  },
);

/** A server that does what it is asked, and tells of each change. */
class Server extends Departments {
  readonly failing = new Set<string>();
  #last = 0;

  override effects(shown: string, name: string) {
    const own = super.effects(shown, name) as never as Record<string, (...args: never[]) => Promise<unknown>>;
    if (name !== "users") return own as never;
    const users = this.tables.users as Map<string, object>;
    const later = (key: string, work: () => unknown): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const fails = this.failing.delete(key);
        this.clock.after(3, () => {
          if (fails) reject(new Error("no"));
          else
            try {
              resolve(work());
            } catch (thrown) {
              reject(thrown);
            }
        });
      });
    return {
      ...own,
      update: (row: User) =>
        later(row.id, () => {
          if (!users.has(row.id)) throw new Error("gone");
          users.set(row.id, { id: row.id, name: row.name });
          this.store.handleSocketNotification("users", "update", [row.id]);
          return [{ id: row.id, name: row.name }];
        }),
      add: (row: User) =>
        later("add", () => {
          const saved = { id: `n${++this.#last}`, name: row.name };
          users.set(saved.id, saved);
          const org = this.tables.orgs?.get("o1") as Org;
          this.tables.orgs?.set("o1", { ...org, users: [...org.users, saved.id] });
          return [saved];
        }),
      delete: (gone: string) => later(gone, () => this.remove(gone)),
    } as never;
  }

  remove(gone: string): void {
    this.tables.users?.delete(gone);
    for (const [key, org] of this.tables.orgs ?? []) {
      const { users } = org as Org;
      this.tables.orgs?.set(key, { ...(org as Org), users: users.filter((other) => other !== gone) });
    }
    this.store.handleSocketNotification("users", "delete", [gone]);
  }
}

test(
  "once all has come to rest, what is shown is what the server has, after any history of writes, failures, edits and notices",
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 30 }), async (steps) => {
        const d = new Server();
        await d.open();
        let added = 0;
        for (const one of steps) {
          if (one.type === "theirs") {
            if (!d.tables.users?.has(one.id)) continue;
            if (one.name === null) d.remove(one.id);
            else {
              d.tables.users.set(one.id, { id: one.id, name: one.name });
              d.store.handleSocketNotification("users", "update", [one.id]);
            }
          } else if (one.type === "update") {
            if (d.users.get(one.id) === undefined) continue;
            if (one.fails) d.failing.add(one.id);
            d.users.edit(one.id).name = one.name;
            expect(d.users.read(one.id).name).toBe(one.name);
          } else if (one.type === "delete") {
            if (d.users.get(one.id) === undefined) continue;
            if (one.fails) d.failing.add(one.id);
            d.users.delete(one.id).catch(() => {});
            expect(d.orgs.children("o1", "users").ids).not.toContain(one.id);
          } else if (one.type === "add") {
            if (one.fails) d.failing.add("add");
            d.orgs
              .children<User>("o1", "users")
              .add({ id: `new${++added}`, name: "new" })
              .catch(() => {});
            expect(d.orgs.children("o1", "users").ids).toContain(`new${added}`);
          } else if (one.type === "edit") {
            if (one.ends) d.users.endEdit(one.id);
            else d.users.beginEdit(one.id);
          } else await d.rest(one.ms);
        }
        for (const each of ["u1", "u2", "u3", "u4", "u5"]) d.users.endEdit(each);
        await d.rest(80);
        d.store.handleSocketNotification("orgs", "update", ["o1"]);
        await d.rest(40);
        for (const org of ["o1", "o2"]) {
          const list = d.orgs.children<User>(org, "users");
          const expected = (d.tables.orgs?.get(org) as Org | undefined)?.users ?? [];
          void [...list];
          await d.rest(20);
          expect(list.ids).toEqual(expected);
          expect([...list].map(({ name }) => name)).toEqual(
            expected.map((each) => (d.tables.users?.get(each) as User | undefined)?.name),
          );
        }
        expect(d.store.pendingWrites).toBe(0);
        d.store.dispose();
        expect(d.clock.pending).toBe(0);
      }),
      { numRuns: 60 * soak },
    );
  },
  20_000 * soak,
);
