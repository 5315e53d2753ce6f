/** Of the changes, as SQL: transactions that were open in a snapshot or began after it. Its parts are numbers; an index of `xid` serves both. */
export function unseenIn(snapshot: string): string {
  const [, xmax = "0", open = ""] = /^\d+:(\d+):([\d,]*)$/.exec(snapshot) ?? [];
  const begun = `xid >= '${xmax}'::xid8`;
  return open === "" ? begun : `(${begun} OR xid = ANY ('{${open}}'::xid8[]))`;
}
