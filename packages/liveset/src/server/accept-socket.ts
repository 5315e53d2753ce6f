import type { Clock } from "../core/clock.ts";
import { codeEntry } from "../core/error/codes.ts";
import { LivesetError, toLivesetError } from "../core/error/liveset-error.ts";
import { bufferSocket } from "./buffered-socket.ts";
import type { Dialect } from "./dialect/dialect.ts";
import type { Hub } from "./live/create-hub.ts";
import type { User } from "./register.ts";
import { requestInfo } from "./request-info.ts";
import type { Runtime } from "./runtime.ts";
import type { Socket } from "./socket.ts";

/** Close code where an error of the table has none of its own: policy violation (RFC 6455). */
const refused = 1008;

/** What a socket is connected with. */
export interface Ready {
  readonly hub: Hub;
  readonly user: User | null;
  /** False where somebody's rights were changed since the principal was asked for. */
  readonly isCurrent: () => boolean;
}

/** Connects an open socket to the hub once its principal is known; what arrives meanwhile is kept. Logs one line at open and one at close. */
export async function acceptSocket(
  runtime: Runtime,
  clock: Clock,
  socket: Socket,
  request: Request,
  ready: () => Promise<Ready>,
  dialect: Dialect | undefined,
): Promise<void> {
  const opened = clock.now();
  const info = requestInfo(request);
  const { pathname: path } = info.url;
  const buffered = bufferSocket(socket, runtime.limits.frameBytes);
  try {
    let found = await ready();
    // Looked at in the very turn in which it is connected: from then on the hub knows whose rights are changed.
    while (!found.isCurrent()) found = await ready();
    const { hub, user } = found;
    if (buffered.closed()) return;
    const fields = { path, protocol: socket.protocol, user: runtime.principalId(user) };
    runtime.log.info(fields, "socket opened");
    socket.addEventListener("close", () => {
      runtime.log.info({ ...fields, ms: clock.now() - opened }, "socket closed");
    });
    hub.connect(buffered.socket, { request, info, user, ...(dialect === undefined ? {} : { dialect }) });
  } catch (thrown) {
    const error = toLivesetError(thrown);
    if (!(thrown instanceof LivesetError)) runtime.log.error({ err: thrown, path }, "socket failed");
    runtime.log.info({ path, code: error.code }, "socket refused");
    socket.close(codeEntry(error.code).close ?? refused, error.code);
  }
}
