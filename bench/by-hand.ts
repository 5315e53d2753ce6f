import { createHash } from "node:crypto";
import { and, asc, count, eq, type SQL } from "drizzle-orm";
import { Hono } from "hono";
import { etag } from "hono/etag";
import { HTTPException } from "hono/http-exception";
import type { Db } from "liveset";
import { z } from "zod";
import { tasks } from "./task-database.ts";

const key = z.coerce.number().int();
const page = z.object({
  done: z.enum(["true", "false"]).optional(),
  listId: z.coerce.number().int().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  offset: z.coerce.number().int().min(0).default(0),
});
const patch = z.object({ text: z.string(), done: z.boolean(), listId: z.number().int() }).partial().strict();

// Hono's own digest is asynchronous and slower.
const tagged = etag({
  generateDigest: (body) => new Uint8Array(createHash("sha1").update(body).digest()).buffer,
});

/** The same three operations as a careful person would write them on Hono, Drizzle and zod: the same bodies, with ETags. */
export function byHand(db: Db): Hono {
  const app = new Hono();
  app.get("/api/tasks/", tagged, async (c) => {
    const { done, listId, limit, offset } = page.parse(c.req.query());
    const conditions: SQL[] = [];
    if (done !== undefined) conditions.push(eq(tasks.done, done === "true"));
    if (listId !== undefined) conditions.push(eq(tasks.listId, listId));
    const where = and(...conditions);
    const [total] = await db.select({ count: count() }).from(tasks).where(where);
    const results = await db
      .select()
      .from(tasks)
      .where(where)
      .orderBy(asc(tasks.id))
      .limit(limit)
      .offset(offset);
    const all = total?.count ?? 0;
    const link = (from: number): string => {
      const url = new URL(c.req.url);
      url.searchParams.set("limit", String(limit));
      url.searchParams.set("offset", String(from));
      return url.href;
    };
    const next = offset + limit < all ? link(offset + limit) : null;
    const previous = offset > 0 ? link(Math.max(0, offset - limit)) : null;
    return c.json({ count: all, next, previous, results });
  });
  app.get("/api/tasks/:id/", tagged, async (c) => {
    const [row] = await db
      .select()
      .from(tasks)
      .where(eq(tasks.id, key.parse(c.req.param("id"))));
    if (row === undefined) throw new HTTPException(404);
    return c.json(row);
  });
  app.patch("/api/tasks/:id/", async (c) => {
    const values = patch.parse(await c.req.json());
    const id = key.parse(c.req.param("id"));
    const row = await db.transaction(async (transaction) => {
      const [found] = await transaction.select().from(tasks).where(eq(tasks.id, id));
      if (found === undefined) throw new HTTPException(404);
      const [changed] = await transaction.update(tasks).set(values).where(eq(tasks.id, id)).returning();
      return changed;
    });
    return c.json(row);
  });
  return app;
}
