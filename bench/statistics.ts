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

/** How much `y` grows with each 1 of `x`: the slope of the line that fits the points best. */
export function slope(points: readonly { readonly x: number; readonly y: number }[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
  const x = mean(points.map((point) => point.x));
  const y = mean(points.map((point) => point.y));
  const both = points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0);
  return both / points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
}

/** Bytes as text. */
export function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(2)} KiB`;
}
