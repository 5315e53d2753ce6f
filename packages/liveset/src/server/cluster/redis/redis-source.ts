import type { LogEntry, LogPlace } from "../cluster-log.ts";
import type { EntrySource } from "../follow-log.ts";
import type { RedisConnection } from "./connect-redis.ts";
import { entryOf, type StreamRow } from "./stream-entry.ts";

/** Entries that are read at a time. */
const batch = 500;

/** How long a read waits for the next entry, in ms. */
const patience = 1_000;

/** Follows a stream by reads that wait, on a connection of its own, made at need. */
export function redisSource(stream: string, connect: () => Promise<RedisConnection>): EntrySource {
  let connection: RedisConnection | null = null;
  let ended = false;
  const connected = async (): Promise<RedisConnection> => {
    if (connection !== null) return connection;
    const made = await connect();
    if (ended) made.destroy();
    connection = made;
    return made;
  };
  return {
    pull: async ({ epoch, place }: LogPlace): Promise<readonly LogEntry[]> => {
      const read = await (await connected()).xRead(
        { key: stream, id: `${place}-0` },
        { COUNT: batch, BLOCK: patience },
      );
      const [found] = (read ?? []) as readonly { readonly messages: readonly StreamRow[] }[];
      const entries: LogEntry[] = [];
      for (const row of found?.messages ?? []) {
        const entry = entryOf(row, epoch);
        if (entry === null) break;
        entries.push(entry);
      }
      return entries;
    },
    end: () => {
      ended = true;
      connection?.destroy();
    },
  };
}
