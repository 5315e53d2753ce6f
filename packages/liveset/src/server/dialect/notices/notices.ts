import { LivesetError } from "../../../core/error/liveset-error.ts";
import type { CompiledResource } from "../../compiled-resource.ts";
import type { RequestInfo } from "../../context.ts";
import type { Ask } from "../../live/ask.ts";
import type { Outbox } from "../../live/outbox.ts";
import type { Dialect, Dialogue, DialogueEnd } from "../dialect.ts";
import { readFrame } from "../read-frame.ts";
import { Followed } from "./followed.ts";
import { type NoticePosition, parsePosition, positionAsked } from "./notice-position.ts";
import { eventForm, type NoticesForm, socketForm } from "./notices-form.ts";
import { keysId, NoticesVoice, rowsId } from "./notices-voice.ts";
import type { Watched, Watching } from "./watched.ts";

/** The close code for clients that are not signed in, where they must be: as for a session that has ended. */
const signInFirst = 4401;

/** What is told a form of: frames on a WebSocket, or events of a stream. */
export type NoticesMedium = "socket" | "events";

/**
 * The dialect of SmartNgRX's socket notifications: `{action, table, ids}` for all rows that the client may see, of all watched
 * resources, without its asking. What it hears is what the live lists of whole resources are told.
 */
export function noticesDialect(watching: Watching, isPublic: boolean, medium: NoticesMedium): Dialect {
  return {
    heartbeat: "server",
    closesAnonymous: isPublic ? null : signInFirst,
    movesLists: false,
    open: (end, request) => dialogue(watching, end, request, medium),
  };
}

function dialogue(
  watching: Watching,
  end: DialogueEnd,
  request: RequestInfo,
  medium: NoticesMedium,
): Dialogue {
  const asked = positionAsked(request);
  const since = asked === null || asked === "" ? null : parsePosition(asked);
  const voice = new NoticesVoice(watching, end, formOf(medium, end.outbox, asked !== null), since);
  return {
    voice,
    begin(session, isFirst) {
      const followed = followedIn(watching).filter(({ id }) => !voice.follows(id));
      for (const one of followed) voice.expect(one);
      for (const one of followed) session.follow(one.id, askFor(one, request, isFirst ? since : null));
      voice.bound();
    },
    receive(session, paced, text) {
      const frame = readFrame(text);
      if (!frame.ok) paced.error(null, frame.error);
      else if (frame.up.type === "auth") {
        voice.signIn();
        session.authenticate(frame.up.token);
      } else paced.error(null, new LivesetError("unknown_frame", { detail: "Send auth, or nothing." }));
    },
    refuse(paced, _text, error) {
      paced.error(null, error);
    },
  };
}

function formOf(medium: NoticesMedium, outbox: Outbox, tellsPositions: boolean): NoticesForm {
  return medium === "events" ? eventForm(outbox) : socketForm(outbox, tellsPositions);
}

function followedIn({ watched, parents }: Watching): readonly Followed[] {
  return [
    // First, so that they are known when the first child is told of.
    ...parents.map((resource) => new Followed(keysId(resource.name), resource, null)),
    ...watched.map((one) => new Followed(rowsId(one.resource.name), one.resource, one)),
  ];
}

function askFor({ resource, watched }: Followed, request: RequestInfo, since: NoticePosition | null): Ask {
  const common = { resource: resource.name, action: "list" as const, params: paramsIn(request, resource) };
  if (watched === null) return { ...common, query: { fields: resource.info.key }, rows: "scoped" };
  return {
    ...common,
    rows: false,
    traced: tracedBy(watched),
    ...(since === null ? {} : { since: { cursor: since.cursor, plan: "" }, anyPlan: true as const }),
  };
}

function tracedBy({ parents }: Watched): readonly string[] {
  return [...new Set(parents.flatMap(({ columns }) => columns))].sort();
}

/** A resource's parameters are those that the address of the feed has. */
function paramsIn({ query }: RequestInfo, { options }: CompiledResource): Readonly<Record<string, string>> {
  const given = Object.keys(options.params ?? {}).flatMap((name) => {
    const value = query.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return Object.fromEntries(given);
}
