import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { TextResponse } from "../rest/text-response.ts";

/** Writes a whole answer at once. To HEAD, Node itself sends the headers alone. */
export function sendText({ status, headers, content }: TextResponse, to: ServerResponse): void {
  const sent: OutgoingHttpHeaders = Object.fromEntries(headers);
  const cookies = headers.getSetCookie();
  if (cookies.length > 0) sent["set-cookie"] = cookies;
  sent["content-length"] = Buffer.byteLength(content);
  to.writeHead(status, sent);
  to.end(content);
}
