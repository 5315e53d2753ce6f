import { invalid } from "../../core/error/liveset-error.ts";
import type { Columns } from "../../core/query/column-kind.ts";
import { lookupsOfKind } from "../../core/query/lookups-of-kind.ts";
import type { RelationRules, WhereRules } from "../../core/query/where-rules.ts";
import type { CompiledResource } from "../compiled-resource.ts";
import type { Limits } from "../limits.ts";
import { OpaqueSql } from "../opaque.ts";
import type { TableInfo, TableRelation } from "../table/table-info.ts";
import { columnOperand } from "./column-operand.ts";

/** What a scope or a check may say: everything, across all relations, and SQL on the resource's own table. */
export function scopeRules(info: TableInfo): WhereRules {
  return {
    ...everything(info),
    opaque: (_name, value) => (value instanceof OpaqueSql ? value.toPredicate() : null),
  };
}

function everything(info: TableInfo): WhereRules {
  return {
    columns: info.columns,
    allowed: (name) => {
      const column = info.columns.get(name);
      return column === undefined ? null : lookupsOfKind(column.kind);
    },
    relationNames: [...info.relations.keys()],
    relations: (name) => {
      const relation = info.relations.get(name);
      return relation === undefined ? null : relationRules(relation, everything(relation.target()));
    },
    opaque: (_name, value, path) => {
      if (!(value instanceof OpaqueSql)) return null;
      throw invalid(
        path,
        "unsupported",
        "opaque() stands on the resource's own table, not inside a relation.",
      );
    },
    operand: columnOperand(info),
    limits: null,
    undefinedIs: "refused",
  };
}

/** What a caller's filter may say: declared fields, across declared relations. */
export function filterRules(resource: CompiledResource, limits: Limits): WhereRules {
  return { ...declared(resource, resource.info, ""), columns: resource.visible, limits };
}

/** Only what was declared behind `prefix`, so that a refusal tells nothing of the rest. */
function declared(
  { filters }: Pick<CompiledResource, "filters">,
  info: TableInfo,
  prefix: string,
): WhereRules {
  const columns: Columns = new Map([...info.columns].filter(([name]) => filters.has(prefix + name)));
  const isDeclared = (name: string): boolean =>
    [...filters.keys()].some((path) => path.startsWith(`${prefix}${name}.`));
  const relationNames = [...info.relations.keys()].filter(isDeclared);
  return {
    columns,
    relationNames,
    allowed: (name) => filters.get(prefix + name) ?? null,
    relations: (name) => {
      const relation = info.relations.get(name);
      if (relation === undefined || !relationNames.includes(name)) return null;
      return relationRules(relation, declared({ filters }, relation.target(), `${prefix}${name}.`));
    },
    operand: columnOperand(info),
    limits: null,
  };
}

function relationRules({ name, kind, target, from, to }: TableRelation, rules: WhereRules): RelationRules {
  return { relation: { name, table: target().name, from, to }, kind, rules };
}
