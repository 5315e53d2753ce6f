/** The value that a share of all values does not exceed; `share` from 0 to 1. NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Milliseconds as text. */
export function ms(value: number): string {
  return `${value.toFixed(2)} ms`;
}

/** The three quantiles that latencies are given in, in milliseconds. */
export function latencies(values: readonly number[]): string {
  return `p50 ${ms(median(values))}, p95 ${ms(quantile(values, 0.95))}, p99 ${ms(quantile(values, 0.99))}`;
}

/** A number with separators between thousands. */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
