export { type ParsedUrlQuery, parseUrlQuery } from "./parse-url-query.ts";
export { printUrlQuery } from "./print-url-query.ts";
