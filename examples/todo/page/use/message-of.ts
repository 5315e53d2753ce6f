import { LivesetError } from "liveset/client";

/** What to tell a person about something that failed. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof LivesetError)) return "Something went wrong on this page. Reload it to be safe.";
  if (thrown.code === "not_found") return "It is not there any more.";
  return thrown.errors?.[0]?.message ?? thrown.message;
}
