/** Keys of a URL's query that are no filters. */
export const reservedQueryKeys: ReadonlySet<string> = new Set([
  "where",
  "search",
  "ordering",
  "limit",
  "offset",
  "after",
  "fields",
  "with",
  "lookup_by",
  "AND",
  "OR",
  "NOT",
]);
