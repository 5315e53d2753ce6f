import { expect, test } from "vitest";
import { readBody } from "./read-body.ts";

function post(body: BodyInit | null, contentType = "application/json"): Request {
  return new Request("http://localhost/", { method: "POST", body, headers: { "content-type": contentType } });
}

function stream(chunks: readonly string[]): Request {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });
  const init = { method: "POST", body, headers: { "content-type": "application/json" }, duplex: "half" };
  return new Request("http://localhost/", init);
}

test("JSON under its own and derived media types is read", async () => {
  expect(await readBody(post('{"a":[1]}'), 100)).toEqual({ a: [1] });
  expect(await readBody(post("1", "application/merge-patch+json; charset=utf-8"), 100)).toBe(1);
  expect(await readBody(stream(['{"text":"Mi', 'lch"}']), 100)).toEqual({ text: "Milch" });
});

test("no body is none", async () => {
  expect(await readBody(new Request("http://localhost/"), 100)).toBeUndefined();
  expect(await readBody(post("", "text/plain"), 100)).toBeUndefined();
});

test("a body that announces or turns out to be too large is not read further", async () => {
  await expect(readBody(post(JSON.stringify("x".repeat(100))), 50)).rejects.toMatchObject({
    code: "too_large",
  });
  await expect(readBody(stream(['"', "x".repeat(60), '"']), 50)).rejects.toMatchObject({ code: "too_large" });
});

test("the announced length of a body does not decide alone", async () => {
  const announcing = (length: number, text: string): Request => {
    const headers = { "content-type": "application/json", "content-length": String(length) };
    return new Request("http://localhost/", { method: "POST", body: text, headers });
  };
  await expect(readBody(announcing(60, "{}"), 50)).rejects.toMatchObject({ code: "too_large" });
  await expect(readBody(announcing(2, `"${"x".repeat(60)}"`), 50)).rejects.toMatchObject({
    code: "too_large",
  });
  expect(await readBody(announcing(8, '{"a":"ü"}'), 50)).toEqual({ a: "ü" });
  expect(await readBody(announcing(0, ""), 50)).toBeUndefined();
});

test.each([
  "text/plain",
  "multipart/form-data; boundary=x",
  "application/jsonp",
  "application/x-www-form-urlencoded",
])("%s is not JSON", async (type) => {
  await expect(readBody(post("{}", type), 50)).rejects.toMatchObject({ code: "unsupported_media_type" });
});

test("what is no JSON, or no UTF-8, is malformed", async () => {
  await expect(readBody(post("{a:1}"), 50)).rejects.toMatchObject({ code: "malformed" });
  await expect(readBody(post(new Uint8Array([34, 255, 34])), 50)).rejects.toMatchObject({
    code: "malformed",
  });
});

test("keys that could reach a prototype are refused by their path", async () => {
  const body = '{"a":[{"__proto__":1}],"constructor":2}';
  await expect(readBody(post(body), 100)).rejects.toMatchObject({
    code: "invalid",
    errors: [{ path: ["a", 0, "__proto__"] }, { path: ["constructor"] }],
  });
});

test("a body nested beyond reason is refused, not a crash", async () => {
  const depth = 100_000;
  const body = "[".repeat(depth) + "]".repeat(depth);
  await expect(readBody(post(body), 1e6)).rejects.toMatchObject({ status: 400 });
});
