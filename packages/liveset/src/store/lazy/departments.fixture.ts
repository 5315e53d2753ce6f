import { VirtualClock } from "../../testing/virtual-clock.ts";
import { createStore, type Store, type StoreOptions } from "../create-store.ts";
import type { LazyDefinition } from "./lazy-definition.ts";
import type { LazyRows } from "./lazy-rows.ts";
import type { IndexRange, RowEffects } from "./row-effects.ts";

export interface Top {
  readonly id: string;
  readonly orgs: readonly string[];
}
export interface Org {
  readonly id: string;
  readonly name: string;
  readonly users: readonly string[];
  readonly docs: IndexRange | { indexes: readonly string[]; length: number };
}
export interface User {
  readonly id: string;
  readonly name: string;
  readonly note?: string;
  readonly parentId?: string;
  readonly isLoading?: boolean;
}

/** How long the server takes, in ms. */
export const latency = 5;

/** The server and the store of the spec's measured table: top(orgs: o1, o2); o1.users u1-u3, o2.users u2, u4; o1.docs ten, none known. */
export class Departments {
  readonly clock: VirtualClock = new VirtualClock();
  readonly calls: string[] = [];
  readonly reported: [string, unknown][] = [];
  readonly saved: unknown[] = [];
  /** What the next calls of an effect do instead. */
  readonly instead: ((call: string) => unknown)[] = [];
  readonly tables: Record<string, Map<string, object>> = {
    top: new Map([["1", { id: "1", orgs: ["o1", "o2"] }]]),
    orgs: new Map<string, object>([
      ["o1", { id: "o1", name: "Org1", users: ["u1", "u2", "u3"], docs: { indexes: [], length: 10 } }],
      ["o2", { id: "o2", name: "Org2", users: ["u2", "u4"], docs: { indexes: [], length: 0 } }],
    ]),
    users: new Map(["u1", "u2", "u3", "u4", "u5"].map((id) => [id, { id, name: id.toUpperCase() }])),
    docs: new Map(Array.from({ length: 12 }, (_, i) => [`d${i}`, { id: `d${i}`, name: `Doc${i}` }])),
  };
  docs: string[] = Array.from({ length: 10 }, (_, i) => `d${i}`);
  readonly store: Store;
  readonly top: LazyRows<Top>;
  readonly orgs: LazyRows<Org>;
  readonly users: LazyRows<User>;
  readonly docRows: LazyRows<User>;

  constructor(options: StoreOptions = {}, definition: Partial<LazyDefinition<object>> = {}) {
    this.store = createStore({
      clock: this.clock,
      handleError: (message, error) => this.reported.push([message, error]),
      ...options,
    });
    this.docRows = this.define<User>("docs", (id) => ({ id, name: "" }), definition);
    this.users = this.define<User>("users", (id) => ({ id, name: "" }), definition);
    this.orgs = this.define<Org>(
      "orgs",
      (id) => ({ id, name: "", users: [], docs: { indexes: [], length: 0 } }),
      {
        ...definition,
        children: { users: "users", docs: "docs" },
      },
    );
    this.top = this.define<Top>("top", (id) => ({ id, orgs: [] }), {
      ...definition,
      children: { orgs: "orgs" },
      isInitialRow: true,
    });
  }

  define<Row extends object>(
    name: string,
    defaultRow: (id: string) => Row,
    more: Partial<LazyDefinition<object>> = {},
  ): LazyRows<Row> {
    const { effects, ...rest } = more as Partial<LazyDefinition<Row>>;
    return this.store.lazy<Row>(name, {
      effects:
        effects ?? this.effects<Row>(more.feature === undefined ? name : `${more.feature}.${name}`, name),
      defaultRow,
      ...rest,
    });
  }

  effects<Row extends object>(shown: string, name: string): RowEffects<Row> {
    const table = this.tables[name] ?? new Map<string, object>();
    const answer = <T>(call: string, value: () => T): Promise<T> => {
      this.calls.push(call);
      const instead = this.instead.shift();
      return new Promise((resolve, reject) => {
        this.clock.after(latency, () => {
          try {
            resolve((instead === undefined ? value() : instead(call)) as T);
          } catch (thrown) {
            reject(thrown);
          }
        });
      });
    };
    return {
      loadByIds: (ids) =>
        answer(`${shown}.loadByIds(${ids})`, () =>
          ids.flatMap((id) => (table.get(id) ? [{ ...table.get(id) } as Row] : [])),
        ),
      loadByIndexes: (parentId, field, startIndex, length) =>
        answer(`${shown}.loadByIndexes(${parentId},${field},${startIndex},${length})`, () => ({
          startIndex,
          indexes: this.docs.slice(startIndex, startIndex + length),
          length: this.docs.length,
        })),
      update: (row) => {
        this.saved.push(row);
        return answer(`${shown}.update(${JSON.stringify(row)})`, () => [row]);
      },
      add: (row, { parentId }) => {
        this.saved.push(row);
        const { id, ...rest } = row as Row & { id: string };
        return answer(`${shown}.add(${id},${parentId})`, () => [
          { ...rest, id: `srv-${id}` } as unknown as Row,
        ]);
      },
      delete: (id) => answer(`${shown}.delete(${id})`, () => undefined),
    };
  }

  /** Lets everything come to rest. */
  async rest(ms = 4 * latency): Promise<void> {
    for (let passed = 0; passed <= ms; passed++) {
      for (let i = 0; i < 12; i++) await Promise.resolve();
      this.clock.advance(passed === 0 ? 0 : 1);
    }
    for (let i = 0; i < 12; i++) await Promise.resolve();
  }

  /** The effects called since the last look. */
  taken(): string[] {
    return this.calls.splice(0);
  }

  /** Reads and watches the users of both organisations. */
  async open(): Promise<() => void> {
    const lists = ["o1", "o2"].map((id) => this.orgs.children<User>(id, "users"));
    await this.rest();
    const ends = lists.map((list) => list.subscribe(() => void [...list]));
    for (const list of lists) void [...list];
    const whole = this.orgs.row("o1").subscribe(() => {});
    await this.rest();
    this.taken();
    return () => {
      for (const end of [...ends, whole]) end();
    };
  }

  names(org: string): string[] {
    return [...this.orgs.children<User>(org, "users")].map(({ name }) => name);
  }
}
