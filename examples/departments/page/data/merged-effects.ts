import type { Client } from "liveset/client";
import { type EffectContext, effectsOver, type RowEffects } from "liveset/store";
import type { DepartmentsApi } from "./api.ts";
import { kindOf, kinds } from "./kinds.ts";

/** A row of any of the four tables, as the tree has it: its id has the prefix of its kind. */
export interface ChildRow {
  readonly id: string;
  readonly name: string;
  /** Of a row that is not saved yet, whose id says nothing: the prefix that it will have. */
  readonly prefix?: string;
}

/** Four tables as one resource: each call goes where the prefix says, and rows come back with it. */
export function mergedEffects(client: Client<DepartmentsApi>): RowEffects<ChildRow> {
  const parts = new Map(
    kinds.map(({ prefix, resource }) => [
      prefix,
      effectsOver<ChildRow>(client.resource(resource), { parent: (departmentId) => ({ departmentId }) }),
    ]),
  );
  const partOf = (prefix: string | undefined) => {
    const part = parts.get(prefix ?? "");
    if (part === undefined) throw new TypeError(`There is no kind of rows "${prefix}".`);
    return part;
  };
  const own = (id: string, prefix: string): string => id.slice(prefix.length);
  const merged =
    (prefix: string) =>
    (row: ChildRow): ChildRow => ({ id: prefix + row.id, name: row.name });

  return {
    async loadByIds(ids, context) {
      const wanted = kinds.map(({ prefix }) => [prefix, ids.filter((id) => id.startsWith(prefix))] as const);
      const loads = wanted
        .filter(([, some]) => some.length > 0)
        .map(async ([prefix, some]) => {
          const keys = some.map((id) => own(id, prefix));
          const rows = (await partOf(prefix).loadByIds(keys, context)) as readonly ChildRow[];
          return rows.map(merged(prefix));
        });
      return (await Promise.all(loads)).flat();
    },
    async add({ prefix = "", id, name }, context) {
      return merged(prefix)((await partOf(prefix).add({ id, name }, context)) as ChildRow);
    },
    async update({ id, ...row }, context) {
      const { prefix } = kindOf(id) ?? { prefix: "" };
      return merged(prefix)(
        (await partOf(prefix).update({ id: own(id, prefix), ...row }, context)) as ChildRow,
      );
    },
    delete(id, context: EffectContext) {
      const { prefix } = kindOf(id) ?? { prefix: "" };
      return partOf(prefix).delete(own(id, prefix), context);
    },
  };
}
