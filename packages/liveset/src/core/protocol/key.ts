import type { Key } from "../key/key.ts";
import { array, either, number, type Schema, string } from "./schema.ts";

/** A row's key on the wire: one value, or the values of a composite key in the table's order. */
export const key: Schema<Key> = either(either(string, number), array(either(string, number)));
