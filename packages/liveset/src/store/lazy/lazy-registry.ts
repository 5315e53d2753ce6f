import type { LazyDefinition } from "./lazy-definition.ts";
import type { LazyParts } from "./lazy-parts.ts";
import { LazyRows } from "./lazy-rows.ts";

/** Where the rows of a table that a server tells of are found here. */
export interface TableTranslation {
  /** The lazy resource. */
  readonly table: string;
  /** Makes the row's id of the server's. Default: it is the same. */
  readonly id?: (id: string) => string;
}

export interface LazyRegistryOptions {
  /** How often rows are looked over for their age, in ms. */
  readonly runInterval: number;
  readonly tables: Readonly<Record<string, TableTranslation>>;
  readonly acceptCreate: boolean;
}

/** The lazy resources of a store: what notices say of them, and what time does to them. */
export class LazyRegistry {
  readonly #parts: LazyParts;
  readonly #options: LazyRegistryOptions;
  readonly #all = new Map<string, LazyRows<object>>();
  #cancel: (() => void) | null = null;
  #ended = false;

  constructor(parts: LazyParts, options: LazyRegistryOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  /** Makes a resource lazy. Defined again, it has the new definition and keeps its rows. */
  define<Row extends object>(name: string, definition: LazyDefinition<Row>): LazyRows<Row> {
    const { feature = "" } = definition;
    const place = JSON.stringify([feature, name]);
    const made = this.#all.get(place);
    if (made !== undefined) {
      made.redefine(definition as unknown as LazyDefinition<object>);
      return made as unknown as LazyRows<Row>;
    }
    const rows = this.#parts.rows(feature === "" ? name : `${feature}/${name}`);
    const lazy = new LazyRows<Row>(name, definition, rows, this.#parts, () => this.#all.values());
    this.#all.set(place, lazy as unknown as LazyRows<object>);
    this.#tick();
    return lazy;
  }

  /**
   * Takes a notice of the server.
   * @throws Error `invalid action <action>` for any but `update` and `delete` of a table that is in use here.
   */
  notice(table: string, action: string, given: readonly (string | number)[]): void {
    const { tables, acceptCreate } = this.#options;
    const translation = Object.hasOwn(tables, table) ? tables[table] : undefined;
    const name = translation?.table ?? table;
    const ids = given.map((id) => (translation?.id ?? String)(String(id)));
    const concerned = [...this.#all.values()].filter((lazy) => lazy.name === name && lazy.isUsed);
    if (concerned.length === 0) return;
    const isCreate = action === "create" && acceptCreate;
    if (action !== "update" && action !== "delete" && !isCreate) throw new Error(`invalid action ${action}`);
    this.#parts.turn.run(() => {
      for (const lazy of concerned) {
        if (action === "delete") lazy.gone(ids);
        else lazy.changed(ids, isCreate);
      }
    });
  }

  markDirty(): void {
    this.#parts.turn.run(() => {
      for (const lazy of this.#all.values()) lazy.markDirty();
    });
  }

  reset(): void {
    for (const lazy of this.#all.values()) lazy.reset();
  }

  end(): void {
    this.#ended = true;
    this.#cancel?.();
    for (const lazy of this.#all.values()) lazy.end();
    this.#all.clear();
  }

  #tick(): void {
    if (this.#ended) return;
    this.#cancel ??= this.#parts.clock.after(this.#options.runInterval, () => {
      this.#cancel = null;
      const now = this.#parts.clock.now();
      this.#parts.turn.run(() => {
        for (const lazy of this.#all.values()) lazy.sweep(now);
      });
      this.#tick();
    });
  }
}
