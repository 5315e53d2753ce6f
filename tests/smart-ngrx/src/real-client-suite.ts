import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OrgServer } from "./org-server.ts";
import type { ReferenceClient, Transport } from "./reference-client.ts";

/** The client, wherever it runs: each method is asked with JSON and answers it. */
export type RemoteClient = {
  readonly [K in keyof ReferenceClient]: ReferenceClient[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
};

/** A place to run the client, with a server that it is driven by. */
export interface Place {
  readonly server: OrgServer;
  readonly client: RemoteClient;
  close(): Promise<void>;
}

/**
 * The clauses of SmartNgRX's contract with its server, as its real packages see them: which calls of effect services a change
 * leads to, and what readers see then. The tests follow each other.
 *
 * @param translates whether the client knows tables by other names than the server, and so translates
 */
export function describeReferenceClient(
  name: string,
  open: () => Promise<Place>,
  { transport, translates }: { readonly transport: Transport; readonly translates: boolean },
): void {
  describe(name, () => {
    let place: Place;
    let client: RemoteClient;
    const run = (statement: string): Promise<void> => place.server.run(statement);
    const until = <T>(look: () => Promise<T>, wanted: T): Promise<void> =>
      expect.poll(look, { interval: 5, timeout: 10_000 }).toEqual(wanted);

    /** Everything that changes before this has been told, and has led to what it leads to: the last organisation is refetched. */
    let marks = 0;
    const settled = async (): Promise<string[]> => {
      const mark = `Mark ${++marks}`;
      await run(`update orgs set name = '${mark}' where id = 'o2'`);
      await until(async () => (await client.orgNames())[1], mark);
      return (await client.calls()).filter((call) => call !== 'f.orgs.loadByIds(["o2"])');
    };

    beforeAll(async () => {
      place = await open();
      client = place.client;
      const url = new URL(
        transport === "socket" ? "/ws/notifications/" : "/api/notifications/",
        place.server.url,
      );
      if (transport === "socket") url.protocol = "ws:";
      await client.connect(String(url), transport, translates);
    });

    afterAll(async () => {
      await place?.close();
    });

    test("P1 P2 P3 lists are loaded by ids, with one call a tick", async () => {
      await until(() => client.orgNames(), ["Org 1", "Org 2"]);
      await until(() => client.userNames(0), ["User 1", "User 2", "User 3"]);
      await until(() => client.userNames(1), ["User 4"]);
      expect(await client.calls()).toEqual([
        'f.top.loadByIds(["1"])',
        'g.top.loadByIds(["1"])',
        'f.orgs.loadByIds(["o1","o2"])',
        'f.users.loadByIds(["1","2","3"])',
        'f.users.loadByIds(["4"])',
      ]);
      await settled();
    });

    test("C1 C2 C3 P4 P5 an update of a loaded row loads it, one of another row does not", async () => {
      await run("update users set name = 'Ada' where id = 1");
      await until(() => client.userNames(0), ["Ada", "User 2", "User 3"]);
      await run("insert into users (id, name, org_id) values (9, 'Nobody', 'none')");
      await run("update users set name = 'Nobody else' where id = 9");
      expect(await settled()).toEqual(['f.users.loadByIds(["1"])']);
    });

    test("C4 until the reply is there readers keep the old value", async () => {
      await run("update users set name = 'Ada L.' where id = 1");
      const seen = new Set<string>();
      await until(async () => {
        const [first = ""] = await client.userNames(0);
        seen.add(first);
        return first;
      }, "Ada L.");
      expect([...seen].filter((name) => name !== "Ada" && name !== "Ada L.")).toEqual([]);
      expect(await client.stored("users", "1")).toEqual({ name: "Ada L.", isDirty: false });
      expect(await settled()).toEqual(['f.users.loadByIds(["1"])']);
    });

    test("C8 P6 several rows of one transaction are one call, each once", async () => {
      await run("update users set name = name || '!' where org_id = 'o1'");
      await until(() => client.userNames(0), ["Ada L.!", "User 2!", "User 3!"]);
      expect(await settled()).toEqual(['f.users.loadByIds(["1","2","3"])']);
    });

    test("C6 P10 a create is an update of the parent, and is loaded when it is read", async () => {
      await run("insert into users (id, name, org_id) values (5, 'New', 'o1')");
      await until(() => client.userIds(0), ["1", "2", "3", "5"]);
      expect(await client.calls()).toEqual(['f.orgs.loadByIds(["o1"])']);
      await until(() => client.userNames(0), ["Ada L.!", "User 2!", "User 3!", "New"]);
      expect(await settled()).toEqual(['f.users.loadByIds(["5"])']);
    });

    test("C5 P11 a delete takes the row out of its parents, without any call", async () => {
      await run("delete from users where id = 2");
      await until(() => client.userIds(0), ["1", "3", "5"]);
      expect(await client.calls()).toEqual([]);
      expect(await client.stored("users", "2")).not.toBeNull();
      expect(await settled()).toEqual([]);
    });

    test("a row that moves is in its new parent, and no more in the old one", async () => {
      await run("update users set org_id = 'o2' where id = 5");
      await until(() => client.userIds(0), ["1", "3"]);
      await until(() => client.userIds(1), ["4", "5"]);
      const calls = await client.calls();
      expect(calls).toContain('f.users.loadByIds(["5"])');
      expect(calls).toContain('f.orgs.loadByIds(["o1","o2"])');
      await settled();
    });

    test("C7 P19 rows of two tables are one list of the client's: what is seen of it is loaded by range, updates are translated", async () => {
      await until(() => client.childNames(0, 3, 6), ["Doc 4", "Doc 5", "Doc 6"]);
      expect(await client.calls()).toEqual([
        'f.orgs.loadByIndexes("o1", "children", 3, 3)',
        'f.orgChildren.loadByIds(["docs:4","docs:5","docs:6"])',
      ]);
      expect((await client.childIds(0)).length).toBe(10);
      await run("update docs set name = 'Changed' where id in (5, 8)");
      await until(() => client.childNames(0, 3, 6), ["Doc 4", "Changed", "Doc 6"]);
      expect(await settled()).toEqual(['f.orgChildren.loadByIds(["docs:5"])']);
      await until(() => client.childNames(0, 8, 10), ["Folder 1", "Folder 2"]);
      await client.calls();
      await run("update folders set name = 'Changed' where id = 2");
      await until(() => client.childNames(0, 8, 10), ["Folder 1", "Changed"]);
      expect(await settled()).toEqual(['f.orgChildren.loadByIds(["folders:2"])']);
    });

    test("C5 C7 P20 a delete takes a row out of a list that is known in part", async () => {
      await run("delete from docs where id = 5");
      await until(async () => (await client.childIds(0)).length, 9);
      expect((await client.childIds(0)).slice(3, 5)).toEqual(["docs:4", "docs:6"]);
      expect(await settled()).toEqual([]);
    });

    test("P14 of two features over one table each is told", async () => {
      await until(async () => (await client.otherNames())[0], "Ada L.!");
      await client.calls();
      await run("update users set name = 'Both' where id = 1");
      await until(async () => (await client.otherNames())[0], "Both");
      await until(async () => (await client.userNames(0))[0], "Both");
      expect((await settled()).sort()).toEqual(['f.users.loadByIds(["1"])', 'g.users.loadByIds(["1"])']);
    });

    test("P16 P17 P18 edits, deletes and adds of the client's own reach the server, and come back to it as notices", async () => {
      await client.setUserName(0, 1, "Edited");
      await until(async () => (await client.userNames(0))[1], "Edited");
      await until(async () => (await client.calls()).includes('f.users.loadByIds(["3"])'), true);
      await client.addUser(0, "new1", "Added");
      await until(async () => (await client.userIds(0)).length, 3);
      await until(async () => (await client.userIds(0))[2]?.startsWith("new"), false);
      await until(async () => (await client.userNames(0))[2], "Added");
      await client.deleteUser(0, 1);
      await until(async () => (await client.userIds(0)).length, 2);
      await settled();
      expect(await client.userNames(0)).toEqual(["Both", "Added"]);
    });

    test("C2 what is not about rows, and tables that the client does not know, pass without harm", async () => {
      await client.say("nonsense");
      await client.say('{"type":"subscribe"}');
      await run("insert into orgs (id, name) values ('o3', 'Org 3')");
      await run("update orgs set name = 'Org three' where id = 'o3'");
      expect((await settled()).filter((call) => !call.startsWith("f.top"))).toEqual([]);
      expect(await client.thrown()).toEqual([]);
    });

    test("P12 the frames were nothing but action, table and ids", async () => {
      const all = (await client.frames()) as Readonly<Record<string, unknown>>[];
      const frames = all.filter(({ type }) => type !== "error");
      expect(all.length - frames.length).toBe(transport === "socket" ? 2 : 0);
      expect(frames.length).toBeGreaterThan(10);
      for (const frame of frames) {
        expect(Object.keys(frame)).toEqual(["action", "table", "ids"]);
        expect(["update", "delete"]).toContain(frame.action);
        expect((frame.ids as unknown[]).every((id) => typeof id === "string")).toBe(true);
      }
    });
  });
}
