import type { Counts } from "./counts.fixture.ts";
import type { Oracle } from "./oracle.fixture.ts";
import type { Rights } from "./rights.fixture.ts";
import type { Timeline } from "./timeline.fixture.ts";

/** What all parts of one history share. */
export interface Stage {
  readonly timeline: Timeline;
  readonly oracle: Oracle;
  readonly rights: Rights;
  readonly counts: Counts;
  /** Bytes that may wait in a socket. */
  readonly bufferedBytes: number;
  /** Says that something is not as it was promised. Never throws: the server would catch it. */
  fault(text: string): void;
}
