import { randomBytes } from "node:crypto";
import type { ClusterLog } from "../../../cluster/cluster-log.ts";
import type { CaptureParts } from "../capture.ts";
import { noteInWal } from "../wal/note-in-wal.ts";
import { AwaitedCursors } from "./awaited-cursors.ts";
import type { CommitBarrier } from "./commit-barrier.ts";
import { readMark } from "./mark-message.ts";
import { OwnClient } from "./own-client.ts";
import { type Question, SharedQuestions } from "./shared-questions.ts";

/**
 * A mark is written into the WAL: all that was committed before stands before it. Whoever reads the WAL tells everybody behind which
 * cursor it stands.
 *
 *     node ──mark──► WAL ──► reader ──transactions──► log ──────┐
 *                              └─────"mark m: cursor c"─────────┴─► node has m's cursor, and c: passed
 */
export function walBarrier({ makeClient }: CaptureParts, cluster: Pick<ClusterLog, "listen">): CommitBarrier {
  const client = new OwnClient(makeClient);
  const node = randomBytes(6).toString("hex");
  const awaited = new AwaitedCursors();
  const waiting = new Map<string, () => void>();
  let count = 0;
  const leave = cluster.listen((text) => {
    const mark = readMark(text);
    const resolve = mark === null ? undefined : waiting.get(mark.id);
    if (mark !== null && resolve !== undefined) awaited.reached(mark.cursor, resolve);
  });
  const put = async (): Promise<Question> => {
    const id = `${node}:${++count}`;
    let resolve = (): void => {};
    const answered = new Promise<void>((done) => {
      resolve = done;
    });
    waiting.set(id, resolve);
    const end = (): void => {
      waiting.delete(id);
      awaited.forget(resolve);
    };
    try {
      await client.use((connection) => noteInWal(connection, ["mark", id]));
    } catch (error) {
      end();
      throw error;
    }
    return { answered, end };
  };
  const questions = new SharedQuestions(put);
  return {
    passed: () => questions.ask(),
    begun: (position) => awaited.begun(position),
    received: ({ cursor }) => awaited.received(cursor),
    end: async () => {
      leave();
      await client.end();
    },
  };
}
