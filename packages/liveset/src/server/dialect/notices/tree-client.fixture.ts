import type { Frame, NoticesClient, NoticesServer } from "./notices.fixture.ts";

type Row = Readonly<Record<string, unknown>>;

/** A list of children, with its rows. */
interface Tree {
  readonly id: string;
  readonly row: Row;
  readonly children: Readonly<Record<string, readonly Tree[]>>;
}

const fields: Readonly<Record<string, readonly string[]>> = {
  orgs: ["users", "docs"],
  users: ["docs"],
  docs: [],
};

/**
 * A client that keeps rows and lists of children as SmartNgRX does, and fetches anew exactly what notices name: a row that it has, with
 * its lists. It forgets rows that are deleted, and loads all of a list's rows that it does not have.
 */
export class TreeClient {
  readonly #server: NoticesServer;
  readonly #user: number | undefined;
  #socket: NoticesClient | null = null;
  #since = "";
  #top: readonly string[] = [];
  readonly #rows = new Map<string, Row>();
  /** How many notices came, and how often a connection went on where the one before ended. */
  frames = 0;
  resumed = 0;

  constructor(server: NoticesServer, user: number | undefined) {
    this.#server = server;
    this.#user = user;
  }

  get isOpen(): boolean {
    return this.#socket !== null;
  }

  async open(): Promise<void> {
    const path = `/ws/notifications/?since=${encodeURIComponent(this.#since)}`;
    this.#socket = await this.#server.connect(this.#user, path);
    for (let isOpen = false; !isOpen; ) {
      const frame = await this.#socket.next();
      await this.#take(frame);
      isOpen = ["ready", "resumed", "reset"].includes(String(frame.type));
    }
  }

  async close(): Promise<void> {
    const socket = this.#socket;
    if (socket === null) return;
    this.#socket = null;
    await this.#server.cut(socket);
  }

  /** Takes in what is told up to an update of this organisation. */
  async readUpTo(org: string): Promise<void> {
    const socket = this.#socket;
    for (let reached = socket === null; !reached; ) {
      const frame = (await socket?.next()) ?? {};
      await this.#take(frame);
      reached = frame.table === "orgs" && (frame.ids as string[]).includes(org);
    }
  }

  tree(): readonly Tree[] {
    return this.#top.map((id) => this.#treeOf("orgs", id));
  }

  /** The tree as it is on the server now. */
  async loaded(): Promise<readonly Tree[]> {
    const fresh = new TreeClient(this.#server, this.#user);
    await fresh.#load();
    return fresh.tree();
  }

  async #take(frame: Frame): Promise<void> {
    const { type, action, table, ids, since } = frame;
    if (typeof since === "string") this.#since = since;
    if (type === "resumed") this.resumed++;
    if (type === "ready" || type === "reset") return this.#load();
    if (type !== undefined) return;
    this.frames++;
    for (const id of ids as string[]) {
      if (action === "delete") this.#unlink(String(table), id);
      else if (table === "top") await this.#loadTop();
      else if (this.#rows.has(`${table} ${id}`)) await this.#fetch(String(table), [id]);
    }
  }

  #unlink(table: string, id: string): void {
    this.#rows.delete(`${table} ${id}`);
    if (table === "orgs") this.#top = this.#top.filter((own) => own !== id);
    for (const [key, row] of this.#rows) {
      const list = row[`#${table}`] as readonly string[] | undefined;
      if (list?.includes(id))
        this.#rows.set(key, { ...row, [`#${table}`]: list.filter((own) => own !== id) });
    }
  }

  async #load(): Promise<void> {
    this.#rows.clear();
    await this.#loadTop();
  }

  async #loadTop(): Promise<void> {
    const { results } = (await this.#ask("GET", "orgs/?fields=id")) as { results: { id: string }[] };
    this.#top = results.map(({ id }) => id);
    await this.#fetch(
      "orgs",
      this.#top.filter((id) => !this.#rows.has(`orgs ${id}`)),
    );
  }

  async #fetch(table: string, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const children = Object.fromEntries((fields[table] ?? []).map((field) => [field, 1000]));
    const rows = (await this.#ask("POST", `${table}/by-ids/`, { ids, children })) as Row[];
    for (const row of rows) {
      const { users, docs, ...own } = row as Record<string, { indexes: string[] }>;
      const lists = { ...(users && { "#users": users.indexes }), ...(docs && { "#docs": docs.indexes }) };
      this.#rows.set(`${table} ${row.id}`, { ...own, ...lists });
      for (const field of fields[table] ?? []) {
        const list = (lists as Record<string, string[]>)[`#${field}`] ?? [];
        await this.#fetch(
          field,
          list.filter((id) => !this.#rows.has(`${field} ${id}`)),
        );
      }
    }
  }

  #treeOf(table: string, id: string): Tree {
    const row = this.#rows.get(`${table} ${id}`) ?? {};
    const shown = Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith("#")));
    const children = (fields[table] ?? []).map((field) => {
      const list = (row[`#${field}`] as readonly string[] | undefined) ?? [];
      return [field, list.map((child) => this.#treeOf(field, child))] as const;
    });
    return { id, row: shown, children: Object.fromEntries(children) };
  }

  async #ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await this.#server.server.fetch(
      new Request(`http://test/api/${path}`, {
        method,
        headers: {
          ...(this.#user === undefined ? {} : { authorization: `Bearer ${this.#user}` }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return response.json();
  }
}
