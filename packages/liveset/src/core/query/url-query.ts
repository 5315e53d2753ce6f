export { type ParsedUrlQuery, parseFields, parseUrlQuery, parseWith } from "./parse-url-query.ts";
export { printUrlQuery } from "./print-url-query.ts";
