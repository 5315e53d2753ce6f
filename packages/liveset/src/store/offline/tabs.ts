/** How the tabs of one origin agree. */
export interface Tabs {
  /** Calls back when this tab is the one that may act, until the returned function is called. Of all tabs one may at a time. */
  lead(begin: () => void): () => void;
  /** Tells the other tabs. */
  tell(message: unknown): void;
  /** Hears what other tabs tell, until the returned function is called. */
  hear(listener: (message: unknown) => void): () => void;
}

/**
 * The tabs of a browser, by Web Locks and a BroadcastChannel: when the leading one is closed or crashes, another one leads.
 * Where there is neither, a tab is alone.
 *
 * @param name what they agree about
 */
export function browserTabs(name: string): Tabs {
  const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(name);
  // In Node a channel would keep the process alive.
  (channel as { unref?(): void } | null)?.unref?.();
  const locks = typeof navigator === "undefined" ? undefined : navigator.locks;
  return {
    lead(begin) {
      if (locks === undefined) {
        begin();
        return () => {};
      }
      const waiting = new AbortController();
      let release = (): void => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const lead = (): Promise<void> => {
        if (waiting.signal.aborted) return Promise.resolve();
        begin();
        return held;
      };
      locks.request(name, { signal: waiting.signal }, lead).catch(() => {});
      return () => {
        waiting.abort();
        release();
      };
    },
    tell: (message) => channel?.postMessage(message),
    hear(listener) {
      const heard = (event: Event): void => listener((event as Event & { readonly data?: unknown }).data);
      channel?.addEventListener("message", heard);
      return () => channel?.removeEventListener("message", heard);
    },
  };
}
