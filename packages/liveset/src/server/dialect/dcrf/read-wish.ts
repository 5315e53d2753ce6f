import type { Json } from "../../../core/json.ts";
import type { Wish } from "../../live/requests.ts";
import { findAction } from "../../operation/run-action.ts";
import type { Frame } from "./frame.ts";
import { readData } from "./read-data.ts";
import { readRow } from "./read-key.ts";
import { type Page, readPage } from "./read-page.ts";
import { readParams, readQuery, withData } from "./read-query.ts";
import type { Stream } from "./stream.ts";

/** What a frame asks the session for, and of a list in pages the first of them. */
export interface ReadWish {
  readonly wish: Wish;
  readonly page: Page | null;
}

/**
 * An operation or action that a frame asks for.
 *
 * @param pageSize rows of a page at most, whatever the resource says
 * @throws LivesetError for a payload that cannot be understood, `method_not_allowed` for an action that the stream does not have.
 */
export function readWish(stream: Stream, { action, payload }: Frame, pageSize: number): ReadWish {
  const { resource } = stream;
  const params = readParams(resource, action === "list" ? withData(payload) : payload);
  const common = { resource: resource.name, action, params };
  switch (action) {
    case "list":
      return readList(stream, payload, common, pageSize);
    case "retrieve":
      return plain({
        ...common,
        ...readRow(payload, stream),
        query: readQuery(resource, payload, "retrieve"),
      });
    case "create":
      return plain({ ...common, data: readData(stream, "create", payload) });
    case "update":
    case "patch":
      return plain({
        ...common,
        ...readRow(payload, stream),
        data: readData(stream, action, payload),
      });
    case "delete":
      return plain({ ...common, ...readRow(payload, stream) });
    default:
      return plain({ ...common, ...readArguments(stream, action, payload) });
  }
}

function plain(wish: Wish): ReadWish {
  return { wish, page: null };
}

function readList(
  { resource, pagination }: Stream,
  payload: Frame["payload"],
  common: Pick<Wish, "resource" | "action" | "params">,
  pageSize: number,
): ReadWish {
  const query = readQuery(resource, payload, "list");
  if (pagination === "none") return plain({ ...common, query, whole: true });
  const page = readPage(withData(payload), resource, pageSize);
  return pagination === "streamed"
    ? { wish: { ...common, query, whole: true }, page }
    : { wish: { ...common, query: { ...query, ...page } }, page };
}

/** An action's arguments stand in the payload itself or in its `data`; one that takes no input is not given any. */
function readArguments(
  stream: Stream,
  name: string,
  payload: Frame["payload"],
): Pick<Wish, "key" | "lookup" | "data"> {
  const action = findAction(stream.resource, name);
  const { pk, ...rest }: Readonly<Record<string, Json>> = withData(payload);
  const given = action.detail || pk === undefined ? rest : { pk, ...rest };
  const data = payload.data;
  const input = typeof data === "object" && !Array.isArray(data) ? given : { ...given, data: data ?? null };
  return {
    ...(action.detail ? readRow(payload, stream) : {}),
    ...(action.input === undefined ? {} : { data: data === undefined ? given : input }),
  };
}
