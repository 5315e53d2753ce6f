/** One line of the bench's table. */
export interface Measurement {
  readonly what: string;
  /** With its unit. */
  readonly value: string;
  /** What was measured beside it in the same run, for comparison. */
  readonly baseline: string;
  /** Value against baseline; above 1 is better than the baseline. Absent where a ratio says nothing. */
  readonly ratio?: number;
  /** Of the design, in words; and whether it was kept. */
  readonly budget?: { readonly text: string; readonly kept: boolean };
}

/** A part of the bench. Takes seconds; leaves nothing running. */
export type Bench = () => Promise<readonly Measurement[]>;
