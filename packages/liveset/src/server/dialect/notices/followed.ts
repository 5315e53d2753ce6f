import { type KeyText, keyTextOf } from "../../../core/key/key.ts";
import type { CompiledResource } from "../../compiled-resource.ts";
import type { GroupChanges } from "../../live/group-changes.ts";
import type { Opened } from "../../live/voice.ts";
import type { Watched } from "./watched.ts";

/** A live query of a connection's own, while it is being opened and once it is. */
export class Followed {
  readonly id: string;
  readonly resource: CompiledResource;
  /** Whose changes are told; null where only the keys are kept, of rows that may be named as parents. */
  readonly watched: Watched | null;
  /** The group's number, null while it is not open. */
  group: number | null = null;
  plan = "";
  /** Whether nothing between the client's position and its opening is missing. */
  resumed = false;
  /** Null: those of all rows. */
  #keys: Set<KeyText> | null = new Set();

  constructor(id: string, resource: CompiledResource, watched: Watched | null) {
    this.id = id;
    this.resource = resource;
    this.watched = watched;
  }

  open({ group, plan, rows }: Opened): void {
    this.group = group;
    this.plan = plan;
    this.resumed = rows === null;
    if (this.watched !== null) return;
    const { key } = this.resource.info;
    this.#keys = rows === null ? null : new Set(rows.map((row) => keyTextOf(row, key)));
  }

  close(): void {
    this.group = null;
    this.#keys = new Set();
  }

  /** Puts changes upon the keys. */
  change({ enter, leave }: GroupChanges): void {
    if (this.#keys === null) return;
    for (const key of leave) this.#keys.delete(key);
    for (const row of enter) this.#keys.add(keyTextOf(row, this.resource.info.key));
  }

  /** Whether the row of a key is among those that are visible. */
  has(key: KeyText): boolean {
    return this.#keys === null || this.#keys.has(key);
  }
}
