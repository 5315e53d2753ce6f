/** Options of `natsJetStream`. */
export interface NatsJetStreamOptions {
  /** Name of the stream and beginning of all subjects: one for each application. Letters, digits, `_` and `-`. Default `liveset`. */
  readonly name?: string;
  /** Entries that are kept at most, for clients that come back and nodes that start; 100,000 by default. Taken when the stream is made. */
  readonly count?: number;
  /** Bytes of entries that are kept at most; 256 MiB by default. Taken when the stream is made. */
  readonly bytes?: number;
  /** Bytes of one entry at most: larger transactions are split. 256 KiB by default, 1 KiB at least; the server's `max_payload` must allow it. */
  readonly entryBytes?: number;
  /** Copies of the stream in a NATS cluster; 1 by default. Taken when the stream is made. */
  readonly replicas?: number;
}
