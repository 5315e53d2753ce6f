/** The operators of a filter, with Django's names. */
export const lookups = [
  "exact",
  "ne",
  "lt",
  "lte",
  "gt",
  "gte",
  "in",
  "range",
  "isnull",
  "contains",
  "icontains",
  "startswith",
  "istartswith",
  "endswith",
] as const;

/** An operator of a filter. */
export type Lookup = (typeof lookups)[number];
