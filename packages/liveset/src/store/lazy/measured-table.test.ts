import { describe, expect, test, vi } from "vitest";
import { Departments, type User } from "./departments.fixture.ts";

/* The table of calls and results that was measured with the real SmartNgRX 3.0.0. Where ours differs by a stated rule, the title says so. */

describe("lazy rows, case by case", () => {
  test("case P1: the initial row loads by itself, and its children are counted without being loaded", async () => {
    const d = new Departments();
    await d.rest();
    expect(d.taken()).toEqual(["top.loadByIds(1)"]);
    expect(d.top.children("1", "orgs").length).toBe(2);
    await d.rest();
    expect(d.taken()).toEqual([]);
  });

  test("case P2: a read row is its default with isLoading, and then itself", async () => {
    const d = new Departments();
    await d.rest();
    d.taken();
    const rows = d.top.children<{ name: string; isLoading?: boolean }>("1", "orgs");
    expect(rows.at(0)).toMatchObject({ id: "o1", name: "", isLoading: true });
    expect(rows.at(0)).toBe(rows.at(0));
    await d.rest();
    expect(d.taken()).toEqual(["orgs.loadByIds(o1)"]);
    expect(rows.at(0)).toMatchObject({ name: "Org1" });
    expect(rows.at(0).isLoading).toBeUndefined();
  });

  test("case P3: what is read in one tick is loaded by one call", async () => {
    const d = new Departments();
    d.orgs.read("o1");
    await d.rest();
    d.taken();
    const users = d.orgs.children<User>("o1", "users");
    expect([0, 1, 2].map((i) => users.at(i).isLoading)).toEqual([true, true, true]);
    expect(d.users.state("u1").status).toBe("loading");
    await d.rest();
    expect(d.taken()).toEqual(["users.loadByIds(u1,u2,u3)"]);
    expect(d.names("o1")).toEqual(["U1", "U2", "U3"]);
  });

  test("case P4: an update is fetched; until it arrives the old row is shown, dirty (C3, C4)", async () => {
    const d = new Departments();
    await d.open();
    d.tables.users?.set("u1", { id: "u1", name: "new" });
    d.store.handleSocketNotification("users", "update", ["u1"]);
    expect(d.users.get("u1")?.name).toBe("U1");
    expect(d.users.state("u1").isDirty).toBe(true);
    await d.rest();
    expect(d.taken()).toEqual(["users.loadByIds(u1)"]);
    expect(d.users.get("u1")?.name).toBe("new");
    expect(d.users.state("u1").isDirty).toBe(false);
  });

  test("case P5: an update of a row that is not here is nothing (C3)", async () => {
    const d = new Departments();
    await d.open();
    d.store.handleSocketNotification("users", "update", ["u5"]);
    await d.rest();
    expect(d.taken()).toEqual([]);
  });

  test("case P6: each id once, and only those that are here (C3)", async () => {
    const d = new Departments();
    await d.open();
    d.store.handleSocketNotification("users", "update", ["u1", "u2", "u1", "u3", "u99"]);
    await d.rest();
    expect(d.taken()).toEqual(["users.loadByIds(u1,u2,u3)"]);
  });

  test("case P7: two updates in a tick are one call, one that comes meanwhile is another, after it", async () => {
    const d = new Departments();
    await d.open();
    d.store.handleSocketNotification("users", "update", ["u1"]);
    d.store.handleSocketNotification("users", "update", ["u1"]);
    await d.rest(2);
    d.tables.users?.set("u1", { id: "u1", name: "last" });
    d.store.handleSocketNotification("users", "update", ["u1"]);
    await d.rest();
    expect(d.taken()).toEqual(["users.loadByIds(u1)", "users.loadByIds(u1)"]);
    expect(d.users.get("u1")?.name).toBe("last");
  });

  test("case P8: a table that is not known is nothing, whatever the action (C1, C2)", async () => {
    const d = new Departments();
    await d.open();
    for (const action of ["update", "create", "delete", "explode"]) {
      d.store.handleSocketNotification("nope", action, ["u1"]);
      d.store.handleSocketNotification("user", action, ["u1"]);
      d.store.handleSocketNotification("docs", action, ["d1"]);
    }
    await d.rest();
    expect(d.taken()).toEqual([]);
  });

  test("case P9: any other action on a table in use throws, with ids or without (C6)", async () => {
    const d = new Departments();
    await d.open();
    for (const ids of [["u1"], []]) {
      expect(() => d.store.handleSocketNotification("users", "create", ids)).toThrow(
        new Error("invalid action create"),
      );
    }
    await d.rest();
    expect(d.taken()).toEqual([]);
  });

  test("case P10: a new child comes by an update of its parent, and loads when it is read", async () => {
    const d = new Departments();
    await d.open();
    const org = d.tables.orgs?.get("o1") as object;
    d.tables.orgs?.set("o1", { ...org, users: ["u1", "u2", "u3", "u5"] });
    d.store.handleSocketNotification("orgs", "update", ["o1"]);
    await d.rest();
    expect(d.taken()).toEqual(["orgs.loadByIds(o1)", "users.loadByIds(u5)"]);
    expect(d.orgs.children("o1", "users").ids).toEqual(["u1", "u2", "u3", "u5"]);
  });

  test("case P11: a delete takes the row out of the lists of all its parents at once, without a call; by our rule (A5) the row goes as well (C5)", async () => {
    const d = new Departments();
    await d.open();
    d.store.handleSocketNotification("users", "delete", ["u2"]);
    expect(d.orgs.children("o1", "users").ids).toEqual(["u1", "u3"]);
    expect(d.orgs.children("o2", "users").ids).toEqual(["u4"]);
    expect(d.orgs.get("o1")?.users).toEqual(["u1", "u3"]);
    expect(d.users.get("u2")).toBeUndefined();
    await d.rest();
    expect(d.taken()).toEqual([]);
  });

  test("case P12: a delete of what is not here, of nothing, or by a number is harmless (C8)", async () => {
    const d = new Departments();
    await d.open();
    d.store.handleSocketNotification("users", "delete", ["zzz"]);
    d.store.handleSocketNotification("users", "delete", []);
    d.store.handleSocketNotification("users", "delete", [1]);
    await d.rest();
    expect(d.taken()).toEqual([]);
    expect(d.names("o1")).toEqual(["U1", "U2", "U3"]);
  });

  test("case P13: a delete of a table that is nobody's child throws nothing, by our rule (A6)", async () => {
    const d = new Departments();
    await d.open();
    expect(() => d.store.handleSocketNotification("top", "delete", ["1"])).not.toThrow();
    expect(d.top.get("1")).toBeUndefined();
  });

  test("case P14: a table in several features is told of in each that is in use (C1, C2)", async () => {
    const d = new Departments();
    await d.open();
    const g = d.define<User>("users", (id) => ({ id, name: "" }), { feature: "g" });
    d.store.handleSocketNotification("users", "update", ["u1"]);
    await d.rest();
    expect(d.taken()).toEqual(["users.loadByIds(u1)"]);
    g.row("u1").subscribe(() => {});
    g.read("u1");
    await d.rest();
    d.taken();
    d.store.handleSocketNotification("users", "update", ["u1"]);
    await d.rest();
    expect(d.taken().sort()).toEqual(["g.users.loadByIds(u1)", "users.loadByIds(u1)"]);
  });

  test('case P15: with refetch "read" an update is fetched by the next read', async () => {
    const d = new Departments({}, { refetch: "read" });
    const end = await d.open();
    end();
    d.tables.users?.set("u1", { id: "u1", name: "new" });
    d.store.handleSocketNotification("users", "update", ["u1"]);
    await d.rest();
    expect(d.taken()).toEqual([]);
    d.users.read("u1");
    await d.rest();
    expect(d.taken()).toEqual(["users.loadByIds(u1)"]);
    expect(d.users.get("u1")?.name).toBe("new");
  });

  test("case P16: an assignment is shown at once and sent; one that fails is taken back and, by our rule, reported", async () => {
    const d = new Departments();
    await d.open();
    d.users.edit("u1").name = "A";
    expect(d.users.get("u1")?.name).toBe("A");
    await d.rest();
    expect(d.taken()).toEqual(['users.update({"id":"u1","name":"A"})']);
    expect(d.users.get("u1")?.name).toBe("A");
    d.instead.push(() => {
      throw new Error("no");
    });
    d.users.edit("u1").name = "B";
    expect(d.users.get("u1")?.name).toBe("B");
    await d.rest();
    expect(d.users.get("u1")?.name).toBe("A");
    expect(d.reported).toEqual([["Error updating row, rolling back to original row", new Error("no")]]);
  });

  test("case P17: a deleted row goes from all lists at once", async () => {
    const d = new Departments();
    await d.open();
    d.users.edit("u2").delete();
    expect(d.orgs.children("o1", "users").ids).toEqual(["u1", "u3"]);
    expect(d.orgs.children("o2", "users").ids).toEqual(["u4"]);
    await d.rest();
    expect(d.taken()).toEqual(["users.delete(u2)"]);
    expect(d.orgs.children("o1", "users").ids).toEqual(["u1", "u3"]);
  });

  test("case P18: a new row is seen at once, saved by its first assignment, and takes its id in its place", async () => {
    const d = new Departments();
    await d.open();
    const users = d.orgs.children<User>("o1", "users");
    const told = vi.fn();
    users.subscribe(told);
    users.addToStore({ id: "new1", name: "" });
    expect(users.ids).toEqual(["u1", "u2", "u3", "new1"]);
    expect(d.users.state("new1").isEditing).toBe(true);
    await d.rest();
    expect(d.taken()).toEqual([]);
    d.users.edit("new1").name = "New";
    expect(users.at(3).name).toBe("New");
    await d.rest();
    expect(d.taken()).toEqual(["users.add(new1,o1)"]);
    expect(users.ids).toEqual(["u1", "u2", "u3", "srv-new1"]);
    expect(d.users.read("new1")).toBe(d.users.get("srv-new1"));
    await d.rest(1_000);
    expect(d.users.get("new1")).toBeUndefined();
    expect(d.taken()).toEqual([]);
  });

  test("case P19: of a long list the ids of what is read are loaded by one range, then the rows by one call", async () => {
    const d = new Departments();
    await d.open();
    const docs = d.orgs.children<User>("o1", "docs");
    const end = docs.subscribe(() => void [docs.at(3), docs.at(6)]);
    expect(docs.length).toBe(10);
    expect([docs.at(3), docs.at(6)].map(({ id }) => id)).toEqual(["index-3", "index-6"]);
    expect([docs.idAt(4), docs.idAt(10)]).toEqual(["index-4", undefined]);
    await d.rest();
    expect(d.taken()).toEqual(["orgs.loadByIndexes(o1,docs,3,4)", "docs.loadByIds(d3,d6)"]);
    expect([docs.at(3), docs.at(6)].map(({ id, name }) => `${id} ${name}`)).toEqual(["d3 Doc3", "d6 Doc6"]);
    expect(() => docs.at(10)).toThrow(new RangeError("Index out of bounds"));
    expect(() => docs.at(-1)).toThrow(RangeError);
    end();
  });

  test("case P20: a delete in a long list makes it shorter", async () => {
    const d = new Departments();
    await d.open();
    const docs = d.orgs.children<User>("o1", "docs");
    void [...docs];
    await d.rest();
    void [...docs];
    await d.rest();
    d.taken();
    d.store.handleSocketNotification("docs", "delete", ["d3"]);
    expect(docs.ids).toEqual(["d0", "d1", "d2", "d4", "d5", "d6", "d7", "d8", "d9"]);
    expect(docs.length).toBe(9);
    await d.rest();
    expect(d.taken()).toEqual([]);
  });
});
