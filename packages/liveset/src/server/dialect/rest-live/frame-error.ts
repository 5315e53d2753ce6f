import { LivesetError } from "../../../core/error/liveset-error.ts";
import type { FrameFault } from "./frames.ts";

/** A fault of a frame, on the way to its client. */
export class FrameError extends LivesetError {
  readonly fault: FrameFault;

  constructor(fault: FrameFault) {
    super("invalid", { detail: fault.message });
    this.fault = fault;
  }
}
