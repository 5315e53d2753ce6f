import type { TodoClient } from "./client.ts";

type RowOf<Resource extends { retrieve(...args: never): unknown }> = Awaited<
  ReturnType<Resource["retrieve"]>
>;

/** A to-do list as the server shows it. */
export type ListRow = RowOf<TodoClient["lists"]>;

/** A task as the server shows it. */
export type TaskRow = RowOf<TodoClient["tasks"]>;
