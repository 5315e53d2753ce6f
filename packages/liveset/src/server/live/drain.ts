import type { Clock } from "../../core/clock.ts";
import type { Code } from "../../core/error/codes.ts";

/** Between two portions of connections that are closed, in ms. */
const step = 50;

/**
 * Closes all connections as `going_away`, spread evenly over a time, so that those who connect again elsewhere do not all come at once.
 * Connections that come meanwhile are closed at the end.
 *
 * @param time in ms; 0 closes all at once
 */
export async function drain(
  connections: Iterable<{ close(code: Code): void }>,
  time: number,
  clock: Clock,
): Promise<void> {
  const open = [...connections];
  const steps = Math.max(1, Math.ceil(time / step));
  for (let done = 0; done < steps; done++) {
    const portion = open.slice((done * open.length) / steps, ((done + 1) * open.length) / steps);
    for (const connection of portion) connection.close("going_away");
    if (done < steps - 1) await new Promise<void>((resolve) => clock.after(step, resolve));
  }
  for (const connection of connections) connection.close("going_away");
}
