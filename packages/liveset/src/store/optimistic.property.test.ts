import fc from "fast-check";
import { expect, test } from "vitest";
import { rig } from "../client/fake-network.fixture.ts";
import type { WireRow } from "../core/json.ts";
import { createStore } from "./create-store.ts";
import { TaskServer } from "./task-server.fixture.ts";

type Mine = {
  readonly mutation: string;
  readonly action: "create" | "patch" | "delete";
  readonly id: number;
  readonly data: WireRow;
  readonly cuts: number;
};

const data = fc.record({ text: fc.constantFrom("a", "b", "bad"), done: fc.boolean() }, { requiredKeys: [] });
const row = fc.record({ text: fc.constantFrom("x", "y"), done: fc.boolean() });
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("theirs" as const),
      id: fc.integer({ min: 1, max: 6 }),
      row: fc.option(row),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant("mine" as const),
      action: fc.constantFrom("create" as const, "patch" as const, "delete" as const),
      id: fc.integer({ min: 1, max: 6 }),
      data,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant("run" as const), frames: fc.integer({ min: 0, max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("cut" as const), prune: fc.boolean() }) },
);

const soak = Number(process.env.LIVESET_SOAK ?? 1);

async function settled(): Promise<void> {
  for (let i = 0; i < 30; i++) await Promise.resolve();
}

/** What is to be seen: the state that the client was told of, with its writes on it that are neither in it nor refused. */
function oracle(server: TaskServer, mine: readonly Mine[], refused: ReadonlySet<string>): WireRow[] {
  const rows = new Map([...(server.states[server.told] ?? [])]);
  const created: WireRow[] = [];
  for (const { mutation, action, id, data } of mine) {
    const at = server.applied.get(mutation);
    if (refused.has(mutation) || (at !== undefined && at <= server.told)) continue;
    const old = rows.get(String(id));
    if (action === "create") created.push({ id: "new", ...data });
    else if (old !== undefined && action === "delete") rows.delete(String(id));
    else if (old !== undefined) rows.set(String(id), { ...old, ...data });
  }
  return [...[...rows.values()].sort((a, b) => Number(a.id) - Number(b.id)), ...created];
}

const seen = (rows: readonly object[]): unknown[] =>
  (rows as readonly WireRow[]).map((row) => (String(row.id).startsWith("~") ? { ...row, id: "new" } : row));

test(
  "P1 P6: what is shown is what the server told, with the pending writes on it, after any history of writes, refusals and cuts",
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        const store = createStore();
        const r = rig({ store });
        const server = new TaskServer();
        const all = r.client.tasks.live({ orderBy: { id: "asc" } });
        const open = r.client.tasks.live({ where: { done: false }, orderBy: { id: "asc" } });
        const first = r.client.tasks.liveOne(1);
        const mine: Mine[] = [];
        const refused = new Set<string>();
        let cuts = 0;
        const check = (): void => {
          if ([all, open].some((handle) => handle.getSnapshot().connection !== "live")) return;
          // Whether a write was done whose commit was lost with a connection is not known until its answer comes.
          const lost = mine.some(
            (write) =>
              write.cuts < cuts &&
              (server.applied.get(write.mutation) ?? Number.POSITIVE_INFINITY) <= server.told &&
              !server.isAnswered(write.mutation),
          );
          if (lost) return;
          const expected = oracle(server, mine, refused);
          expect(seen(all.getSnapshot().data)).toEqual(expected);
          expect(seen(open.getSnapshot().data)).toEqual(expected.filter(({ done }) => done === false));
          const one = first.getSnapshot();
          if (one.connection !== "live") return;
          expect(one.data ?? null).toEqual(expected.find(({ id }) => id === 1) ?? null);
          expect(store.rows("tasks").getSnapshot().length).toBe(expected.length);
        };
        const attach = (): void => {
          server.attach(r.socket);
        };
        attach();
        server.run();
        for (const one of steps) {
          if (one.type === "theirs") {
            const next = new Map(server.state);
            if (one.row === null) next.delete(String(one.id));
            else next.set(String(one.id), { id: one.id, ...one.row });
            server.commit(next);
          } else if (one.type === "mine") {
            const mutation = `m${mine.length}`;
            const { tasks } = r.client;
            // What a list is filtered by is given, so that a list can tell where the row belongs.
            const data = one.action === "create" ? { text: "new", done: false, ...one.data } : one.data;
            mine.push({ mutation, action: one.action, id: one.id, data, cuts });
            const options = { mutation };
            const sent: Promise<unknown> =
              one.action === "create"
                ? tasks.create(data as never, options)
                : one.action === "patch"
                  ? tasks.patch(one.id, data as never, options)
                  : tasks.delete(one.id, options);
            sent.catch(() => refused.add(mutation));
          } else if (one.type === "run") {
            attach();
            server.run(one.frames);
          } else {
            server.cut();
            cuts++;
            if (one.prune) server.kept = server.cursor;
            r.clock.advance(4_000);
          }
          await settled();
          check();
        }
        for (let i = 0; i < 12; i++) {
          r.clock.advance(4_000);
          attach();
          server.run();
          await settled();
        }
        expect(all.getSnapshot().connection).toBe("live");
        check();
        expect(seen(all.getSnapshot().data)).toEqual(
          [...server.state.values()].sort((a, b) => Number(a.id) - Number(b.id)),
        );
        expect(store.pendingWrites).toBe(0);
        r.client.close();
      }),
      { numRuns: 100 * soak },
    );
  },
  10_000 * soak,
);
