export { type ParsedUrlQuery, parseFields, parseUrlQuery } from "./parse-url-query.ts";
export { printUrlQuery } from "./print-url-query.ts";
