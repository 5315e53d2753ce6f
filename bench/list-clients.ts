import { sharedClock } from "./child.ts";
import { openSockets } from "./open-sockets.ts";

/** What `list-clients.ts` is asked for: the rows that all lists have. */
export type Command = "rows";

export interface Row {
  readonly id: number;
  readonly text: string;
  readonly done: boolean;
  readonly listId: number;
}

/** What `list-clients.ts` says: all lists are open; these tasks changed in a list, and when that was to be seen; all rows of all lists, by list. */
export type Said =
  | "ready"
  | { readonly seen: readonly (readonly [id: number, at: number])[] }
  | { readonly rows: readonly (readonly Row[])[] };

/** A process that follows lists over some sockets, each list once: what is open in list 0, 1, … Started with an address and both numbers. */
const [url = "", sockets = "1", lists = "1"] = process.argv.slice(2);
const each = Number(lists) / Number(sockets);
const rows = Array.from({ length: Number(lists) }, () => new Map<number, Row>());
let ready = 0;
let seen: [number, number][] = [];

interface Frame {
  readonly type: string;
  readonly id: string;
  readonly group: number;
  readonly rows?: readonly Row[];
  readonly enter?: readonly Row[];
  readonly update?: readonly Row[];
  readonly leave?: readonly string[];
}

function follow(): (frame: Frame) => void {
  const byGroup = new Map<number, Map<number, Row>>();
  let changed: number[] = [];
  return (frame) => {
    if (frame.type === "subscribed") {
      const list = rows[Number(frame.id)] ?? new Map();
      byGroup.set(frame.group, list);
      for (const row of frame.rows ?? []) list.set(row.id, row);
      if (++ready === rows.length) say("ready");
    } else if (frame.type === "changes") {
      const list = byGroup.get(frame.group);
      if (list === undefined) throw new Error(`Changes of the group ${frame.group}, which is not open.`);
      changed.push(...apply(list, frame));
    } else if (frame.type === "commit") {
      tell(changed);
      changed = [];
    } else throw new Error(JSON.stringify(frame));
  };
}

/** A row that enters is not there yet; one that changes or leaves is. */
function apply(list: Map<number, Row>, { enter = [], update = [], leave = [] }: Frame): number[] {
  const left = leave.map(Number);
  const wrong = [...enter.filter(({ id }) => list.has(id)), ...update.filter(({ id }) => !list.has(id))];
  if (wrong.length > 0 || left.some((id) => !list.has(id)))
    throw new Error("A change does not fit its list.");
  for (const id of left) list.delete(id);
  for (const row of [...enter, ...update]) list.set(row.id, row);
  return [...left, ...[...enter, ...update].map(({ id }) => id)];
}

function tell(changed: readonly number[]): void {
  const at = sharedClock();
  // A message for each would be a load of its own.
  if (seen.length === 0)
    setTimeout(() => {
      say({ seen });
      seen = [];
    }, 20);
  for (const id of changed) seen.push([id, at]);
}

function say(said: Said): void {
  process.send?.(said);
}

process.on("message", () => say({ rows: rows.map((list) => [...list.values()]) }));
await openSockets(Number(sockets), url, (socket, index) => {
  const take = follow();
  socket.on("message", (data) => {
    const frame = JSON.parse(String(data)) as Frame;
    if (frame.type !== "welcome") return take(frame);
    for (let list = index * each; list < (index + 1) * each; list++) {
      const query = { where: { listId: list, done: false } };
      socket.send(
        JSON.stringify({ type: "subscribe", id: String(list), resource: "tasks", action: "list", query }),
      );
    }
  });
});
