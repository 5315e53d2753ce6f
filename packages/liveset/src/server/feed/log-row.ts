/** A row of `liveset_changes`; see there. */
export interface LogRow {
  readonly seq: number;
  readonly layout: number;
  readonly op: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly at: number;
}
