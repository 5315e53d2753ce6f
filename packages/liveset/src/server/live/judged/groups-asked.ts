import type { Tuple } from "../../../core/query/have-one-of.ts";
import type { SqlDialect } from "../../database/sql-dialect.ts";
import type { Db } from "../../register.ts";
import type { Group } from "../group.ts";
import type { Question } from "./concerns.ts";
import type { JudgedQuery } from "./judged-query.ts";
import { readAddresses } from "./read-addresses.ts";
import { textsOf } from "./read-keys.ts";

/** All groups that a question may be about. */
export function everyone({ groups, families }: Question): ReadonlyMap<Group, JudgedQuery> {
  return new Map([...groups, ...[...families].flatMap((family) => [...family.groups()])]);
}

/** The groups that may have one of the rows, or show one. */
export async function groupsAsked(
  db: Db,
  dialect: SqlDialect,
  question: Question,
  keys: readonly Tuple[],
): Promise<ReadonlyMap<Group, JudgedQuery>> {
  const { info, groups, families } = question;
  const [family] = families;
  if (family === undefined || keys.length === 0) return groups;
  const most = [...families].reduce((sum, { size }) => sum + size, 0);
  // Who they are is worth a query where they may be several, and reading no more than asking them all.
  if (most === 1) return everyone(question);
  const addresses = await readAddresses(db, dialect, info, { steps: family.steps, keys, most });
  if (addresses === null) return everyone(question);
  const texts = textsOf(info, keys);
  return new Map([...groups, ...[...families].flatMap((each) => [...each.groupsOf(addresses, texts)])]);
}
