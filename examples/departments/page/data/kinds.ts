/** One of the four kinds of things that a department has, each a table of its own. */
export interface Kind {
  /** Its resource on the server, which is its table's name in notices too. */
  readonly resource: "docs" | "folders" | "departmentLists" | "sprintFolders";
  /** What stands before an id in the merged list, so that ids of four tables cannot be confused. */
  readonly prefix: string;
  /** What a person calls it. */
  readonly label: string;
  /** The path of its icon, 24 by 24. */
  readonly icon: string;
}

/** All kinds, in the order in which the server has them below a department. */
export const kinds: readonly Kind[] = [
  {
    resource: "docs",
    prefix: "docs:",
    label: "Document",
    icon: "M7 3.5h7l4 4V20a.5.5 0 0 1-.5.5h-10A.5.5 0 0 1 7 20V3.5Zm7 0v4h4M10 12h5m-5 4h5",
  },
  { resource: "folders", prefix: "folders:", label: "Folder", icon: "M3.5 6.5h6l2 2.5h9v9.5h-17v-12Z" },
  {
    resource: "departmentLists",
    prefix: "lists:",
    label: "List",
    icon: "M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5h.1m-.1 5.5h.1m-.1 5.5h.1",
  },
  {
    resource: "sprintFolders",
    prefix: "sprint-folders:",
    label: "Sprint",
    icon: "M5 12a7 7 0 1 1 2.6 5.4M5 12H2.5M5 12l2.2-2.4M12 8.5V12l2.5 2",
  },
];

/** The kind of a row in the merged list. */
export function kindOf(id: string): Kind | undefined {
  return kinds.find(({ prefix }) => id.startsWith(prefix));
}
