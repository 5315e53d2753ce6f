import { EffectService, type PartialArrayDefinition, type SmartNgRXRowBase } from "@smarttools/smart-core";
import { from, type Observable } from "rxjs";

/** A row as the client holds it. */
export interface Row extends SmartNgRXRowBase {
  name: string;
}

/** How effect services reach the server, and what they were asked, in order: `f.users.loadByIds([["1"]])`. */
export class Calls {
  readonly base: string;
  #made: string[] = [];

  constructor(base: string) {
    this.base = base;
  }

  note(service: string, method: string, ...args: unknown[]): void {
    this.#made.push(`${service}.${method}(${args.map((arg) => JSON.stringify(arg)).join(", ")})`);
  }

  /** What was asked since this was asked last. */
  take(): string[] {
    return this.#made.splice(0);
  }

  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.base}/api/${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }
}

type ServerRow = Readonly<Record<string, unknown>>;

/** The effect service of a resource: five methods, as SmartNgRX's demo has them, and nothing else. */
export class ResourceEffects extends EffectService<Row> {
  readonly #calls: Calls;
  readonly #service: string;
  readonly #resource: string;
  /** Fields of children, and how many of their first ids come with a row. */
  readonly #children: Readonly<Record<string, number>>;

  constructor(
    calls: Calls,
    service: string,
    resource: string,
    children: Readonly<Record<string, number>> = {},
  ) {
    super();
    this.#calls = calls;
    this.#service = service;
    this.#resource = resource;
    this.#children = children;
  }

  override loadByIds(ids: string[]): Observable<Row[]> {
    this.#calls.note(this.#service, "loadByIds", ids);
    const rows = this.#ask<ServerRow[]>("POST", "by-ids/", { ids, children: this.#children });
    return from(rows.then((found) => found.map((row) => this.#toRow(row))));
  }

  override loadByIndexes(
    parentId: string,
    childField: string,
    startIndex: number,
    length: number,
  ): Observable<PartialArrayDefinition> {
    this.#calls.note(this.#service, "loadByIndexes", parentId, childField, startIndex, length);
    return from(
      this.#ask<PartialArrayDefinition>("POST", "indexes/", { parentId, childField, startIndex, length }),
    );
  }

  override update({ id, name }: Row): Observable<Row[]> {
    this.#calls.note(this.#service, "update", { id, name });
    return from(this.#ask<ServerRow>("PATCH", `${id}/`, { name }).then((row) => [this.#toRow(row)]));
  }

  override add({ name, parentId }: Row): Observable<Row[]> {
    this.#calls.note(this.#service, "add", { name, parentId });
    return from(
      this.#ask<ServerRow>("POST", "", { name, orgId: parentId }).then((row) => [this.#toRow(row)]),
    );
  }

  override delete(id: string): Observable<void> {
    this.#calls.note(this.#service, "delete", id);
    return from(this.#ask<void>("DELETE", `${id}/`));
  }

  #ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    return this.#calls.ask<T>(method, `${this.#resource}/${path}`, body);
  }

  /** A list that is there as a whole is an array of ids; of another one there is a part. */
  #toRow(row: ServerRow): Row {
    const children = Object.keys(this.#children).map((field) => {
      const part = row[field] as PartialArrayDefinition;
      return [field, part.indexes.length === part.length ? part.indexes : part] as const;
    });
    return { ...row, id: String(row.id), name: String(row.name), ...Object.fromEntries(children) };
  }
}

/** The one row at the top: its children are all organisations. */
export class TopEffects extends ResourceEffects {
  readonly #calls: Calls;
  readonly #service: string;

  constructor(calls: Calls, service: string) {
    super(calls, service, "orgs");
    this.#calls = calls;
    this.#service = service;
  }

  override loadByIds(ids: string[]): Observable<Row[]> {
    this.#calls.note(this.#service, "loadByIds", ids);
    const page = this.#calls.ask<{ results: { id: string }[] }>("GET", "orgs/?fields=id&limit=1000");
    return from(
      page.then(({ results }) => [{ id: "1", name: "", orgs: results.map(({ id }) => id) } as Row]),
    );
  }
}

/** Rows of several resources as one entity: the prefix of an id says which. */
export class MergedEffects extends ResourceEffects {
  readonly #calls: Calls;
  readonly #service: string;

  constructor(calls: Calls, service: string) {
    super(calls, service, "");
    this.#calls = calls;
    this.#service = service;
  }

  override loadByIds(ids: string[]): Observable<Row[]> {
    this.#calls.note(this.#service, "loadByIds", ids);
    return from(this.#load(ids));
  }

  async #load(ids: readonly string[]): Promise<Row[]> {
    const parts = ["docs", "folders"].map(async (resource) => {
      const own = ids
        .filter((id) => id.startsWith(`${resource}:`))
        .map((id) => id.slice(resource.length + 1));
      if (own.length === 0) return [];
      const rows = await this.#calls.ask<{ id: number; name: string }[]>("POST", `${resource}/by-ids/`, own);
      return rows.map(({ id, name }) => ({ id: `${resource}:${id}`, name }));
    });
    return (await Promise.all(parts)).flat();
  }
}
