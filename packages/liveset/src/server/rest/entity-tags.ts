/**
 * The tags of an `If-Match` or `If-None-Match` header, without quotes; `*` for any. Undefined where there is no header.
 *
 * @param weak whether weak tags count: for `If-None-Match` they do, for `If-Match` never (RFC 9110, 13.1.1)
 */
export function entityTags(header: string | null, weak: boolean): readonly string[] | undefined {
  if (header === null) return undefined;
  if (header.trim() === "*") return ["*"];
  const tags = [...header.matchAll(/(W\/)?"([^"]*)"/g)];
  // A tag that is literally "*" must not stand for any.
  return tags
    .filter(([, mark, tag]) => (weak || mark === undefined) && tag !== "*")
    .map(([, , tag = ""]) => tag);
}
