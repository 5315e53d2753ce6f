import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { eq } from "drizzle-orm";
import type { Db } from "liveset";
import { type Child, sharedClock } from "./child.ts";
import type { Command, Row, Said } from "./list-clients.ts";
import { tasks } from "./task-database.ts";

/** Writes that each concern one row of one followed list, at a given rate, and how long each took until its client had it. */
export class ListWriter {
  readonly #db: Db;
  readonly #path: string;
  readonly #clients: Child<Said, Command>;
  /** Ids of tasks that are in a list, and of those that are done. */
  readonly #shown: number[];
  readonly #hidden: number[];
  /** When each change that has not been seen was due, by task, in order. */
  readonly #due = new Map<number, number[]>();
  #written = 0;
  #lastId: number;

  constructor(db: Db, path: string, clients: Child<Said, Command>) {
    this.#db = db;
    this.#path = path;
    this.#clients = clients;
    const all = selectAll(path);
    this.#shown = all.filter(({ done }) => !done).map(({ id }) => id);
    this.#hidden = all.filter(({ done }) => done).map(({ id }) => id);
    this.#lastId = all.length;
  }

  /** Writes so far. */
  get written(): number {
    return this.#written;
  }

  /**
   * Writes at a rate a second, whether the server keeps up or not. A write counts from when it is due.
   *
   * @returns how long each took, in ms
   */
  async run(rate: number, seconds: number): Promise<readonly number[]> {
    const times: number[] = [];
    const writes: Promise<unknown>[] = [];
    const begin = sharedClock();
    const number = rate * seconds;
    const reading = this.#readSeen(number, times);
    while (writes.length < number) {
      while (writes.length < number && begin + (writes.length / rate) * 1000 <= sharedClock())
        writes.push(this.#write(begin + (writes.length / rate) * 1000));
      await pause(1);
    }
    await Promise.all(writes);
    await reading;
    return times;
  }

  /** How many lists differ from the rows of the database. */
  async diverged(lists: number): Promise<number> {
    this.#clients.send("rows");
    const said = await this.#clients.next();
    if (said === "ready" || !("rows" in said)) throw new Error("Something changed after the last write.");
    const expected = Array.from({ length: lists }, () => [] as Row[]);
    for (const row of selectAll(this.#path)) if (!row.done) expected[row.listId]?.push(row);
    return expected.filter((rows, list) => textOf(rows) !== textOf(said.rows[list] ?? [])).length;
  }

  async #readSeen(number: number, times: number[]): Promise<void> {
    for (let seen = 0; seen < number; ) {
      const said = await this.#clients.next();
      if (said === "ready" || !("seen" in said)) continue;
      seen += said.seen.length;
      for (const [id, at] of said.seen) times.push(at - (this.#due.get(id)?.shift() ?? Number.NaN));
    }
  }

  #write(due: number): Promise<unknown> {
    const number = this.#written++;
    const { id, done } = this.#next(number);
    const waiting = this.#due.get(id);
    if (waiting === undefined) this.#due.set(id, [due]);
    else waiting.push(due);
    return done();
  }

  #next(number: number): { readonly id: number; readonly done: () => Promise<unknown> } {
    const db = this.#db;
    const text = `Written for the ${number}th time`;
    switch (number % 5) {
      case 0: {
        const id = this.#shown[(number * 7919) % this.#shown.length] ?? 0;
        return { id, done: async () => db.update(tasks).set({ text }).where(eq(tasks.id, id)) };
      }
      case 1: {
        const id = take(this.#hidden, number);
        this.#shown.push(id);
        return { id, done: async () => db.update(tasks).set({ done: false }).where(eq(tasks.id, id)) };
      }
      case 2: {
        const id = take(this.#shown, number);
        this.#hidden.push(id);
        return { id, done: async () => db.update(tasks).set({ done: true }).where(eq(tasks.id, id)) };
      }
      case 3: {
        const id = ++this.#lastId;
        this.#shown.push(id);
        const listId = (number * 104_729) % 10_000;
        return { id, done: async () => db.insert(tasks).values({ id, text, done: false, listId }) };
      }
      default: {
        const id = take(this.#shown, number);
        return { id, done: async () => db.delete(tasks).where(eq(tasks.id, id)) };
      }
    }
  }
}

/** Takes one of the ids out, in no particular order. */
function take(ids: number[], number: number): number {
  const index = (number * 7919) % ids.length;
  const id = ids[index] ?? 0;
  const last = ids.pop();
  if (index < ids.length && last !== undefined) ids[index] = last;
  return id;
}

function selectAll(path: string): readonly Row[] {
  const file = new DatabaseSync(path, { readOnly: true });
  const rows = file.prepare("select id, text, done, listId from tasks order by id").all();
  file.close();
  return rows.map(({ id, text, done, listId }) => ({
    id: Number(id),
    text: String(text),
    done: done === 1,
    listId: Number(listId),
  }));
}

function textOf(rows: readonly Row[]): string {
  const sorted = [...rows].sort((a, b) => a.id - b.id);
  return JSON.stringify(sorted.map(({ id, text, done, listId }) => [id, text, done, listId]));
}
