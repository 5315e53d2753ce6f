import { refusal } from "../../operation/check-permission.ts";
import type { Db } from "../../register.ts";
import type { Runtime } from "../../runtime.ts";
import { failureOf } from "../failure-of.ts";
import type { Group } from "../group.ts";
import { readWhole } from "./answers.ts";
import type { JudgedQuery } from "./judged-query.ts";

interface Load {
  readonly judged: JudgedQuery;
  readonly done: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Groups read in one snapshot; changes wait for it. */
const mostLoads = 32;

/** The groups of which somebody waits for the rows, which only the database can tell. */
export class Loads {
  readonly #waiting = new Map<Group, Load>();

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /** Resolves when the group's members are loaded; rejects with the reason why they cannot be. */
  add(group: Group, judged: JudgedQuery): Promise<void> {
    const known = this.#waiting.get(group);
    if (known !== undefined) return known.done;
    let [resolve, reject]: [() => void, (error: unknown) => void] = [() => {}, () => {}];
    const done = new Promise<void>((...settle) => {
      [resolve, reject] = settle;
    });
    this.#waiting.set(group, { judged, done, resolve, reject });
    return done;
  }

  /** Reads rows, some groups at once. What is returned hands them over; if it is never called, they are read again. */
  async read(runtime: Runtime, db: Db): Promise<() => void> {
    const settled: (() => void)[] = [];
    for (const [group, load] of [...this.#waiting].slice(0, mostLoads)) {
      const settle = await this.#readOne(runtime, db, group, load);
      settled.push(() => {
        this.#waiting.delete(group);
        settle();
      });
    }
    return () => {
      for (const settle of settled) settle();
    };
  }

  /** Tells all who wait that it failed. */
  fail(error: unknown): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  async #readOne(
    runtime: Runtime,
    db: Db,
    group: Group,
    { judged, resolve, reject }: Load,
  ): Promise<() => void> {
    const fail = (thrown: unknown) => () =>
      reject(failureOf(runtime, thrown, { resource: group.resource.name }));
    if (group.subscribers.size === 0) return resolve;
    try {
      const { window } = judged;
      if (window !== null) {
        const reading = await window.read(runtime, db);
        return () => {
          try {
            judged.loadWindow(window, reading);
            resolve();
          } catch (thrown) {
            fail(thrown)();
          }
        };
      }
      const rows = await readWhole(runtime, db, judged);
      return () => {
        try {
          judged.load(rows);
          const isRefused = !judged.query.isList && rows.length > 0 && judged.members?.size === 0;
          if (isRefused) throw refusal(judged.query.bound.context);
          resolve();
        } catch (thrown) {
          fail(thrown)();
        }
      };
    } catch (thrown) {
      return fail(thrown);
    }
  }
}
