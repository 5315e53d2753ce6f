import type { IncomingMessage } from "node:http";

/** A WebSocket's handshake as a web-standard request; null where its URL or its Host makes none. */
export function handshakeRequest(incoming: IncomingMessage): Request | null {
  const scheme = "encrypted" in incoming.socket ? "https" : "http";
  const url = `${scheme}://${incoming.headers.host ?? "localhost"}${incoming.url ?? "/"}`;
  if (!URL.canParse(url)) return null;
  const headers = new Headers();
  for (let i = 0; i + 1 < incoming.rawHeaders.length; i += 2) {
    headers.append(incoming.rawHeaders[i] ?? "", incoming.rawHeaders[i + 1] ?? "");
  }
  return new Request(url, { headers });
}
