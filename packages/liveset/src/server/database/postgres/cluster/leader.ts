import type { Client } from "pg";
import type { ClusterLog } from "../../../cluster/cluster-log.ts";
import { Pause } from "../../../cluster/pause.ts";
import { Publisher } from "../../../cluster/publisher.ts";
import { systemClock } from "../../../system-clock.ts";
import type { Capture, CaptureParts, StartCapture } from "../capture.ts";
import { type KnownTables, knownTables, readAsk, unknownOf, writeKnown } from "./known-tables.ts";
import { markText } from "./mark-message.ts";

/** What a candidate works with. */
export interface LeaderParts extends CaptureParts {
  readonly cluster: ClusterLog;
  readonly start: StartCapture;
}

/** Between two attempts to become the one that reads the changes, in ms. */
const tryEvery = 500;

/** How long a node that was asked to leaves the reading to others, in ms. */
const deferral = 5_000;

/**
 * What the reading node itself keeps of the changes, beside what was not published yet: enough for a log that was lost to begin before
 * what nodes have missed.
 */
const kept = { count: 5_000, age: 60_000 };

/**
 * One node's part in electing the one that reads the database's changes and publishes them to the cluster's log. An advisory lock of the
 * database decides; it is the session's, so that it is free as soon as its holder is dead.
 */
export class Leader {
  readonly #parts: LeaderParts;
  readonly #pause = new Pause(systemClock);
  #open = true;
  #done: Promise<void> | null = null;
  #onFailure: (error: unknown) => void = () => {};
  /** Until when others are to lead, in ms since 1970. */
  #deferredUntil = 0;
  readonly #leave: () => void;

  constructor(parts: LeaderParts) {
    this.#parts = parts;
    this.#leave = parts.cluster.listen((text) => {
      const needed = readAsk(text);
      if (needed !== null) this.#defer(needed);
    });
  }

  /** Begins to try. The promise rejects where this node could lead and capture does not start, time and again; it never resolves. */
  begin(): Promise<never> {
    const failed = new Promise<never>((_, reject) => {
      this.#onFailure = reject;
    });
    failed.catch(() => {});
    this.#done ??= this.#run();
    return failed;
  }

  /** Lets another node lead, and tries no more. */
  async stop(): Promise<void> {
    this.#open = false;
    this.#leave();
    this.#pause.end();
    await this.#done;
  }

  /** A node of another version needs tables that this one does not know: it is to lead, or one like it. */
  #defer(needed: KnownTables): void {
    if (unknownOf(knownTables(this.#parts.tables), needed).length === 0) return;
    this.#deferredUntil = Date.now() + deferral;
    this.#pause.end();
  }

  get #mayLead(): boolean {
    return this.#open && Date.now() >= this.#deferredUntil;
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (this.#open) {
      try {
        await this.#candidate();
        failures = 0;
      } catch (error) {
        // The one before may not be dead for the database yet.
        if (++failures === 3) this.#onFailure(error);
        if (failures === 1 && this.#open)
          this.#parts.log.warn({ err: error }, "the changes of the database cannot be read: trying again");
      }
      if (this.#open) await this.#pause.wait(tryEvery * (0.5 + Math.random()));
    }
  }

  /** On one connection: tries until it has the lock, then leads until that is lost. */
  async #candidate(): Promise<void> {
    const client = this.#parts.makeClient();
    let isLost = false;
    const lost = (): void => {
      isLost = true;
      this.#pause.end();
    };
    client.on("error", lost);
    client.on("end", lost);
    try {
      await client.connect();
      while (this.#open && !isLost) {
        if (this.#mayLead && (await this.#lock(client))) return await this.#lead(() => !isLost);
        await this.#pause.wait(tryEvery * (0.5 + Math.random()));
      }
    } finally {
      await client.end().catch(() => {});
    }
  }

  async #lock(client: Client): Promise<boolean> {
    const { rows } = await client.query<{ locked: boolean }>(
      "SELECT pg_try_advisory_lock(hashtext('liveset leader'), hashtext($1)) AS locked",
      [this.#parts.schema],
    );
    return rows[0]?.locked === true;
  }

  async #lead(holds: () => boolean): Promise<void> {
    const { cluster, start, log } = this.#parts;
    let publisher: Publisher | null = null;
    const capture: Capture = await start({
      ...this.#parts,
      keep: { ...kept, until: () => publisher?.published ?? null },
      onMark: (id, cursor) => void cluster.send(markText(id, cursor)).catch(() => {}),
    });
    try {
      const { tables, schema, withClient } = this.#parts;
      await withClient((client) => writeKnown(client, schema, knownTables(tables)));
      publisher = new Publisher({ cluster, source: capture.feed, log, clock: systemClock });
      publisher.start();
      log.info({ epoch: capture.feed.epoch }, "this node reads the changes of the database");
      while (this.#mayLead && holds()) await this.#pause.wait(null);
    } finally {
      await publisher?.stop();
      await capture.stop();
      log.info({}, "this node reads the changes of the database no more");
    }
  }
}
