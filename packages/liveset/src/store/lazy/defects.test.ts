import { describe, expect, test, vi } from "vitest";
import { Departments, type Org, type User } from "./departments.fixture.ts";
import { resolveLifetimes } from "./lazy-definition.ts";

/* The defects that were reproduced with the real SmartNgRX 3.0.0, by their numbers, each as what ours does instead. */

const fail = (): never => {
  throw new Error("no");
};

describe("a load", () => {
  test("defect 1: that fails does not end loading; the row says why and can be tried again", async () => {
    const d = new Departments();
    d.instead.push(() => ({ id: "1", orgs: [] }), fail);
    d.users.read("u1");
    await d.rest();
    expect(d.users.state("u1")).toMatchObject({ status: "error", error: new Error("no") });
    expect(d.users.read("u1").isLoading).toBe(false);
    expect(d.reported).toHaveLength(2);
    d.users.refresh(["u1"]);
    d.users.read("u2");
    await d.rest();
    expect([d.users.get("u1"), d.users.get("u2")].map((row) => row?.name)).toEqual(["U1", "U2"]);
    expect(d.users.state("u1").error).toBeNull();
  });

  test("defect 2: of ids that fails is reported, and can be tried again", async () => {
    const d = new Departments();
    await d.open();
    const docs = d.orgs.children<User>("o1", "docs");
    d.instead.push(fail);
    docs.at(0);
    await d.rest();
    docs.at(0);
    await d.rest();
    expect(d.taken()).toEqual(["orgs.loadByIndexes(o1,docs,0,1)"]);
    expect(d.reported).toEqual([["loadByIndexes", new Error("no")]]);
    expect(docs.error).toEqual(new Error("no"));
    docs.retry();
    docs.at(0);
    await d.rest();
    expect(docs.idAt(0)).toBe("d0");
    expect(docs.error).toBeNull();
  });

  test("defect 4, rule A7: ids may be numbers", async () => {
    const d = new Departments();
    d.tables.users?.set("7", { id: 7, name: "seven" });
    const end = d.users.row(7).subscribe(() => {});
    d.users.read(7);
    await d.rest();
    expect(d.users.get("7")?.name).toBe("seven");
    d.taken();
    d.store.handleSocketNotification("users", "update", [7]);
    await d.rest();
    expect(d.taken()).toEqual(["users.loadByIds(7)"]);
    d.store.handleSocketNotification("users", "delete", [7]);
    expect(d.users.get(7)).toBeUndefined();
    end();
  });

  test("defect 12, rule A3: an answer from before a write of one's own does not overwrite it", async () => {
    const d = new Departments();
    await d.open();
    d.store.handleSocketNotification("users", "update", ["u1"]);
    await d.rest(2);
    d.tables.users?.set("u1", { id: "u1", name: "mine" });
    d.instead.push((call) => (call.startsWith("users.update") ? [{ id: "u1", name: "mine" }] : []));
    const saved = d.users.update("u1", { name: "mine" });
    await d.rest();
    await saved;
    expect(d.users.get("u1")?.name).toBe("mine");
    expect(d.taken().filter((call) => call === "users.loadByIds(u1)").length).toBeGreaterThan(1);
  });

  test("defect 13, rule A2: an update during the first load is fetched after it", async () => {
    const d = new Departments();
    d.users.read("u1");
    await d.rest(2);
    d.store.handleSocketNotification("users", "update", ["u1"]);
    await d.rest();
    expect(d.taken().filter((call) => call === "users.loadByIds(u1)")).toHaveLength(2);
  });

  test("defect 15, rule A5: a row that the server does not give is absent, and not asked for again by itself", async () => {
    const d = new Departments();
    const told = vi.fn();
    d.users.row("ghost").subscribe(told);
    expect(d.users.read("ghost").isLoading).toBe(true);
    await d.rest();
    expect(d.users.state("ghost").status).toBe("absent");
    expect(d.users.read("ghost")).toMatchObject({ id: "ghost", name: "", isLoading: false });
    expect(told).toHaveBeenCalled();
    d.taken();
    d.users.read("ghost");
    await d.rest();
    expect(d.taken()).toEqual([]);
    d.tables.users?.set("ghost", { id: "ghost", name: "there" });
    d.users.refresh(["ghost"]);
    await d.rest();
    expect(d.users.get("ghost")?.name).toBe("there");
  });

  test("defect 16, rule A5: an update of a row that the server has deleted makes it absent", async () => {
    const d = new Departments();
    await d.open();
    d.tables.users?.delete("u1");
    d.store.handleSocketNotification("users", "update", ["u1"]);
    await d.rest();
    expect(d.users.get("u1")).toBeUndefined();
    expect(d.users.state("u1")).toMatchObject({ status: "absent", isDirty: false });
  });

  test("defect 18: of the ids of two parents in one tick are both loaded", async () => {
    const d = new Departments();
    await d.open();
    d.tables.orgs?.set("o2", { id: "o2", name: "Org2", users: [], docs: { indexes: [], length: 3 } });
    d.orgs.refresh(["o2"]);
    await d.rest();
    d.taken();
    d.orgs.children("o1", "docs").at(0);
    d.orgs.children("o2", "docs").at(1);
    await d.rest();
    expect(d.taken().slice(0, 2)).toEqual([
      "orgs.loadByIndexes(o1,docs,0,1)",
      "orgs.loadByIndexes(o2,docs,1,1)",
    ]);
    expect([d.orgs.children("o1", "docs").idAt(0), d.orgs.children("o2", "docs").idAt(1)]).toEqual([
      "d0",
      "d1",
    ]);
  });

  test("defect 23: 10,000 rows are chunks of calls and one notification each", async () => {
    const d = new Departments({}, { chunkSize: 5_000 });
    await d.rest();
    d.taken();
    for (let i = 0; i < 10_000; i++) d.tables.users?.set(`n${i}`, { id: `n${i}`, name: "x" });
    const told = vi.fn();
    const end = d.store.rows("users").subscribe(told);
    for (let i = 0; i < 10_000; i++) d.users.read(`n${i}`);
    await d.rest();
    expect(d.taken()).toHaveLength(2);
    expect(told).toHaveBeenCalledTimes(2);
    expect(d.users.get("n9999")?.name).toBe("x");
    end();
  });
});

describe("a write", () => {
  test("defect 3: that is answered by nothing keeps what was written", async () => {
    const d = new Departments();
    await d.open();
    d.instead.push(() => []);
    await Promise.all([d.users.update("u1", { name: "A" }), d.rest()]);
    expect(d.users.get("u1")?.name).toBe("A");
    await Promise.all([d.users.update("u1", { name: "B" }), d.rest()]);
    expect(d.users.get("u1")?.name).toBe("B");
    expect(d.reported).toEqual([]);
  });

  test("defects 6, 8: a delete that fails puts the row back where it was, and is reported", async () => {
    const d = new Departments();
    await d.open();
    d.instead.push(fail);
    const gone = d.users.delete("u2");
    gone.catch(() => {});
    expect(d.orgs.children("o1", "users").ids).toEqual(["u1", "u3"]);
    await d.rest();
    await expect(gone).rejects.toThrow();
    expect(d.orgs.children("o1", "users").ids).toEqual(["u1", "u2", "u3"]);
    expect(d.orgs.children("o2", "users").ids).toEqual(["u2", "u4"]);
    expect(d.users.get("u2")?.name).toBe("U2");
    expect(d.reported).toEqual([["Error deleting row, putting it back", new Error("no")]]);
    expect(d.store.pending("users", "u2")).toMatchObject({ op: "delete" });
    const again = d.store.pending("users", "u2")?.retry();
    expect(d.orgs.children("o1", "users").ids).toEqual(["u1", "u3"]);
    await d.rest();
    await again;
    expect(d.users.get("u2")).toBeUndefined();
  });

  test("defects 7, 8: an add that fails takes the row back, and is reported; retried it is there", async () => {
    const d = new Departments();
    await d.open();
    const users = d.orgs.children<User>("o1", "users");
    d.instead.push(fail);
    const added = users.add({ id: "new1", name: "New" });
    added.catch(() => {});
    expect(users.ids).toEqual(["u1", "u2", "u3", "new1"]);
    await d.rest();
    await expect(added).rejects.toThrow();
    expect(users.ids).toEqual(["u1", "u2", "u3"]);
    expect(d.reported).toEqual([["Error adding row, taking it back", new Error("no")]]);
    const again = d.store.pending("users", "new1")?.retry();
    expect(users.ids).toEqual(["u1", "u2", "u3", "new1"]);
    await d.rest();
    await again;
    expect(users.ids).toEqual(["u1", "u2", "u3", "srv-new1"]);
  });

  test("defect 9: two fields assigned in one tick are one update with both", async () => {
    const d = new Departments();
    await d.open();
    const row = d.users.edit("u1");
    row.name = "A";
    row.note = "N";
    expect(d.users.get("u1")).toMatchObject({ name: "A", note: "N" });
    await d.rest();
    expect(d.taken()).toEqual(['users.update({"id":"u1","name":"A","note":"N"})']);
  });

  test("defect 10: two writes that both fail end on the server's value", async () => {
    const d = new Departments();
    await d.open();
    d.instead.push(fail, fail);
    const writes = [d.users.update("u1", { name: "A" }), d.users.update("u1", { name: "B" })];
    for (const write of writes) write.catch(() => {});
    expect(d.users.get("u1")?.name).toBe("B");
    await d.rest();
    await expect(Promise.allSettled(writes)).resolves.toMatchObject([
      { status: "rejected" },
      { status: "rejected" },
    ]);
    expect(d.users.get("u1")).toEqual({ id: "u1", name: "U1" });
    expect(d.reported).toHaveLength(2);
  });

  test("defect 11: a field that a failed write added is not there afterwards", async () => {
    const d = new Departments();
    await d.open();
    d.instead.push(fail);
    d.users.edit("u1").note = "N";
    await d.rest();
    expect(Object.keys(d.users.get("u1") ?? {})).toEqual(["id", "name"]);
  });

  test("defect 17: a deleted row is gone, and loads anew where it comes again", async () => {
    const d = new Departments();
    await d.open();
    await Promise.all([d.users.delete("u2"), d.rest()]);
    expect(d.store.rows("users").get("u2")).toBeUndefined();
    d.tables.users?.set("u2", { id: "u2", name: "second" });
    expect(d.users.read("u2").name).toBe("");
    await d.rest();
    expect(d.users.read("u2").name).toBe("second");
  });

  test("defect 22: what is stored and sent is plain data, and ids are those of the server", async () => {
    const d = new Departments();
    await d.open();
    d.orgs.children("o1", "docs").at(2);
    await d.rest();
    await Promise.all([d.orgs.update("o1", { name: "X" }), d.rest()]);
    expect(d.saved).toEqual([
      { id: "o1", name: "X", users: ["u1", "u2", "u3"], docs: { indexes: [], length: 10 } },
    ]);
    expect(structuredClone(d.orgs.get("o1"))).toEqual(d.orgs.get("o1"));
  });

  test("defect 25, rule A6: deletes without declared parents throw nothing", async () => {
    const d = new Departments();
    d.top.read("1");
    await d.rest();
    await Promise.all([d.top.delete("1"), d.rest()]);
    expect(d.taken()).toContain("top.delete(1)");
    expect(d.top.get("1")).toBeUndefined();
  });

  test("defect 27: several fields assigned to a new row are one add", async () => {
    const d = new Departments();
    await d.open();
    const users = d.orgs.children<User>("o1", "users");
    users.addToStore({ id: "new1", name: "" });
    const row = d.users.edit("new1");
    row.name = "A";
    row.note = "N";
    await d.rest(1);
    row.name = "B";
    await d.rest();
    expect(d.taken()).toEqual([
      "users.add(new1,o1)",
      'users.update({"name":"B","note":"N","id":"srv-new1"})',
    ]);
    expect(d.users.get("srv-new1")).toMatchObject({ name: "B", note: "N" });
    expect(users.ids).toEqual(["u1", "u2", "u3", "srv-new1"]);
  });
});

describe("time", () => {
  const minute = 60_000;

  test("defect 5: a dirty row is fetched when it is read, and not before", async () => {
    const d = new Departments();
    const end = await d.open();
    end();
    d.users.markDirty(["u1"]);
    await d.rest();
    expect(d.taken()).toEqual([]);
    d.users.read("u1");
    await d.rest();
    expect(d.taken()).toEqual(["users.loadByIds(u1)"]);
    d.users.read("u1");
    await d.rest();
    expect(d.taken()).toEqual([]);
  });

  test("defect 14, rule A4: what arrives while a row is edited is shown when the edit ends", async () => {
    const d = new Departments();
    await d.open();
    d.store.handleSocketNotification("users", "update", ["u1"]);
    d.tables.users?.set("u1", { id: "u1", name: "theirs" });
    d.users.beginEdit("u1");
    await d.rest();
    expect(d.users.get("u1")?.name).toBe("U1");
    d.users.edit("u1").note = "mine";
    expect(d.users.get("u1")).toMatchObject({ name: "U1", note: "mine" });
    d.users.endEdit("u1");
    expect(d.users.get("u1")).toMatchObject({ name: "theirs", note: "mine" });
  });

  test("defects 19, 20: what is old goes, but for rows that are edited or watched; these are fetched anew", async () => {
    const d = new Departments();
    d.users.read("u1");
    await d.rest();
    for (const id of ["u2", "u3", "u4"]) d.users.read(id);
    await d.rest();
    d.users.beginEdit("u1");
    const end = d.users.row("u3").subscribe(() => {});
    d.taken();
    d.clock.advance(16 * minute);
    expect(["u1", "u2", "u3", "u4"].map((id) => d.users.state(id).isDirty)).toEqual([
      false,
      true,
      true,
      true,
    ]);
    await d.rest();
    expect(d.taken()).toEqual(["users.loadByIds(u3)"]);
    expect(d.users.state("u3").isDirty).toBe(false);
    d.clock.advance(15 * minute);
    expect(["u1", "u2", "u3", "u4"].map((id) => d.users.get(id) !== undefined)).toEqual([
      true,
      false,
      true,
      false,
    ]);
    end();
    d.users.endEdit("u1");
    d.clock.advance(31 * minute);
    await d.rest();
    expect(["u1", "u3"].map((id) => d.users.get(id))).toEqual([undefined, undefined]);
  });

  test("defect 21: rows that are never dirty are never removed, of one resource or of all, unless that is asked for", async () => {
    for (const d of [new Departments({ markDirtyTime: -1 }), new Departments({}, { markDirtyTime: -1 })]) {
      d.users.read("u1");
      await d.rest();
      d.clock.advance(24 * 60 * minute);
      expect(d.users.get("u1")?.name).toBe("U1");
      expect(d.users.state("u1").isDirty).toBe(false);
    }
  });

  test.each([
    [{}, {}, [15 * minute, 30 * minute]],
    [{ markDirtyTime: 120, removeTime: 60 }, {}, [120, 240]],
    [{ markDirtyTime: 119, removeTime: 120 }, {}, [119, 120]],
    [{ markDirtyTime: -1, removeTime: 120 }, {}, [-1, 120]],
    [{ markDirtyTime: -1 }, { removeTime: 120 }, [-1, 0]],
    [{ removeTime: 0 }, { markDirtyTime: 5 }, [5, 0]],
    [{}, { markDirtyTime: 60, removeTime: 90 }, [60, 90]],
  ])("lifetimes %j under %j are %j", (own, general, [markDirtyTime, removeTime]) => {
    expect(resolveLifetimes(own, general)).toEqual({ markDirtyTime, removeTime });
  });

  test("defect 24: needs no window", () => {
    expect(typeof window).toBe("undefined");
    expect(() => new Departments()).not.toThrow();
  });

  test("defect 26: reset forgets all and goes on, dispose leaves no timer, and a definition may be made again", async () => {
    const d = new Departments();
    await d.open();
    d.users.edit("u1").name = "lost";
    d.store.reset();
    expect(d.users.get("u1")).toBeUndefined();
    await d.rest();
    d.taken();
    expect(d.users.read("u1").name).toBe("");
    await d.rest();
    expect(d.users.get("u1")?.name).toBe("U1");
    const again = d.define<User>("users", (id) => ({ id, name: "other" }));
    expect(again).toBe(d.users);
    expect(d.users.read("u9").name).toBe("other");
    d.store.dispose();
    await d.rest();
    expect(d.clock.pending).toBe(0);
    d.users.read("u3");
    expect(d.reported).toEqual([]);
  });
});

describe("beyond", () => {
  test("rule A1: rows that nobody watches are only dirty; with refetch stored all are fetched", async () => {
    const watched = new Departments();
    const stored = new Departments({}, { refetch: "stored" });
    for (const d of [watched, stored]) {
      for (const id of ["u1", "u2"]) d.users.read(id);
      await d.rest();
      d.taken();
      d.store.handleSocketNotification("users", "update", ["u1", "u2"]);
      await d.rest();
    }
    expect(watched.taken()).toEqual([]);
    expect(watched.users.state("u1").isDirty).toBe(true);
    expect(stored.taken()).toEqual(["users.loadByIds(u1,u2)"]);
  });

  test("rule A8: after notices were missed everything is fetched anew: what is watched at once, the rest when it is read", async () => {
    const d = new Departments();
    await d.open();
    for (const id of ["u1", "u5"]) d.users.read(id);
    await d.rest();
    const end = d.users.row("u1").subscribe(() => {});
    d.tables.users?.set("u1", { id: "u1", name: "changed meanwhile" });
    d.tables.users?.delete("u5");
    d.taken();
    d.store.markDirty();
    await d.rest();
    expect(d.users.get("u1")?.name).toBe("changed meanwhile");
    expect(d.users.state("u5").isDirty).toBe(true);
    d.users.read("u5");
    await d.rest();
    expect(d.users.state("u5").status).toBe("absent");
    const calls = d.taken();
    expect(calls.filter((call) => call.startsWith("orgs."))).toEqual(["orgs.loadByIds(o1)"]);
    expect(calls.at(-1)).toBe("users.loadByIds(u5)");
    end();
  });

  test("new rows may be added within a transaction, and are one notification", async () => {
    const d = new Departments();
    await d.open();
    const users = d.orgs.children<User>("o1", "users");
    const told: number[] = [];
    const end = users.subscribe(() => told.push(users.length));
    let added: readonly Promise<User>[] = [];
    d.store.transaction(() => {
      expect(users.addToStore({ id: "new1", name: "One" })).toBe("new1");
      added = ["new2", "new3"].map((id) => users.add({ id, name: id }));
    });
    expect(users.ids).toEqual(["u1", "u2", "u3", "new1", "new2", "new3"]);
    expect(told).toEqual([6]);
    await d.rest();
    expect((await Promise.all(added)).map(({ id }) => id)).toEqual(["srv-new2", "srv-new3"]);
    end();
  });

  test("tables of a server are translated, create may be accepted (C7)", async () => {
    const d = new Departments({
      tables: { accounts: { table: "users", id: (id) => `u${id}` } },
      acceptCreate: true,
    });
    await d.open();
    d.store.handleSocketNotification("accounts", "update", ["1", "2"]);
    await d.rest();
    expect(d.taken()).toEqual(["users.loadByIds(u1,u2)"]);
    d.store.handleSocketNotification("accounts", "delete", ["2"]);
    expect(d.names("o1")).toEqual(["U1", "U3"]);
    d.users.read("u9");
    await d.rest();
    d.taken();
    d.store.handleSocketNotification("accounts", "create", ["9", "8"]);
    await d.rest();
    expect(d.taken()).toEqual(["users.loadByIds(u9)"]);
  });

  test("a list of 100,000 scrolls: what is read is loaded with a margin, and nothing else", async () => {
    const d = new Departments({}, { prefetch: 20 });
    d.docs = Array.from({ length: 100_000 }, (_, i) => `x${i}`);
    for (const id of d.docs) d.tables.docs?.set(id, { id, name: id });
    const org = d.tables.orgs?.get("o1") as Org;
    d.tables.orgs?.set("o1", {
      ...org,
      docs: { startIndex: 0, indexes: d.docs.slice(0, 50), length: 100_000 },
    });
    const docs = d.orgs.children<User>("o1", "docs");
    await d.rest();
    d.taken();
    expect(docs.length).toBe(100_000);
    for (const at of [0, 50_000, 99_980]) {
      docs.slice(at, at + 20);
      await d.rest();
      docs.slice(at, at + 20);
      await d.rest();
      expect(docs.slice(at, at + 20).map(({ name }) => name)).toEqual(d.docs.slice(at, at + 20));
    }
    expect(d.taken().filter((call) => call.startsWith("orgs"))).toEqual([
      "orgs.loadByIndexes(o1,docs,49980,60)",
      "orgs.loadByIndexes(o1,docs,99960,40)",
    ]);
  });

  test("a long list whose parent is told anew keeps its ids until they are told again", async () => {
    const d = new Departments();
    await d.open();
    const docs = d.orgs.children<User>("o1", "docs");
    void docs.slice(0, 3);
    await d.rest();
    d.docs = ["new", ...d.docs.slice(0, 9)];
    const org = d.tables.orgs?.get("o1") as Org;
    d.tables.orgs?.set("o1", { ...org });
    d.store.handleSocketNotification("orgs", "update", ["o1"]);
    await d.rest();
    expect(docs.idAt(0)).toBe("d0");
    void docs.slice(0, 3);
    await d.rest();
    expect([0, 1, 2].map((i) => docs.idAt(i))).toEqual(["new", "d0", "d1"]);
  });

  test("an editable row looks like the row: its keys, in, JSON", async () => {
    const d = new Departments();
    d.users.read("u1");
    await d.rest();
    const row = d.users.edit("u1");
    expect("name" in row).toBe(true);
    expect(Object.keys(row)).toEqual(["id", "name"]);
    expect(JSON.stringify(row)).toBe('{"id":"u1","name":"U1"}');
    expect(row.getRealRow()).toBe(d.users.get("u1"));
  });
});
