/** What `subscribers.ts` is to do. */
export interface SubscriberPlan {
  readonly url: string;
  readonly sockets: number;
  /** Of each socket. */
  readonly subscriptions: number;
  /** Frames that each socket is sent for one change. */
  readonly frames: number;
  /** `shared`: each socket follows the same lists, and task 1 is in all of them. `own`: no list is followed twice by one process. */
  readonly lists: "shared" | "own";
  /** Where the numbers of own lists begin, so that those of several processes differ. */
  readonly first?: number;
}

/** What `subscribers.ts` says. */
export type Told = "ready" | { readonly at: number; readonly frames: readonly string[] };
