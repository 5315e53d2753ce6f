/** A notice of the server: rows of a table have changed, or are gone. */
export interface Notice {
  readonly table: string;
  readonly action: string;
  readonly ids: readonly string[];
}

/** What a line of notices does with what it hears. */
export interface NoticeListener {
  notice(notice: Notice): void;
  /** More was missed than the server can tell: everything may have changed. */
  missed(): void;
  /** Whether notices come at this moment. */
  heard(isOpen: boolean): void;
}

/** What else a frame may say; what has a `type` is no notice. */
interface Frame extends Partial<Notice> {
  readonly type?: string;
  readonly since?: string;
}

const pauses = [250, 500, 1_000, 2_000, 4_000];

/**
 * Listens to the server's notices, connects again when the line is lost, and goes on from where it was: what was missed meanwhile is told,
 * or that it cannot be told. Returns what ends it.
 */
export function listenToNotices(url: string, listener: NoticeListener): () => void {
  let since = "";
  let attempts = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let socket: WebSocket | undefined;

  function connect(): void {
    socket = new WebSocket(`${url}?since=${encodeURIComponent(since)}`);
    socket.addEventListener("message", ({ data }) => hear(JSON.parse(String(data))));
    socket.addEventListener("close", () => {
      listener.heard(false);
      timer = setTimeout(connect, pauses[Math.min(attempts++, pauses.length - 1)]);
    });
  }

  function hear({ type, since: position, table, action, ids }: Frame): void {
    if (position !== undefined && position !== null) since = position;
    if (type === "ready" || type === "resumed" || type === "reset") {
      attempts = 0;
      listener.heard(true);
      if (type === "reset") listener.missed();
    }
    if (type !== undefined || table === undefined || action === undefined) return;
    listener.notice({ table, action, ids: ids ?? [] });
  }

  const now = (): void => {
    if (socket?.readyState !== WebSocket.CLOSED) return;
    clearTimeout(timer);
    connect();
  };
  addEventListener("online", now);
  connect();
  return () => {
    clearTimeout(timer);
    removeEventListener("online", now);
    socket?.close();
  };
}
