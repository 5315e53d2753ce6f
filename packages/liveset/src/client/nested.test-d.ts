import { z } from "zod";
import { same } from "../core/same.fixture.ts";
import { defineApi } from "../server/define-api.ts";
import { lists, members, schema, tasks } from "../server/relations.fixture.ts";
import { resource } from "../server/resource.ts";
import { createClient } from "./create-client.ts";
import type { ListQuery } from "./resource-client.ts";

/* Nested rows as a client knows them from `typeof api` alone, and what it refuses. Each refusal says why. */

const api = defineApi({
  lists: resource(lists, {
    schema,
    fields: ["id", "name"],
    orderBy: ["name"],
    with: { tasks: true, members: { resource: "writers" } },
  }),
  tasks: resource(tasks, {
    schema,
    fields: ["id", "text"],
    computed: { shout: ({ text }) => text.toUpperCase() },
    filters: { text: ["exact", "icontains"], "list.name": true },
    orderBy: ["id", "text"],
    with: { list: true, parent: true, children: true },
  }),
  members: resource(members, { schema, params: { hall: z.string().optional() } }),
  writers: resource(members, { schema, fields: ["role"], with: { list: true } }),
});

const client = createClient<typeof api>("ws://localhost/ws/");

interface Task {
  readonly id: number;
  readonly text: string;
  readonly shout: string;
}

export function lives(): void {
  const [list] = client.lists.live({ with: { tasks: true, members: true } }).getSnapshot().data;
  same<NonNullable<typeof list>["tasks"], readonly Task[]>(true);
  same<
    NonNullable<typeof list>["members"],
    readonly { readonly role: "reader" | "writer"; readonly listId?: never }[]
  >(false);
  same<NonNullable<typeof list>["members"][number]["role"], "reader" | "writer">(true);
  const [task] = client.tasks.live({ with: { list: true, parent: true } }).getSnapshot().data;
  // A row that is not there, or that the caller may not see, is null.
  same<NonNullable<typeof task>["list"], { readonly id: number; readonly name: string } | null>(true);
  same<NonNullable<typeof task>["parent"], Task | null>(true);
  same<NonNullable<typeof task>["text"], string>(true);
  // @ts-expect-error nested rows are immutable
  list?.tasks.push();
  // @ts-expect-error it was not asked for
  task?.children;
  // @ts-expect-error the related row may be null
  task?.list.name;
}

export function parts(): void {
  const { data } = client.lists
    .live({
      fields: ["name"],
      with: {
        tasks: {
          where: { text: { icontains: "milk" }, OR: [{ list: { name: "a" } }] },
          search: "milk",
          orderBy: { text: "desc", id: "asc" },
          limit: 3,
          fields: ["text"],
          with: { parent: { fields: ["shout"] }, children: true },
        },
      },
      limit: 10,
    })
    .getSnapshot();
  same<
    (typeof data)[number],
    {
      readonly id: number;
      readonly name: string;
      readonly tasks: readonly {
        readonly id: number;
        readonly text: string;
        readonly parent: { readonly id: number; readonly shout: string } | null;
        readonly children: readonly Task[];
      }[];
    }
  >(true);
}

export async function calls(flag: boolean): Promise<void> {
  const page = await client.lists.list({ with: { tasks: { fields: [] } } });
  same<(typeof page.results)[number]["tasks"], readonly { readonly id: number }[]>(true);
  if (page.next !== null) void client.lists.list(page.next);
  const row = await client.tasks.retrieve(1, { fields: ["text"], with: { list: { fields: ["name"] } } });
  same<
    typeof row,
    {
      readonly id: number;
      readonly text: string;
      readonly list: { readonly id: number; readonly name: string } | null;
    }
  >(true);
  const one = client.tasks.liveOne(1, { with: { children: true } }).getSnapshot().data;
  same<NonNullable<typeof one>["children"], readonly Task[]>(true);
  const off = await client.tasks.retrieve(1, { with: { list: false } });
  same<keyof typeof off, keyof Task>(true);
  // Where only the running program knows whether it is asked for, it may be there.
  const perhaps = await client.tasks.retrieve(1, { with: { list: flag } });
  same<typeof perhaps.list, { readonly id: number; readonly name: string } | null | undefined>(true);
  const plain: ListQuery<NonNullable<(typeof api)["$types"]>["tasks"]> = { limit: 5 };
  same<keyof Awaited<ReturnType<typeof asked>>["results"][number], keyof Task>(true);
  const asked = () => client.tasks.list(plain);
}

const declared = defineApi({
  lists: resource(lists, {
    schema,
    fields: ["name"],
    with: {
      tasks: {
        always: true,
        fields: ["text"],
        where: { text: { ne: "" }, parent: { text: "a" } },
        orderBy: { text: "desc" },
        limit: 3,
      },
      members: { fields: ["role"] },
    },
  }),
  tasks: resource(tasks, { schema, fields: ["text", "listId"], with: { list: { always: true } } }),
  members: resource(members, { schema }),
});

export async function always(): Promise<void> {
  const { lists } = createClient<typeof declared>("ws://localhost/ws/");
  const { data } = lists.live({ fields: ["name"] }).getSnapshot();
  type Always = {
    readonly id: number;
    readonly name: string;
    readonly tasks: readonly { readonly id: number; readonly text: string }[];
  };
  same<(typeof data)[number], Always>(true);
  // The answer to a write shows them too.
  same<Awaited<ReturnType<typeof lists.create>>, Always>(true);
  const without = await lists.retrieve(1, { with: { tasks: false } });
  same<keyof typeof without, "id" | "name">(true);
  // What a resource always shows of its own rows is not nested in nested ones.
  const less = await lists.retrieve(1, { with: { tasks: { fields: [] }, members: true } });
  same<(typeof less)["tasks"], readonly { readonly id: number }[]>(true);
  // Of a key of two columns the types know nothing, so that it does not show here.
  same<(typeof less)["members"], readonly { readonly role: "reader" | "writer" }[]>(true);
  // @ts-expect-error it is not among the fields that are shown here
  void lists.retrieve(1, { with: { tasks: { fields: ["listId"] } } });
  // @ts-expect-error no such column of the related table
  resource(lists, { schema, with: { tasks: { where: { name: "a" } } } });
  // @ts-expect-error the value has the related column's type
  resource(lists, { schema, with: { tasks: { where: { listId: "one" } } } });
  // @ts-expect-error no such column of the related table
  resource(lists, { schema, with: { tasks: { orderBy: { name: "asc" } } } });
  // @ts-expect-error one row has no order
  resource(tasks, { schema, with: { list: { orderBy: { name: "asc" } } } });
  // @ts-expect-error one row needs no limit
  resource(tasks, { schema, with: { list: { limit: 1 } } });
  // @ts-expect-error always is yes or no
  resource(lists, { schema, with: { tasks: { always: "yes" } } });
}

export function refusals(): void {
  // @ts-expect-error there is no such relation
  client.lists.live({ with: { owner: true } });
  // @ts-expect-error there is no such relation beside one that there is
  client.lists.live({ with: { tasks: true, owner: true } });
  // @ts-expect-error the relation is there, but not declared to be nested
  client.writers.live({ with: { tasks: true } });
  // @ts-expect-error nothing is nested in these
  client.members.live({ with: { list: true } });
  // @ts-expect-error a hidden column is not shown here either
  client.lists.live({ with: { tasks: { fields: ["listId"] } } });
  // @ts-expect-error only declared filters
  client.lists.live({ with: { tasks: { where: { listId: 1 } } } });
  // @ts-expect-error only declared filters, beside one that is
  client.lists.live({ with: { tasks: { where: { text: "a", listId: 1 } } } });
  // @ts-expect-error only declared filters, however deep
  client.lists.live({ with: { tasks: { where: { OR: [{ text: "a" }, { text: "b", listId: 1 }] } } } });
  // @ts-expect-error only declared lookups
  client.lists.live({ with: { tasks: { where: { text: { startswith: "a" } } } } });
  // @ts-expect-error only declared orders
  client.lists.live({ with: { tasks: { orderBy: { shout: "asc" } } } });
  // @ts-expect-error nested rows have no offset
  client.lists.live({ with: { tasks: { limit: 3, offset: 3 } } });
  // @ts-expect-error one row has no order
  client.tasks.live({ with: { parent: { orderBy: { id: "asc" } } } });
  // @ts-expect-error one row needs no limit
  client.tasks.live({ with: { parent: { limit: 1 } } });
  // @ts-expect-error three levels are too many
  client.lists.live({ with: { tasks: { with: { parent: { with: { list: true } } } } } });
  // @ts-expect-error there is no such relation on the second level
  client.lists.live({ with: { tasks: { with: { parent: true, owner: true } } } });
  // @ts-expect-error what is counted is not shown
  client.lists.liveCount({ with: { tasks: true } });
  // @ts-expect-error there is no such relation
  void client.lists.retrieve(1, { with: { owner: true } });
  // @ts-expect-error there is no such relation
  client.lists.liveOne(1, { with: { owner: true } });
  // @ts-expect-error there is no such relation of the table
  resource(lists, { schema, with: { owner: true } });
  // @ts-expect-error relations are known from the schema
  resource(lists, { with: { tasks: true } });
}
