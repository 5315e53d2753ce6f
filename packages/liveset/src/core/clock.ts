/** Time as a parameter, so that tests own it. Delays are in ms. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after the delay; the returned function cancels. Delays of 2³¹ ms or more are clamped below it. */
  after(delay: number, callback: () => void): () => void;
}
