import type { Resource } from "../../resource.ts";

/** How a resource is served as a stream to clients of Django Channels REST Framework. */
export interface StreamOptions {
  /** The resource's name, or what `resource` gave. */
  readonly resource: string | Resource;
  /** What the client calls the key of a row (dcrf-client's `pkField`, which is `pk` unless it says otherwise). Default: the column's name. */
  readonly pkField?: string;
  /**
   * How `list` answers: all rows as an array (`none`, the default), a page (`limit-offset`: `{count, results, limit, offset}`), or page
   * after page by itself (`streamed`). `pageSize` and `maxPageSize` of the resource bound the pages.
   */
  readonly pagination?: "none" | "limit-offset" | "streamed";
}

/** How clients of Django Channels REST Framework are served. */
export interface DcrfOptions {
  /** Streams by the names that clients use, beside one for each resource of its own name. */
  readonly streams?: Readonly<Record<string, string | Resource | StreamOptions>>;
}
