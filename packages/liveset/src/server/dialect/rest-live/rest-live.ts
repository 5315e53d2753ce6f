import { LivesetError, toLivesetError } from "../../../core/error/liveset-error.ts";
import type { WireRow } from "../../../core/json.ts";
import type { CompiledResource } from "../../compiled-resource.ts";
import type { Session } from "../../live/session.ts";
import type { Voice } from "../../live/voice.ts";
import type { Dialect, Dialogue, DialogueEnd } from "../dialect.ts";
import { memo } from "../memo.ts";
import { FrameError } from "./frame-error.ts";
import type { SubscribeFrame } from "./frames.ts";
import { Listeners } from "./listener.ts";
import { readAsk } from "./read-ask.ts";
import { fault, idOf, readFrame } from "./read-frame.ts";
import { type RestLiveParts, RestLiveVoice } from "./rest-live-voice.ts";

/** The close code of django-rest-live's private routers for those who are not signed in. */
const privateEndpoint = 4003;

/**
 * The dialect of django-rest-live 0.7.0: subscriptions to a model's list or to one of its rows, answered by nothing but broadcasts.
 *
 * @param resources what may be subscribed to, named by the label of their model
 * @param isPublic whether clients that are nobody may speak; else they are closed with 4003
 */
export function restLiveDialect(resources: Iterable<CompiledResource>, isPublic: boolean): Dialect {
  const parts: RestLiveParts = {
    resources: new Map([...resources].map((resource) => [resource.model, resource])),
    rowText: memo((row: WireRow) => JSON.stringify(row)),
  };
  return {
    heartbeat: "server",
    closesAnonymous: isPublic ? null : privateEndpoint,
    movesLists: false,
    open: (end) => dialogue(parts, end),
  };
}

function dialogue(parts: RestLiveParts, end: DialogueEnd): Dialogue {
  const listeners = new Listeners();
  return {
    voice: new RestLiveVoice(parts, end, listeners),
    receive(session, voice, text) {
      const frame = readFrame(text);
      if (frame.type === "fault") voice.error(null, new FrameError(frame));
      else if (frame.type === "subscribe") subscribe(parts, listeners, session, voice, frame);
      else {
        const listener = listeners.named(frame.id);
        if (listener === undefined) return voice.error(null, new FrameError(neverSubscribed(frame.id)));
        listeners.remove(listener);
        listener.end();
      }
    },
    refuse(voice, text, error) {
      voice.error(null, new FrameError(fault(idOf(text), error.status, error.message)));
    },
  };
}

function subscribe(
  { resources }: RestLiveParts,
  listeners: Listeners,
  session: Session,
  voice: Voice,
  frame: SubscribeFrame,
): void {
  const listener = listeners.add(frame, (id) => session.unsubscribe(id));
  if (listener === null) {
    const message = "A subscription with this id is already open.";
    return voice.error(null, new FrameError(fault(frame.id, 400, message)));
  }
  try {
    const resource = resources.get(frame.model);
    if (resource === undefined) throw new LivesetError("unknown_resource");
    session.subscribe(listener.id, readAsk(frame, resource));
  } catch (thrown) {
    voice.error(listener.id, toLivesetError(thrown));
  }
}

function neverSubscribed(id: SubscribeFrame["id"]): ReturnType<typeof fault> {
  return fault(id, 404, "Attempted to unsubscribe for request ID before subscribing.");
}
