import fc from "fast-check";
import { expect, test } from "vitest";
import type { WireRow } from "../core/json.ts";
import type { Down } from "../core/protocol/down.ts";
import type { Request } from "../core/protocol/request.ts";
import type { Subscribe } from "../core/protocol/subscribe.ts";
import type { Up } from "../core/protocol/up.ts";
import { type FakeSocket, type Rig, rig, subscribedTo, task } from "./fake-network.fixture.ts";

/*
 * A small server of the same wire: rows, a log of commits with a cursor each, subscriptions on `done`, and mutation ids.
 * Its frames wait in a queue that the history delivers in portions, so a cut can fall between any two of them.
 */
class ModelServer {
  readonly rows = new Map<number, WireRow>();
  readonly created: string[] = [];
  readonly #log: { readonly before: WireRow | undefined; readonly after: WireRow | undefined }[][] = [];
  readonly #answers = new Map<string, WireRow>();
  #subscriptions = new Map<string, { readonly frame: Subscribe; readonly group: number }>();
  #queue: Down[] = [];
  #read = 0;
  #socket: FakeSocket | null = null;
  #welcomed = false;
  #lastGroup = 0;
  #kept = 0;

  attach(socket: FakeSocket): void {
    if (socket === this.#socket) return;
    this.#socket = socket;
    this.#subscriptions = new Map();
    this.#queue = [];
    this.#read = 0;
    this.#welcomed = false;
  }

  /** Forgets the log, so that nothing before can be resumed. */
  prune(): void {
    this.#kept = this.#log.length;
  }

  commit(writes: readonly { readonly id: number; readonly row: WireRow | null }[]): void {
    const changes = new Map<number, { before: WireRow | undefined; after: WireRow | undefined }>();
    for (const { id, row } of writes) {
      const before = changes.has(id) ? changes.get(id)?.before : this.rows.get(id);
      if (row === null) this.rows.delete(id);
      else this.rows.set(id, row);
      changes.set(id, { before, after: row ?? undefined });
    }
    this.#log.push([...changes.values()]);
    const cursor = String(this.#log.length);
    let sent = false;
    for (const { frame, group } of this.#subscriptions.values()) {
      const change = this.#changes(frame, group, this.#log.length - 1);
      if (change !== null) this.#queue.push(change);
      sent ||= change !== null;
    }
    if (sent) this.#queue.push({ type: "commit", cursor });
  }

  /** Lets the server read all that was sent, and deliver some frames. */
  run(frames: number): void {
    const socket = this.#socket;
    if (socket === null || socket.closedWith !== null) return;
    if (!this.#welcomed) socket.greet();
    this.#welcomed = true;
    this.#readAll(socket);
    for (const frame of this.#queue.splice(0, frames)) socket.say(frame);
    this.#readAll(socket);
  }

  cut(): void {
    this.#socket?.cut();
  }

  fits({ query }: Subscribe, row: WireRow | undefined): boolean {
    const done = query?.where?.done;
    return row !== undefined && (done === undefined || row.done === done);
  }

  #readAll(socket: FakeSocket): void {
    for (; this.#read < socket.sent.length; this.#read++) this.#take(socket.sent[this.#read] as Up);
  }

  #take(frame: Up): void {
    if (frame.type === "subscribe") this.#subscribe(frame);
    else if (frame.type === "unsubscribe") this.#subscriptions.delete(frame.id);
    else if (frame.type === "request") this.#request(frame);
    else if (frame.type === "ping") this.#queue.push({ type: "pong", cursor: String(this.#log.length) });
  }

  #subscribe(frame: Subscribe): void {
    const group = ++this.#lastGroup;
    this.#subscriptions.set(frame.id, { frame, group });
    const since = Number(frame.since?.cursor ?? -1);
    const resumed = since >= this.#kept;
    const answer = { ...subscribedTo(frame), group, resumed, cursor: String(this.#log.length) };
    if (!resumed) {
      this.#queue.push({ ...answer, rows: [...this.rows.values()].filter((row) => this.fits(frame, row)) });
      return;
    }
    this.#queue.push(answer);
    for (let at = since; at < this.#log.length; at++) {
      const change = this.#changes(frame, group, at);
      if (change !== null) this.#queue.push(change);
    }
    this.#queue.push({ type: "commit", cursor: answer.cursor });
  }

  #request(frame: Request): void {
    const mutation = String(frame.mutation);
    const row = this.#answers.get(mutation) ?? task(1_000 + this.#answers.size, String(frame.key));
    if (!this.#answers.has(mutation)) {
      this.#answers.set(mutation, row);
      this.created.push(String(frame.key));
      this.commit([{ id: row.id as number, row }]);
    }
    this.#queue.push({ type: "response", id: frame.id, status: 200, data: row });
  }

  #changes(frame: Subscribe, group: number, at: number): Extract<Down, { type: "changes" }> | null {
    const enter: WireRow[] = [];
    const update: WireRow[] = [];
    const leave: string[] = [];
    for (const { before, after } of this.#log[at] ?? []) {
      const was = this.fits(frame, before);
      if (after !== undefined && this.fits(frame, after)) (was ? update : enter).push(after);
      else if (was) leave.push(String(before?.id));
    }
    if (enter.length + update.length + leave.length === 0) return null;
    return { type: "changes", group, cursor: String(at + 1), enter, update, leave };
  }
}

const write = fc.record({
  id: fc.integer({ min: 1, max: 8 }),
  row: fc.option(fc.record({ text: fc.constantFrom("a", "b"), done: fc.boolean() })),
});
const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("commit" as const),
      writes: fc.array(write, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("run" as const), frames: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("cut" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 20_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("prune" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("complete" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("hold" as const), list: fc.nat(2) }) },
);
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

const queries = [{}, { where: { done: true } }, { where: { done: false }, orderBy: { id: "desc" } }] as const;

function play(
  server: ModelServer,
  r: Rig,
  history: readonly Action[],
): { readonly asked: number; settled(): number } {
  let asked = 0;
  let settled = 0;
  const handles = queries.map((query) => r.client.tasks.live(query));
  server.attach(r.socket);
  for (const each of history) {
    server.attach(r.socket);
    if (each.do === "commit") {
      server.commit(each.writes.map(({ id, row }) => ({ id, row: row === null ? null : { id, ...row } })));
    } else if (each.do === "run") server.run(each.frames);
    else if (each.do === "cut") server.cut();
    else if (each.do === "wait") r.clock.advance(each.ms);
    else if (each.do === "prune") server.prune();
    else if (each.do === "complete") {
      r.client.tasks.actions.complete(asked++).then(() => settled++);
    } else {
      handles[each.list]?.release();
      handles[each.list] = r.client.tasks.live(queries[each.list]);
    }
  }
  for (let i = 0; i < 20; i++) {
    if (r.client.status.getSnapshot().connection === "offline") r.clock.advance(r.clock.next ?? 0);
    server.attach(r.socket);
    server.run(1_000);
  }
  return { asked, settled: () => settled };
}

test("P1 P4 P6: after any history of commits and cuts every list is right, and every write was applied once", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (history) => {
      const server = new ModelServer();
      const r = rig();
      const { asked, settled } = play(server, r, history);
      for (const query of queries) {
        const { data, connection } = r.client.tasks.live(query).getSnapshot();
        const frame: Subscribe = {
          type: "subscribe",
          id: "",
          resource: "tasks",
          action: "list",
          query: { ...query },
        };
        const sign = "orderBy" in query ? -1 : 1;
        const due = [...server.rows.values()]
          .filter((row) => server.fits(frame, row))
          .sort((a, b) => sign * (Number(a.id) - Number(b.id)));
        expect({ connection, data }).toEqual({ connection: "live", data: due });
      }
      await Promise.resolve();
      await new Promise((resolve) => setImmediate(resolve));
      expect(settled()).toBe(asked);
      expect(server.created.toSorted()).toEqual(
        Array.from({ length: asked }, (_, i) => String(i)).toSorted(),
      );
      r.client.close();
    }),
    { numRuns: 300 * Number(process.env.LIVESET_SOAK ?? 1) },
  );
});
