/** Options of `redisStreams`. */
export interface RedisStreamsOptions {
  /** Begins the names of all keys and channels: one for each application that shares a Redis. Default `liveset`. */
  readonly name?: string;
  /** Entries that are kept at most, for clients that come back and nodes that start; 100,000 by default. */
  readonly count?: number;
  /** Bytes of entries that are kept at most; 256 MiB by default. */
  readonly bytes?: number;
  /** Bytes of one entry at most: larger transactions are split. 256 KiB by default, 1 KiB at least. */
  readonly entryBytes?: number;
}
