/** The address of the socket: `http` becomes `ws`, and a path is taken from the page's own address. */
export function socketUrlOf(url: string | URL): string {
  const page = (globalThis as { location?: Location }).location;
  const result = new URL(url, page?.href);
  result.protocol = result.protocol.replace(/^http/, "ws");
  return result.href;
}

/** The address of the REST API of a server: `/api/` beside its `/ws/`. */
export function restUrlOf(socketUrl: string): string {
  const result = new URL(socketUrl.replace(/^ws/, "http"));
  result.pathname = result.pathname.replace(/[^/]+\/?$/, "api/");
  result.search = "";
  return result.href;
}
