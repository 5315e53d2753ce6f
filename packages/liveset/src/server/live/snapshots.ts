import type { LivesetError } from "../../core/error/liveset-error.ts";
import type { WireRow } from "../../core/json.ts";
import { refusal } from "../operation/check-permission.ts";
import { ensureFew } from "../operation/ensure-few.ts";
import { fetchRows } from "../operation/fetch-rows.ts";
import type { Runtime } from "../runtime.ts";
import { failureOf } from "./failure-of.ts";
import type { Group } from "./group.ts";
import type { JudgedQuery } from "./judged/judged-query.ts";
import type { LiveQuery } from "./live-query.ts";
import type { Net } from "./net.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Position } from "./position.ts";

/** Who waits for a group's rows. Both are called in the same turn for all who wait. */
export interface Waiter {
  /**
   * @param rows the group's rows as they are now, serialised, in no particular order
   */
  ready(rows: readonly WireRow[]): void;
  fail(error: LivesetError): void;
}

interface Reading {
  readonly net: Net;
  readonly waiters: Set<Waiter>;
}

/**
 * Reads the rows of groups so that subscribing is atomic (P2). What happens to the group while its rows are
 * read is netted and put onto the rows in the same turn in which they are handed over. So they stand exactly between two
 * commits.
 *
 * Those who ask for the same group meanwhile share the reading. A group that only the database can judge keeps its rows, so they
 * are read once for all who will ever ask.
 */
export class Snapshots {
  readonly #runtime: Runtime;
  readonly #pipeline: Pipeline;
  readonly #position: Position;
  readonly #readings = new Map<Group, Reading>();

  constructor(runtime: Runtime, pipeline: Pipeline, position: Position) {
    this.#runtime = runtime;
    this.#pipeline = pipeline;
    this.#position = position;
  }

  /** Asks for the rows of a group that the waiter's subscription holds. The returned function withdraws. */
  wait(group: Group, query: LiveQuery, waiter: Waiter): () => void {
    const reading = this.#readings.get(group) ?? this.#start(group, query);
    reading.waiters.add(waiter);
    return () => {
      reading.waiters.delete(waiter);
    };
  }

  #start(group: Group, query: LiveQuery): Reading {
    const reading: Reading = { net: group.collect(), waiters: new Set() };
    this.#readings.set(group, reading);
    void this.#read(group, query, reading);
    return reading;
  }

  async #read(group: Group, query: LiveQuery, { net, waiters }: Reading): Promise<void> {
    let hand: (waiter: Waiter) => void;
    try {
      const { judged } = group;
      const fetched = judged === null ? await this.#fetch(query) : await this.#load(group, judged);
      const rows = judged?.members?.rows() ?? this.#upToDate(fetched, net, query);
      hand = (waiter) => waiter.ready(rows);
    } catch (thrown) {
      const error = failureOf(this.#runtime, thrown, { resource: group.resource.name });
      hand = (waiter) => waiter.fail(error);
    }
    this.#readings.delete(group);
    group.release(net);
    for (const waiter of [...waiters]) hand(waiter);
  }

  async #load(group: Group, judged: JudgedQuery): Promise<readonly WireRow[]> {
    await this.#pipeline.load(group, judged);
    return [];
  }

  async #fetch({ bound }: LiveQuery): Promise<readonly WireRow[]> {
    const { database, limits } = this.#runtime;
    const all = { ...bound, limit: limits.liveRows + 1, offset: 0, after: null };
    const { value, cursor } = await database.read((db) => fetchRows(db, all, database.dialect));
    await this.#position.reached(cursor);
    ensureFew(value.length, limits.liveRows);
    return value;
  }

  #upToDate(fetched: readonly WireRow[], net: Net, { may, bound }: LiveQuery): readonly WireRow[] {
    const permitted = may === null ? fetched : fetched.filter(may);
    const rows = net.applyTo(permitted.map((row) => Object.freeze(bound.projection.serialize(row))));
    if (rows.length === 0 && permitted.length < fetched.length) throw refusal(bound.context);
    return rows;
  }
}
