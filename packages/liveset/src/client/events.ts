/** What the client hears from its surroundings, beside the socket. Each function returns one that ends it. */
export interface Surroundings {
  /** The network is back, or the page is looked at again: a good moment to try. */
  onWake(callback: () => void): () => void;
  /** The network is said to be gone: a good moment to ask the server for a sign of life. */
  onDoubt(callback: () => void): () => void;
}

type Target = Partial<Pick<EventTarget, "addEventListener" | "removeEventListener">>;

/** The browser's events; where there is no window or document, or one without events as in React Native, none. */
export function browserSurroundings(): Surroundings {
  const page = (globalThis as { document?: Document }).document;
  const win = (globalThis as { window?: Window }).window;
  return {
    onWake(callback) {
      const seen = (): void => {
        if (page?.visibilityState === "visible") callback();
      };
      const ends = [on(win, "online", callback), on(page, "visibilitychange", seen)];
      return () => {
        for (const end of ends) end();
      };
    },
    onDoubt: (callback) => on(win, "offline", callback),
  };
}

function on(target: Target | undefined, type: string, callback: () => void): () => void {
  target?.addEventListener?.(type, callback);
  return () => target?.removeEventListener?.(type, callback);
}
