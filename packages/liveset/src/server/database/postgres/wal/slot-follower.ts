import type { Log } from "../../../log.ts";
import type { CaptureParts } from "../capture.ts";
import { tryAgain } from "../try-again.ts";
import { type InstalledWal, identityOf, slotPlace } from "./install-wal.ts";
import { ReplicationStream } from "./replication-stream.ts";
import { StreamBroken } from "./wal-assembler.ts";

/** What a slot is followed with. */
export interface SlotFollowerParts<S extends { readonly installed: InstalledWal }> {
  readonly makeClient: CaptureParts["makeClient"];
  readonly withClient: CaptureParts["withClient"];
  readonly log: Log;
  readonly installed: InstalledWal;
  /** Is given each message of the plugin. Throws `StreamBroken` where it cannot go on. */
  readonly receive: (bytes: Buffer) => void;
  /** Where the last transaction received ends, in bytes of WAL. */
  readonly received: () => number;
  /** Is given how far the server has written, in bytes of WAL. */
  readonly serverEnd: (end: number) => void;
  /** Up to where the slot may forget. */
  readonly confirmed: () => number;
  /** The stream is away, or is there again. */
  readonly live: (isLive: boolean) => void;
  /** Nothing can be told until `restart`. */
  readonly broken: (reason: StreamBroken) => void;
  /** Why the tables are not those that are followed, or not captured in full; null where they are. */
  readonly doubt: () => Promise<string | null>;
  /** Makes the slot anew, under another epoch than one that is lost. Rejects where that is not possible yet. */
  readonly startAnew: (lost: string) => Promise<S>;
  /** Another epoch begins where the slot stands now. */
  readonly restart: (start: S) => Promise<void>;
}

/**
 * Keeps reading a slot.
 *
 *   following ── connection lost ──► away ── the slot stands where it did ──► following
 *       │                             └───── slot lost, another database ─┐
 *       └── cannot be followed without a wrong row ──────────────────────► broken ── slot made anew ──► following, a new epoch
 *
 * A temporary slot is lost with its connection.
 */
export class SlotFollower<S extends { readonly installed: InstalledWal }> {
  readonly #parts: SlotFollowerParts<S>;
  readonly #stopped = new AbortController();
  #installed: InstalledWal;
  #stream: ReplicationStream | null = null;
  #broken: StreamBroken | null = null;

  constructor(parts: SlotFollowerParts<S>) {
    this.#parts = parts;
    this.#installed = parts.installed;
  }

  /**
   * Begins to read; from then on whatever happens is waited out.
   *
   * @throws Error of the server's, such as that another process reads the slot.
   */
  async begin(): Promise<void> {
    await this.#connect();
  }

  /** Breaks off where the tables are not captured any more as they were: the stream alone does not tell. */
  async check(): Promise<void> {
    const stream = this.#stream;
    if (stream === null) return;
    const doubt = await this.#parts.doubt();
    if (doubt !== null && this.#stream === stream) stream.fail(new StreamBroken(doubt));
  }

  /** Tells the server up to where the slot may forget. */
  say(): void {
    this.#stream?.say();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#stream?.stop();
  }

  async #connect(): Promise<void> {
    const { makeClient, receive, serverEnd, confirmed } = this.#parts;
    const stream: ReplicationStream = new ReplicationStream({
      client: this.#installed.connection ?? makeClient({ replication: "database" }),
      isConnected: this.#installed.connection !== null,
      slot: this.#installed.slot,
      publication: this.#installed.publication,
      onMessage: receive,
      onServerEnd: serverEnd,
      confirmed,
      onEnd: (error) => {
        if (this.#stream === stream) void this.#lost(error);
      },
    });
    this.#stream = stream;
    try {
      await stream.begin();
    } catch (error) {
      if (this.#stream === stream) this.#stream = null;
      throw error;
    }
    if (this.#stopped.signal.aborted) await stream.stop();
  }

  async #lost(error: unknown): Promise<void> {
    this.#stream = null;
    if (this.#stopped.signal.aborted) return;
    this.#parts.live(false);
    if (error instanceof StreamBroken) this.#break(error);
    else this.#parts.log.warn({ err: error }, "the stream of changes was lost; connecting again");
    const { signal } = this.#stopped;
    const { log } = this.#parts;
    await tryAgain(() => this.#again(), { signal, log, what: "the stream of changes is still away" });
  }

  async #again(): Promise<void> {
    const { log, startAnew, restart } = this.#parts;
    const doubt = this.#broken ?? (await this.#doubt());
    if (doubt !== null && doubt !== this.#broken) this.#break(doubt);
    if (doubt !== null) {
      const start = await startAnew(this.#installed.epoch);
      await restart(start);
      this.#installed = start.installed;
      this.#broken = null;
      log.warn(
        { slot: start.installed.slot, epoch: start.installed.epoch },
        "a new epoch has begun: all lists are reset",
      );
    }
    await this.#connect();
    log.info({ slot: this.#installed.slot }, "the stream of changes goes on");
    this.#parts.live(true);
  }

  /** Why the slot is not the one that was followed; null where it is. */
  async #doubt(): Promise<StreamBroken | null> {
    const { withClient, received, doubt } = this.#parts;
    const { identity, slot, connection } = this.#installed;
    if (connection !== null)
      return new StreamBroken("The temporary replication slot has ended with its connection.");
    const [here, place] = await withClient(async (client) => [
      await identityOf(client),
      await slotPlace(client, slot),
    ]);
    if (here !== identity) return new StreamBroken("The database is another one, or on another timeline.");
    if (place === null) return new StreamBroken(`The replication slot "${slot}" was lost.`);
    if (place > received()) return new StreamBroken(`The replication slot "${slot}" was moved on.`);
    const reason = await doubt();
    return reason === null ? null : new StreamBroken(reason);
  }

  #break(reason: StreamBroken): void {
    this.#broken = reason;
    this.#parts.log.error(
      { err: reason },
      "the changes cannot be followed any more: a new epoch is to begin",
    );
    this.#parts.broken(reason);
  }
}
