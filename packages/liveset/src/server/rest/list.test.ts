import { expect, test } from "vitest";
import { ask, serveTasks } from "../serve-tasks.fixture.ts";

interface Page {
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: readonly { readonly id: number }[];
}

async function page(server: Awaited<ReturnType<typeof serveTasks>>, path: string): Promise<Page> {
  const answer = await ask(server, "GET", path);
  expect(answer.status).toBe(200);
  return answer.body as Page;
}

function ids(answer: Page): number[] {
  return answer.results.map(({ id }) => id);
}

test("a list is a page of the rows in scope, as they are serialised", async () => {
  const server = await serveTasks();
  expect(await page(server, "/api/tasks/?limit=1")).toEqual({
    count: 3,
    next: "http://localhost/api/tasks/?limit=1&offset=1",
    previous: null,
    results: [{ id: 1, text: "Buy milk", done: false, due: null, listId: 1, label: "☐ Buy milk" }],
  });
});

test("pages by offset lead there and back", async () => {
  const server = await serveTasks();
  const first = await page(server, "/api/tasks?ordering=-id");
  expect([ids(first), first.previous]).toEqual([[4, 2], null]);
  const second = await page(server, String(first.next).replace("http://localhost", ""));
  expect([ids(second), second.next]).toEqual([[1], null]);
  expect(second.previous).toBe("http://localhost/api/tasks/?ordering=-id&limit=2");
});

test("a page beyond the end still says how many rows there are", async () => {
  const server = await serveTasks();
  const beyond = await page(server, "/api/tasks/?offset=10");
  expect([beyond.count, beyond.results, beyond.next]).toEqual([3, [], null]);
  expect(beyond.previous).toBe("http://localhost/api/tasks/?limit=2&offset=8");
  expect(await page(server, "/api/tasks/?text=none")).toMatchObject({ count: 0, previous: null });
});

test("pages by position follow the last row seen, whatever was inserted before it", async () => {
  const server = await serveTasks();
  const first = await page(server, "/api/tasks/?ordering=text&after=");
  expect(ids(first)).toEqual([2, 1]);
  await ask(server, "POST", "/api/tasks/", { body: { text: "Also" } });
  const second = await page(server, String(first.next).replace("http://localhost", ""));
  expect([ids(second), second.next, second.previous]).toEqual([[4], null, null]);
});

test("filters, search and parameters narrow the list, and stay in its links", async () => {
  const server = await serveTasks();
  expect(ids(await page(server, "/api/tasks/?done=false"))).toEqual([1, 4]);
  expect(ids(await page(server, "/api/tasks/?text__icontains=BUY&id__in=2,3"))).toEqual([2]);
  expect(
    ids(await page(server, `/api/tasks/?where=${encodeURIComponent('{"OR":[{"id":4},{"done":true}]}')}`)),
  ).toEqual([2, 4]);
  expect(ids(await page(server, "/api/tasks/?search=milk%20buy"))).toEqual([1]);
  expect(ids(await page(server, "/api/tasks/?listId__isnull=true"))).toEqual([4]);
  const narrowed = await page(server, "/api/tasks/?list=1&limit=1");
  expect([ids(narrowed), narrowed.count]).toEqual([[1], 2]);
  expect(narrowed.next).toContain("list=1");
});

test("a resource's own largest page is kept to silently, the server's is an error", async () => {
  const server = await serveTasks({ limits: { pageSize: 50 } });
  await ask(server, "POST", "/api/tasks/", { body: { text: "More" } });
  expect(ids(await page(server, "/api/tasks/?limit=50"))).toHaveLength(3);
  expect(await ask(server, "GET", "/api/tasks/?limit=51")).toMatchObject({
    status: 400,
    body: { code: "limit_exceeded" },
  });
});

const refused: readonly (readonly [string, string])[] = [
  ["limit=0", "limit"],
  ["limit=1.5", "limit"],
  ["limit=x", "limit"],
  ["offset=-1", "offset"],
  ["offset=1&after=", "offset"],
  ["after=nonsense", "after"],
  ["colour=red", "colour"],
  ["ownerId=8", "ownerId"],
  ["done__icontains=x", "done"],
  ["id=one", "id"],
  ["ordering=ownerId", "ordering"],
  ["ordering=due", "due"],
  ["list=x", "list"],
];

test.each(refused)("?%s is refused, naming %s", async (search, name) => {
  const server = await serveTasks();
  const answer = await ask(server, "GET", `/api/tasks/?${search}`);
  expect(answer).toMatchObject({ status: 400, body: { code: "invalid" } });
  const { errors } = answer.body as { errors: { path: unknown[] }[] };
  expect(errors.flatMap(({ path }) => path).join(" ")).toContain(name);
});

test("a filter larger than the server allows is refused", async () => {
  const server = await serveTasks({ limits: { inValues: 2, filterConditions: 2, filterDepth: 1 } });
  const deep = `where=${encodeURIComponent('{"NOT":{"NOT":{"id":1}}}')}`;
  for (const search of ["id__in=1,2,3", "search=a+b+c", "id=1&done=true&listId=1", deep]) {
    expect(await ask(server, "GET", `/api/tasks/?${search}`)).toMatchObject({
      status: 400,
      body: { code: "limit_exceeded" },
    });
  }
});

test("an unchanged list is not sent again", async () => {
  const server = await serveTasks();
  const first = await ask(server, "GET", "/api/tasks/");
  const headers = { "if-none-match": `W/${first.headers.get("etag")}` };
  expect(await ask(server, "GET", "/api/tasks/", { headers })).toMatchObject({
    status: 304,
    body: undefined,
  });
  await ask(server, "PATCH", "/api/tasks/1/", { body: { text: "Milk" } });
  expect(await ask(server, "GET", "/api/tasks/", { headers })).toMatchObject({ status: 200 });
});

test("HEAD is GET without its body", async () => {
  const server = await serveTasks();
  const get = await ask(server, "GET", "/api/tasks/");
  const head = await ask(server, "HEAD", "/api/tasks/");
  expect([head.status, head.body, head.headers.get("etag")]).toEqual([
    200,
    undefined,
    get.headers.get("etag"),
  ]);
});
