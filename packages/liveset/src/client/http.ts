import { LivesetError } from "../core/error/liveset-error.ts";
import type { Json } from "../core/json.ts";
import { keyText } from "../core/key/key.ts";
import type { Query } from "../core/protocol/query.ts";
import { printUrlQuery } from "../core/query/print-url-query.ts";
import { type Answer, type BatchOperations, isBatch, type Operation, type Question } from "./operation.ts";
import { aborted } from "./requests.ts";

/** What HTTP calls need. */
export interface HttpOptions {
  /** The address of the REST API, with a slash at its end. */
  readonly restUrl: string;
  readonly fetch: typeof fetch;
  readonly token: () => Promise<string | null>;
}

const methods: Readonly<Record<string, string>> = {
  list: "GET",
  retrieve: "GET",
  create: "POST",
  update: "PUT",
  patch: "PATCH",
  delete: "DELETE",
};

/** Asks over HTTP. Rejects with LivesetError only: `disconnected` where no answer came. */
export async function askHttp(
  options: HttpOptions,
  question: Question,
  signal?: AbortSignal,
): Promise<Answer> {
  const operation: Operation = isBatch(question) ? asOperation(question) : question;
  const { fetch } = options;
  let response: Response;
  let text: string;
  try {
    response = await fetch(urlOf(options.restUrl, operation), {
      method: methods[operation.action] ?? "POST",
      headers: headersOf(operation, await options.token()),
      ...(operation.data === undefined ? {} : { body: JSON.stringify(operation.data) }),
      ...(signal === undefined ? {} : { signal }),
    });
    text = await response.text();
  } catch (cause) {
    if (signal?.aborted) throw aborted(signal);
    throw cause instanceof LivesetError ? cause : new LivesetError("disconnected", { cause });
  }
  const data = parse(text, response);
  if (!response.ok) throw LivesetError.fromProblem(data as Readonly<Record<string, unknown>>);
  return {
    status: response.status,
    data: operation.action === "list" ? page(data, operation) : data,
    etag: response.headers.get("etag")?.replace(/^(W\/)?"|"$/g, "") ?? null,
  };
}

/** A batch goes to the root. */
function asOperation({ operations, mutation }: BatchOperations): Operation {
  const data = { operations } as unknown as Json;
  return { resource: "", action: "create", data, ...(mutation === undefined ? {} : { mutation }) };
}

/** The address of an operation: `tasks/`, `tasks/1/`, `tasks/1/complete/` or `tasks/complete/`, and the query. */
export function urlOf(restUrl: string, { resource, action, key, params, query }: Operation): string {
  const parts = [
    resource,
    ...(key === undefined ? [] : [keyText(key)]),
    ...(action in methods ? [] : [action]),
  ];
  const search = query === undefined ? new URLSearchParams() : printUrlQuery(query);
  for (const [name, value] of Object.entries(params ?? {})) {
    search.append(name, typeof value === "string" ? value : JSON.stringify(value));
  }
  const suffix = search.size === 0 ? "" : `?${search}`;
  if (resource === "") return restUrl;
  return `${restUrl}${parts.map(encodeURIComponent).join("/")}/${suffix}`;
}

/** A page's neighbours are addresses over HTTP; as over the socket they become queries. */
function page(data: Json, { query = {} }: Operation): Json {
  const { next, previous, ...rest } = data as Readonly<Record<string, Json>>;
  return { ...rest, next: neighbour(next, query), previous: neighbour(previous, query) };
}

function neighbour(address: Json | undefined, { offset: _, after: __, ...query }: Query): Json {
  if (typeof address !== "string") return null;
  const given = new URL(address, "http://localhost").searchParams;
  const number = (name: string): object => (given.has(name) ? { [name]: Number(given.get(name)) } : {});
  const after = given.get("after");
  return { ...query, ...number("limit"), ...number("offset"), ...(after === null ? {} : { after }) } as Json;
}

function headersOf(operation: Operation, token: string | null): Record<string, string> {
  return {
    accept: "application/json",
    ...(operation.data === undefined ? {} : { "content-type": "application/json" }),
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(operation.mutation === undefined ? {} : { "idempotency-key": operation.mutation }),
    ...(operation.ifMatch === undefined ? {} : { "if-match": `"${operation.ifMatch}"` }),
  };
}

function parse(text: string, response: Response): Json {
  if (text === "") return response.ok ? null : {};
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    // Not from liveset: a proxy's page, most likely.
    throw new LivesetError(response.status >= 500 ? "unavailable" : "internal", {
      detail: `The answer (${response.status}) is not JSON.`,
      cause,
    });
  }
}
