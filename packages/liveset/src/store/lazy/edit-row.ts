/** What a row that is assigned to does. */
export interface EditTarget<Row> {
  /** The row as it is shown. */
  current(): Row;
  /** Takes a change of one field. */
  assign(field: string, value: unknown): void;
  delete(): void;
}

/** A row whose fields may be assigned to: each assignment is shown at once, and those of one tick are one write. */
export type EditableRow<Row> = { -readonly [K in keyof Row]: Row[K] } & {
  /** Deletes the row, everywhere. */
  delete(): void;
  /** The row itself, as it is at this moment. */
  getRealRow(): Row;
  toJSON(): Row;
};

/** Makes a row assignable. In everything else it is as the row is: its keys, `in`, JSON. */
export function editRow<Row extends object>(target: EditTarget<Row>): EditableRow<Row> {
  const own: Record<string, unknown> = {
    delete: () => target.delete(),
    getRealRow: () => target.current(),
    toJSON: () => target.current(),
  };
  const methodOf = (name: string | symbol): unknown =>
    typeof name === "string" && Object.hasOwn(own, name) && !Object.hasOwn(target.current(), name)
      ? own[name]
      : undefined;
  return new Proxy({} as EditableRow<Row>, {
    get: (_, name) => methodOf(name) ?? Reflect.get(target.current(), name),
    set: (_, name, value) => {
      if (typeof name !== "string") return false;
      target.assign(name, value);
      return true;
    },
    has: (_, name) => Reflect.has(target.current(), name),
    ownKeys: () => Reflect.ownKeys(target.current()),
    getOwnPropertyDescriptor: (_, name) => {
      const found = Reflect.getOwnPropertyDescriptor(target.current(), name);
      // The proxy's own object does not have it, so it must not be said to be fixed.
      return found && { ...found, configurable: true, writable: true };
    },
  });
}
