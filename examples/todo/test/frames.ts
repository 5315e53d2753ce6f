import type { Page } from "playwright-core";

/** A frame as it was seen on the wire. */
export interface Frame {
  readonly type: string;
  readonly text: string;
  readonly [field: string]: unknown;
}

/** The frames of a page's WebSockets, in order, growing as they come. To be called before the page is opened. */
export function watchFrames(page: Page): {
  readonly sent: readonly Frame[];
  readonly received: readonly Frame[];
} {
  const sent: Frame[] = [];
  const received: Frame[] = [];
  const keep = (frames: Frame[]) => (event: { payload: string | Buffer }) => {
    const text = String(event.payload);
    frames.push({ ...JSON.parse(text), text });
  };
  page.on("websocket", (socket) => {
    socket.on("framesent", keep(sent));
    socket.on("framereceived", keep(received));
  });
  return { sent, received };
}
