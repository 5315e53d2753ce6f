import { type Code, codeEntry, codes } from "../core/error/codes.ts";
import { LivesetError } from "../core/error/liveset-error.ts";

/** What a close code means; one that is not of the table is a lost connection. */
export function closeError(code: number): LivesetError {
  const known = (Object.keys(codes) as Code[]).find((name) => codeEntry(name).close === code);
  return new LivesetError(known ?? "disconnected");
}

/** Whether connecting again would only be refused again: the server closed for who the client is. */
export function isRefusal(error: LivesetError): boolean {
  return error.code === "session_expired" || error.code === "origin_refused";
}
