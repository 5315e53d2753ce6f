import type { LogPlace } from "../../server/cluster/cluster-log.ts";
import { eventually, same } from "../database/checks.ts";
import { appendAll, beginLog, hear, type LogCase } from "./log-harness.ts";

/** Beginning, order, reading, following. */
export const orderCases: readonly LogCase[] = [
  {
    title: "A log is not there until somebody begins it; then it has one entry",
    run: async ({ open }) => {
      const [one, two] = [await open(), await open()];
      same([await one.ends(), await two.ends()], [null, null]);
      const { epoch, place } = await beginLog(one, "first");
      same(await two.ends(), { epoch, first: place, last: place });
      same(await two.read({ epoch, place: place - 1 }, 10), [{ place, text: "first" }]);
    },
  },
  {
    title: "Of several who begin a log at the same time one succeeds",
    run: async ({ open }) => {
      const logs = [await open(), await open(), await open()];
      const [first] = logs;
      if (first === undefined) return;
      for (let round = 0; round < 10; round++) {
        const before = await first.ends();
        const begun = await Promise.all(logs.map((log, i) => log.begin(`by ${i}`, before)));
        const winner = begun.findIndex((place) => place !== null);
        const place = begun[winner];
        same(begun.filter((each) => each !== null).length, 1, `round ${round}`);
        if (place === null || place === undefined) return;
        for (const log of logs) same((await log.ends())?.epoch, place.epoch);
        const entries = await first.read({ ...place, place: place.place - 1 }, 10);
        same(entries, [{ place: place.place, text: `by ${winner}` }]);
      }
    },
  },
  {
    title: "Entries are read in order from any place, in portions, as they were appended",
    run: async ({ open }) => {
      const [one, two] = [await open(), await open()];
      const base = await beginLog(one);
      const texts = ["", "plain", "ümläut 漢字 😀", '{"json": "\\"quoted\\"\\n"}', "\u0000\u2028"];
      const last = await appendAll(one, base, ...texts);
      same([last.epoch, last.place - base.place], [base.epoch, texts.length]);
      for (let skip = 0; skip <= texts.length; skip++) {
        const entries = await two.read({ ...base, place: base.place + skip }, 2);
        same(
          entries?.map(({ text, place }) => [text, place]),
          texts.slice(skip, skip + 2).map((text, i) => [text, base.place + skip + i + 1]),
        );
      }
      same(await two.read({ ...last, place: last.place + 1 }, 2), null, "beyond the end");
      same(await two.read({ epoch: "other", place: last.place }, 2), null, "another epoch");
    },
  },
  {
    title: "Entries of the largest length are kept whole",
    run: async ({ open }) => {
      const log = await open();
      const text = "x".repeat(log.entryBytes);
      const base = await beginLog(log);
      await appendAll(log, base, text, text);
      const entries = (await log.read(base, 10)) ?? [];
      same(
        entries.map((entry) => entry.text === text),
        [true, true],
      );
    },
  },
  {
    title: "Of two who append after the same place one succeeds, and nothing of the other is there",
    run: async ({ open }) => {
      const logs = [await open(), await open()];
      const [log] = logs;
      if (log === undefined) return;
      const base = await beginLog(log);
      let last: LogPlace = base;
      const expected: string[] = [];
      for (let round = 0; round < 100; round++) {
        const results = await Promise.all(
          logs.map((each, i) => each.append([`${round} ${i} a`, `${round} ${i} b`], last)),
        );
        const winner = results.findIndex((result) => result !== null);
        same(results.filter((result) => result !== null).length, 1, `round ${round}`);
        last = results[winner] ?? last;
        expected.push(`${round} ${winner} a`, `${round} ${winner} b`);
      }
      const entries = (await log.read(base, 1_000)) ?? [];
      same(
        entries.map(({ text }) => text),
        expected,
      );
    },
  },
  {
    title: "Followers hear every entry after their place once and in order, whenever they begin",
    run: async ({ open }) => {
      const [writer, reader, other] = [await open(), await open(), await open()];
      const base = await beginLog(writer);
      const early = hear(reader, base);
      let last = base;
      const middle: { place: LogPlace; heard: ReturnType<typeof hear> }[] = [];
      const texts = Array.from({ length: 400 }, (_, i) => `entry ${i}`);
      for (let i = 0; i < texts.length; i += 4) {
        last = await appendAll(writer, last, ...texts.slice(i, i + 4));
        if (i === 100) middle.push({ place: last, heard: hear(other, last) });
      }
      await eventually(() => same([early.texts.length, middle[0]?.heard.texts.length], [400, 296]));
      same([early.texts, middle[0]?.heard.texts], [texts, texts.slice(104)]);
      const late = hear(reader, last);
      last = await appendAll(writer, last, "the last");
      await eventually(() => same([late.texts, early.texts.at(-1)], [["the last"], "the last"]));
      same([early.live, early.lost, late.lost], [true, 0, 0]);
      early.stop();
      await appendAll(writer, last, "after the end");
      await eventually(() => same(late.texts.length, 2));
      same(early.texts.at(-1), "the last");
    },
  },
  {
    title: "Pruned entries are not passed over: reading from before them is null, following is lost",
    run: async ({ open }) => {
      const log = await open({ count: 10 });
      const base = await beginLog(log);
      let last = base;
      for (let i = 0; i < 30; i++) last = await appendAll(log, last, `entry ${i}`);
      const ends = await log.ends();
      same([ends?.last, Number(ends?.first) > base.place], [last.place, true]);
      same(await log.read(base, 10), null);
      const heard = hear(log, base);
      await eventually(() => same([heard.lost, heard.texts], [1, []]));
      const kept = { ...last, place: Number(ends?.first) - 1 };
      same((await log.read(kept, 100))?.at(-1)?.text, "entry 29");
    },
  },
  {
    title:
      "A log that is begun anew has another epoch: followers of the one before have lost it, and nobody appends to it",
    run: async ({ open }) => {
      const [one, two] = [await open(), await open()];
      const base = await beginLog(one);
      const last = await appendAll(one, base, "a", "b");
      const heard = hear(two, base);
      await eventually(() => same(heard.texts, ["a", "b"]));
      const anew = await beginLog(two, "anew");
      same(anew.epoch === base.epoch, false);
      same(
        [await one.append(["c"], last), await one.append(["c"], { ...last, place: anew.place })],
        [null, null],
      );
      same(
        [await one.read(base, 10), await one.begin("late", { ...base, first: 1, last: last.place })],
        [null, null],
      );
      await appendAll(one, anew, "d");
      await eventually(() => same([heard.lost, heard.texts], [1, ["a", "b"]]));
      same(
        (await two.read(anew, 10))?.map(({ text }) => text),
        ["d"],
      );
    },
  },
  {
    title: "Messages reach all who listen, on every node, until they leave",
    run: async ({ open }) => {
      const [one, two] = [await open(), await open()];
      const heard: string[] = [];
      const leaveOne = one.listen((message) => heard.push(`one ${message}`));
      two.listen((message) => heard.push(`two ${message}`));
      await one.send("a");
      await eventually(() => same([...heard].sort(), ["one a", "two a"]));
      leaveOne();
      await two.send("b 😀");
      await eventually(() => same([...heard].sort(), ["one a", "two a", "two b 😀"]));
    },
  },
];
