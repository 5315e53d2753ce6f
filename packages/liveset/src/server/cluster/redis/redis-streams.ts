import { LivesetError } from "../../../core/error/liveset-error.ts";
import type { ClusterLog, LogEnds, LogEntry, LogFollower, LogOptions, LogPlace } from "../cluster-log.ts";
import { followLog } from "../follow-log.ts";
import { Listeners } from "../listeners.ts";
import { connectRedis, type RedisConnection } from "./connect-redis.ts";
import type { RedisStreamsOptions } from "./redis-options.ts";
import { redisSource } from "./redis-source.ts";
import { appendScript, beginScript, endsScript } from "./scripts.ts";
import { entryOf, placeOfId } from "./stream-entry.ts";

export type { ClusterLog } from "../cluster-log.ts";
export type { RedisStreamsOptions } from "./redis-options.ts";

/**
 * A cluster's log in Redis (6.2 or later, or a server that speaks as it does), by the package `redis`: a stream, and publish and
 * subscribe for messages. All keys have one hash tag, so that it works in a Redis Cluster's node too.
 *
 * What Redis loses, by a restart without persistence or by a failover, costs the cluster's clients a reset and no more: the truth is in
 * the database.
 *
 * @param url `redis[s]://[[user][:password]@]host[:port][/database]`
 * @throws RangeError where an option makes no sense
 *
 * @example
 * ```ts
 * import { redisStreams } from "liveset/redis";
 *
 * const cluster = redisStreams("redis://localhost:6379", { name: "todo", count: 50_000 });
 * ```
 */
export function redisStreams(url: string, options: RedisStreamsOptions = {}): ClusterLog {
  const { name = "liveset", count = 100_000, bytes = 256 * 1024 * 1024, entryBytes = 256 * 1024 } = options;
  if (!(count >= 1 && bytes >= 1)) throw new RangeError("redisStreams: count and bytes must be positive.");
  if (!(entryBytes >= 1024)) throw new RangeError("redisStreams: entryBytes must be 1,024 or more.");
  return new RedisLog(url, { name, count, bytes, entryBytes });
}

/** What there is between `open` and `close`. */
interface Opened {
  readonly options: LogOptions;
  readonly commands: RedisConnection;
  readonly messages: RedisConnection;
}

class RedisLog implements ClusterLog {
  readonly entryBytes: number;
  readonly #url: string;
  readonly #settings: Required<RedisStreamsOptions>;
  readonly #stream: string;
  readonly #keys: [string, string];
  readonly #channel: string;
  readonly #listeners = new Listeners();
  readonly #followers = new Set<() => void>();
  #opened: Opened | null = null;

  constructor(url: string, settings: Required<RedisStreamsOptions>) {
    this.#url = url;
    this.#settings = settings;
    this.entryBytes = settings.entryBytes;
    this.#stream = `{${settings.name}}:log`;
    this.#keys = [this.#stream, `{${settings.name}}:meta`];
    this.#channel = `{${settings.name}}:messages`;
  }

  async open(options: LogOptions): Promise<void> {
    if (this.#opened !== null) throw new TypeError("The log is open already.");
    const made: RedisConnection[] = [];
    try {
      const commands = await this.#connect(options);
      made.push(commands);
      const messages = await this.#connect(options);
      made.push(messages);
      messages.on("ready", () => this.#listeners.missed());
      await messages.subscribe(this.#channel, (message) => this.#listeners.hear(message));
      this.#opened = { options, commands, messages };
    } catch (error) {
      for (const connection of made) connection.destroy();
      throw unavailable(error);
    }
  }

  async ends(): Promise<LogEnds | null> {
    const [epoch, first, last] = (await this.#run(endsScript, [])) as string[];
    if (epoch === undefined || first === undefined || last === undefined) return null;
    return { epoch, first: placeOfId(first), last: placeOfId(last) };
  }

  async begin(text: string, instead: LogEnds | null): Promise<LogPlace | null> {
    const epoch = crypto.randomUUID();
    const place = (instead?.last ?? 0) + 1;
    const there = instead === null ? ["", ""] : [instead.epoch, `${instead.last}-0`];
    const begun = await this.#run(beginScript, [...there, epoch, String(place), text]);
    return begun === 1 ? { epoch, place } : null;
  }

  async append(texts: readonly string[], after: LogPlace): Promise<LogPlace | null> {
    const { count, bytes } = this.#settings;
    const head = [after.epoch, String(after.place), String(count), String(bytes)];
    const entries = texts.flatMap((text, i) => [String(after.place + i + 1), text]);
    const appended = await this.#run(appendScript, [...head, ...entries]);
    return appended === 1 ? { epoch: after.epoch, place: after.place + texts.length } : null;
  }

  async read(after: LogPlace, limit: number): Promise<readonly LogEntry[] | null> {
    const rows = await this.#try(({ commands }) =>
      commands.xRange(this.#stream, `${after.place + 1}-0`, "+", { COUNT: limit }),
    );
    const entries = (rows ?? []).map((row) => entryOf(row, after.epoch));
    if (entries.includes(null)) return null;
    if (entries.length > 0) return entries[0]?.place === after.place + 1 ? (entries as LogEntry[]) : null;
    const ends = await this.ends();
    return ends?.epoch === after.epoch && ends.last === after.place ? [] : null;
  }

  follow(after: LogPlace, follower: LogFollower): () => void {
    const { options } = this.#open();
    const source = redisSource(this.#stream, () => this.#connect(options));
    const end = followLog({ ends: () => this.ends(), source, ...options }, after, follower);
    this.#followers.add(end);
    return () => {
      this.#followers.delete(end);
      end();
    };
  }

  async send(message: string): Promise<void> {
    await this.#try(({ commands }) => commands.publish(this.#channel, message));
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
    opened?.commands.destroy();
    opened?.messages.destroy();
  }

  #connect({ log }: LogOptions): Promise<RedisConnection> {
    return connectRedis(this.#url, log);
  }

  #run(script: string, args: string[]): Promise<unknown> {
    return this.#try(({ commands }) => commands.eval(script, { keys: this.#keys, arguments: args }));
  }

  async #try<T>(work: (opened: Opened) => Promise<T>): Promise<T> {
    const opened = this.#open();
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

function unavailable(cause: unknown): LivesetError {
  if (cause instanceof LivesetError) return cause;
  return new LivesetError("unavailable", {
    detail: "The cluster's Redis cannot be used at the moment.",
    cause,
  });
}
