/**
 * A list as it is written down: its name and lines. `{a|b|c}` in a line stands for one task for each alternative, so
 * that a line says what its tasks have in common.
 */
export interface ListText {
  readonly name: string;
  readonly lines: readonly string[];
}
