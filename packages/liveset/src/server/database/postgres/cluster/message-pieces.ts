/** Code points of a piece: a notification has fewer than 8,000 bytes, and a code point at most four. */
const longest = 1_900;

/** A message as payloads of notifications, `<part>/<parts>:<text>`; one where it is short. */
export function cutMessage(message: string): string[] {
  const points = Array.from(message);
  const parts = Math.max(1, Math.ceil(points.length / longest));
  return Array.from(
    { length: parts },
    (_, part) => `${part}/${parts}:${points.slice(part * longest, (part + 1) * longest).join("")}`,
  );
}

/** Makes messages of payloads. Those of one message follow each other; what does not fit is none of ours, and passed over. */
export class MessageJoiner {
  #pieces: string[] = [];

  /** The message that a payload completes, else null. */
  add(payload: string): string | null {
    const match = /^(\d+)\/(\d+):/.exec(payload);
    if (match === null) return null;
    const [head, part, parts] = [match[0], Number(match[1]), Number(match[2])];
    if (part === 0) this.#pieces = [];
    if (part !== this.#pieces.length) return null;
    this.#pieces.push(payload.slice(head.length));
    if (this.#pieces.length < parts) return null;
    return this.#pieces.splice(0).join("");
  }
}
