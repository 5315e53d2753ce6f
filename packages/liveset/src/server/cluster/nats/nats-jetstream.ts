import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  type JetStreamPublishOptions,
  jetstream,
  jetstreamManager,
} from "@nats-io/jetstream";
import { LivesetError } from "../../../core/error/liveset-error.ts";
import type { ClusterLog, LogEnds, LogEntry, LogFollower, LogOptions, LogPlace } from "../cluster-log.ts";
import { followLog } from "../follow-log.ts";
import { Listeners } from "../listeners.ts";
import { answerTime, connectNats, type NatsLink } from "./connect-nats.ts";
import type { NatsJetStreamOptions } from "./nats-options.ts";
import { natsSource } from "./nats-source.ts";
import { epochOf, firstPlaceOf, makeEpoch, noEpoch, subjectOf } from "./subjects.ts";

export type { ClusterLog } from "../cluster-log.ts";
export type { NatsJetStreamOptions } from "./nats-options.ts";

/** The code of the server's where the last message has not the expected id. */
const wrongLastMessage = 10070;

/** Messages of a stream that are asked for at the same time. */
const parallel = 64;

/**
 * A cluster's log in NATS JetStream (2.9 or later), by the packages `@nats-io/jetstream` and `@nats-io/transport-node`: a stream, and
 * plain subjects for messages. A place is the sequence number of the stream. Entries are never dropped by age: an application that
 * rests keeps the place where it is.
 *
 * What JetStream loses costs the cluster's clients a reset and no more: the truth is in the database.
 *
 * @param url `nats://[user:password@]host[:port]`, `nats://token@host`, `tls://…`; several servers of one cluster as an array, with
 * the credentials of the first
 * @throws RangeError where an option makes no sense
 *
 * @example
 * ```ts
 * import { natsJetStream } from "liveset/nats";
 *
 * const cluster = natsJetStream("nats://localhost:4222", { name: "todo", replicas: 3 });
 * ```
 */
export function natsJetStream(
  url: string | readonly string[],
  options: NatsJetStreamOptions = {},
): ClusterLog {
  const { name = "liveset", count = 100_000, bytes = 256 * 1024 * 1024 } = options;
  const { entryBytes = 256 * 1024, replicas = 1 } = options;
  if (!/^[\w-]+$/.test(name))
    throw new RangeError(`natsJetStream: "${name}" cannot be the name of a stream.`);
  if (!(count >= 1 && bytes >= 1)) throw new RangeError("natsJetStream: count and bytes must be positive.");
  if (!(entryBytes >= 1024)) throw new RangeError("natsJetStream: entryBytes must be 1,024 or more.");
  const urls = typeof url === "string" ? [url] : url;
  return new NatsLog(urls, { name, count, bytes, entryBytes, replicas });
}

/** What there is between `open` and `close`. */
interface Opened {
  readonly options: LogOptions;
  readonly link: NatsLink;
  readonly stream: JetStreamClient;
  readonly manager: JetStreamManager;
}

/** The end of a stream, and of the log in it where one was begun. */
interface StreamEnd {
  /** Number of the last message. */
  readonly last: number;
  readonly ends: LogEnds | null;
}

class NatsLog implements ClusterLog {
  readonly entryBytes: number;
  readonly #urls: readonly string[];
  readonly #settings: Required<NatsJetStreamOptions>;
  readonly #listeners = new Listeners();
  readonly #followers = new Set<() => void>();
  #opened: Opened | null = null;

  constructor(urls: readonly string[], settings: Required<NatsJetStreamOptions>) {
    this.#urls = urls;
    this.#settings = settings;
    this.entryBytes = settings.entryBytes;
  }

  async open(options: LogOptions): Promise<void> {
    if (this.#opened !== null) throw new TypeError("The log is open already.");
    const { name } = this.#settings;
    try {
      const link = await connectNats(this.#urls, name, options.log, () => this.#listeners.missed());
      try {
        const { nats } = link;
        nats.subscribe(`${name}.messages`, {
          callback: (error, message) => {
            if (error === null) this.#listeners.hear(message.string());
          },
        });
        const [stream, manager] = [jetstream(nats, { timeout: answerTime }), await jetstreamManager(nats)];
        // So that what is sent from now on is heard.
        await nats.flush();
        this.#opened = { options, link, stream, manager };
      } catch (error) {
        await link.nats.close();
        throw error;
      }
    } catch (error) {
      throw unavailable(error);
    }
  }

  ends(): Promise<LogEnds | null> {
    return this.#try(async (opened) => (await this.#look(opened))?.ends ?? null);
  }

  begin(text: string, instead: LogEnds | null): Promise<LogPlace | null> {
    return this.#try(async (opened) => {
      const state = (await this.#look(opened)) ?? (await this.#make(opened));
      if (state.ends?.epoch !== instead?.epoch || state.ends?.last !== instead?.last) return null;
      const epoch = makeEpoch(state.last + 1);
      const place = await this.#publish(opened, epoch, text, { expect: { lastSequence: state.last } });
      if (place === null) return null;
      // Nobody reads the entries before it. If this fails, the bounds of the stream will do.
      if (instead !== null) {
        const filter = subjectOf(this.#settings.name, instead.epoch);
        await opened.manager.streams.purge(this.#settings.name, { filter }).catch(() => {});
      }
      return { epoch, place };
    });
  }

  append(texts: readonly string[], { epoch, place }: LogPlace): Promise<LogPlace | null> {
    return this.#try(async (opened) => {
      const id = crypto.randomUUID();
      const published = texts.map((text, i) => {
        const expect = {
          // Of the stream and of the epoch's subject: a stream that was made anew may be as long as the one before.
          lastSequence: place + i,
          lastSubjectSequence: place + i,
          // They are sent without waiting. Another writer's entry must not be taken for the one of ours that it kept out.
          ...(i === 0 ? {} : { lastMsgID: `${id}-${i - 1}` }),
        };
        return this.#publish(opened, epoch, text, { expect, msgID: `${id}-${i}` });
      });
      const [first, ...others] = await settled(published);
      if (first === null) return null;
      if (others.includes(null)) throw new Error("Entries were refused after the first of them.");
      return { epoch, place: place + texts.length };
    });
  }

  read(after: LogPlace, limit: number): Promise<readonly LogEntry[] | null> {
    return this.#try(async ({ manager }) => {
      const ends = await this.ends();
      if (ends === null || ends.epoch !== after.epoch) return null;
      if (ends.first > after.place + 1 || ends.last < after.place) return null;
      const count = Math.min(limit, ends.last - after.place);
      const entries: LogEntry[] = [];
      while (entries.length < count) {
        const begin = after.place + 1 + entries.length;
        const portion = Math.min(parallel, count - entries.length);
        const messages = await Promise.all(
          Array.from({ length: portion }, (_, i) =>
            manager.streams.getMessage(this.#settings.name, { seq: begin + i }),
          ),
        );
        for (const message of messages) {
          if (message === null || epochOf(message.subject) !== after.epoch) return null;
          entries.push({ place: message.seq, text: message.string() });
        }
      }
      return entries;
    });
  }

  follow(after: LogPlace, follower: LogFollower): () => void {
    const { options, link, stream } = this.#open();
    const source = natsSource({ name: this.#settings.name, link, stream, clock: options.clock });
    const end = followLog({ ends: () => this.ends(), source, ...options }, after, follower);
    this.#followers.add(end);
    return () => {
      this.#followers.delete(end);
      end();
    };
  }

  send(message: string): Promise<void> {
    return this.#try(async ({ link }) => {
      link.nats.publish(`${this.#settings.name}.messages`, message);
      await link.nats.flush();
    });
  }

  listen(listener: (message: string) => void, missed?: () => void): () => void {
    return this.#listeners.add(listener, missed);
  }

  async close(): Promise<void> {
    for (const end of this.#followers) end();
    this.#followers.clear();
    this.#listeners.clear();
    const opened = this.#opened;
    this.#opened = null;
    await opened?.link.nats.close();
  }

  /** What the stream holds; null where there is none, or one that was not made whole. */
  async #look({ manager }: Opened): Promise<StreamEnd | null> {
    const { name } = this.#settings;
    try {
      const { state } = await manager.streams.info(name);
      const { first_seq: first, last_seq: last, messages } = state;
      if (last === 0) return null;
      const newest = messages === 0 ? null : await manager.streams.getMessage(name, { seq: last });
      const epoch = newest === null ? noEpoch : epochOf(newest.subject);
      if (epoch === noEpoch) return { last, ends: null };
      return { last, ends: { epoch, first: Math.max(first, firstPlaceOf(epoch)), last } };
    } catch (error) {
      if (hasCode(error, JetStreamApiCodes.StreamNotFound)) return null;
      throw error;
    }
  }

  /** Makes the stream, with a first message: servers before 2.10 do not heed that a stream is expected to be empty. */
  async #make(opened: Opened): Promise<StreamEnd> {
    const { name, count, bytes, replicas } = this.#settings;
    await opened.manager.streams.add({
      name,
      subjects: [subjectOf(name, "*")],
      discard: DiscardPolicy.Old,
      max_msgs: count,
      max_bytes: bytes,
      num_replicas: replicas,
    });
    await this.#publish(opened, noEpoch, "", { expect: { lastSubjectSequence: 0 } });
    const made = await this.#look(opened);
    if (made === null) throw new Error("The stream was removed while it was made.");
    return made;
  }

  /** The place of the entry, null where the stream's end is not the expected one. */
  async #publish(
    { stream }: Opened,
    epoch: string,
    text: string,
    options: Partial<JetStreamPublishOptions>,
  ): Promise<number | null> {
    try {
      return (await stream.publish(subjectOf(this.#settings.name, epoch), text, options)).seq;
    } catch (error) {
      const { StreamWrongLastSequence, StreamWrongLastSequenceUnknown } = JetStreamApiCodes;
      const refusals = [StreamWrongLastSequence, StreamWrongLastSequenceUnknown, wrongLastMessage];
      if (refusals.some((code) => hasCode(error, code))) return null;
      // Nobody stores the subject: the stream is gone, or the connection.
      if (await this.#isGone()) return null;
      throw error;
    }
  }

  async #isGone(): Promise<boolean> {
    return (await this.ends().catch(() => undefined)) === null;
  }

  async #try<T>(work: (opened: Opened) => Promise<T>): Promise<T> {
    const opened = this.#open();
    if (!opened.link.up()) throw unavailable(new Error("not connected"));
    try {
      return await work(opened);
    } catch (error) {
      throw unavailable(error);
    }
  }

  #open(): Opened {
    if (this.#opened === null)
      throw new LivesetError("unavailable", { detail: "The cluster's log is not open." });
    return this.#opened;
  }
}

/** Waits for all, then gives what they gave, or throws what the first that failed threw. */
async function settled<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

function hasCode(error: unknown, code: number): boolean {
  return error instanceof JetStreamApiError && error.code === code;
}

function unavailable(cause: unknown): LivesetError {
  if (cause instanceof LivesetError) return cause;
  return new LivesetError("unavailable", {
    detail: "The cluster's NATS cannot be used at the moment.",
    cause,
  });
}
