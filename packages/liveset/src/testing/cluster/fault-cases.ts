import type { Cursor } from "../../core/change/cursor.ts";
import type { Transaction } from "../../core/change/transaction.ts";
import { LivesetError } from "../../core/error/liveset-error.ts";
import type { WireRow } from "../../core/json.ts";
import { baseText } from "../../server/cluster/entry.ts";
import { splitTransaction } from "../../server/cluster/split-transaction.ts";
import { TransactionJoiner } from "../../server/cluster/transaction-joiner.ts";
import { systemClock } from "../../server/system-clock.ts";
import { eventually, same, thrownBy } from "../database/checks.ts";
import { quiet } from "../database/quiet.ts";
import { appendAll, beginLog, hear, type LogCase, openLog, patiently } from "./log-harness.ts";

/** The broker goes away, comes back, loses its data; transactions that are larger than an entry. */
export const faultCases: readonly LogCase[] = [
  {
    title:
      "A broker that is gone is said to followers and callers; when it is back nothing is missed and nothing comes twice",
    run: async ({ harness, open }) => {
      const [one, two] = [await open(), await open()];
      const base = await beginLog(one);
      const heard = hear(two, base);
      const last = await appendAll(one, base, "a", "b");
      await eventually(() => same([heard.live, heard.texts], [true, ["a", "b"]]));
      await harness.stop();
      await eventually(() => same(heard.live, false));
      for (const call of [
        () => one.ends(),
        () => one.append(["c"], last),
        () => one.send("x"),
        () => one.read(base, 1),
      ])
        same(codeOf(await thrownBy(call)), "unavailable");
      await harness.start();
      await patiently(() => appendAll(one, last, "c"));
      await eventually(() => same([heard.live, heard.texts, heard.lost], [true, ["a", "b", "c"], 0]));
    },
  },
  {
    title:
      "A broker that comes back without its data: followers have lost the log, and a new one has another epoch",
    run: async ({ harness, open }) => {
      const [one, two] = [await open(), await open()];
      const base = await beginLog(one);
      const heard = hear(two, base);
      const last = await appendAll(one, base, "a");
      await eventually(() => same(heard.texts, ["a"]));
      await harness.stop();
      await harness.lose();
      await harness.start();
      same(await patiently(() => one.ends()), null);
      same(await one.append(["b"], last), null);
      same(await one.read(base, 10), null);
      await eventually(() => same([heard.lost, heard.texts], [1, ["a"]]));
      const anew = await beginLog(one, "anew");
      same(anew.epoch === base.epoch, false);
      const again = hear(two, anew);
      await appendAll(one, anew, "b");
      await eventually(() => same(again.texts, ["b"]));
    },
  },
  {
    title: "Messages go on when the broker is back, and listeners are told that they may have missed some",
    run: async ({ harness, open }) => {
      const [one, two] = [await open(), await open()];
      const heard: string[] = [];
      let missed = 0;
      two.listen(
        (message) => heard.push(message),
        () => missed++,
      );
      await one.send("before");
      await eventually(() => same([heard, missed], [["before"], 0]));
      await harness.stop();
      await harness.start();
      await patiently(async () => {
        await one.send("again");
        same([heard.includes("again"), missed > 0], [true, true]);
      });
    },
  },
  {
    title: "A log can be opened again where the broker was not there",
    run: async ({ harness }) => {
      await harness.stop();
      const log = harness.connect();
      const options = { log: quiet, clock: systemClock };
      same(codeOf(await thrownBy(() => log.open(options))), "unavailable");
      await harness.start();
      await patiently(() => log.open(options));
      same(await log.ends(), null);
      await log.close();
    },
  },
  {
    title: "After closing nothing is told, and closing twice is no error",
    run: async ({ harness, open }) => {
      const one = await open();
      const two = await openLog(harness);
      const base = await beginLog(one);
      const heard = hear(two, base);
      const last = await appendAll(one, base, "a");
      await eventually(() => same(heard.texts, ["a"]));
      await two.close();
      await two.close();
      const other = hear(one, base);
      await appendAll(one, last, "b");
      await eventually(() => same(other.texts, ["a", "b"]));
      same([heard.texts, heard.lost], [["a"], 0]);
    },
  },
  {
    title:
      "A transaction larger than an entry comes out as it went in; one whose writer died in the middle is begun anew",
    run: async ({ open }) => {
      const log = await open();
      const text = 'a "large" text ✓ '.repeat(Math.ceil(log.entryBytes / 8));
      const transactions = [small("c1", 1), large("c2", text), small("c3", 3)];
      const base = await beginLog(log, baseText("epoch", "c0" as Cursor));
      const [first, second, third] = textsOf(transactions, log.entryBytes);
      same(Number(second?.length) > 2, true);
      const heard = hear(log, base);
      let last = await appendAll(log, base, ...(first ?? []));
      last = await appendAll(log, last, ...(second ?? []).slice(0, 2));
      last = await appendAll(log, last, ...(second ?? []), ...(third ?? []));
      const joiner = new TransactionJoiner("c0" as Cursor);
      await eventually(() => same(heard.entries.at(-1)?.place, last.place));
      const joined = heard.texts.map((each) => joiner.add(each));
      same(
        joined.flatMap((each) => (each.type === "transaction" ? [each.transaction] : [])),
        transactions,
      );
      same(joined.filter(({ type }) => type === "gap").length, 0);
    },
  },
];

function codeOf(thrown: unknown): string {
  if (!(thrown instanceof LivesetError)) throw thrown;
  return thrown.code;
}

function textsOf(transactions: readonly Transaction[], entryBytes: number): string[][] {
  let after = "c0" as Cursor;
  return transactions.map((transaction) => {
    const texts = splitTransaction(transaction, after, entryBytes);
    after = transaction.cursor;
    return texts;
  });
}

function small(cursor: string, id: number): Transaction {
  const after: WireRow = { id };
  return { cursor: cursor as Cursor, changes: [{ table: "t", before: null, after }], mutations: [`m${id}`] };
}

function large(cursor: string, text: string): Transaction {
  const before: WireRow = { id: 2, text };
  return { cursor: cursor as Cursor, changes: [{ table: "t", before, after: null }], mutations: [] };
}
