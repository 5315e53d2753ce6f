/** What the rows of a resource are called in notices. */
export interface NoticeName {
  /** Default: the resource's name. */
  readonly table?: string;
  /** What each id begins with, such as `docs:`. Default: nothing. */
  readonly prefix?: string;
}

/** How clients of SmartNgRX are told of changes. */
export interface NoticesOptions {
  /** Path of the WebSocket. Default `/ws/notifications/`. */
  readonly path?: string;
  /**
   * Path of the same feed as Server-Sent Events, below `prefix`; false: none. Default `notifications`, unless a resource has this name.
   */
  readonly events?: string | false;
  /** False: clients that are not signed in are closed with 4401. Default: true; scopes and permissions say what they hear. */
  readonly public?: boolean;
  /** Names of the resources whose changes are told. Default: all. Of these, a client hears of those that it may list. */
  readonly resources?: readonly string[];
  /** Other names for the rows of a resource, where the server is to know what its clients call them. Default: none. */
  readonly translate?: { readonly [resource: string]: NoticeName };
  /**
   * Rows of the clients' own that have a resource's rows as their children, such as the one row of SmartNgRX's top
   * entity: `{ locations: { table: "top", id: "1" } }`. Default: none.
   */
  readonly roots?: { readonly [resource: string]: { readonly table: string; readonly id: string } };
  /** Whether a delete is told as an update of the parents as well. Default: false; clients find the parents themselves. */
  readonly parentsOfDeleted?: boolean;
}
