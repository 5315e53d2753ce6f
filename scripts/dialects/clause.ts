/** A clause of a dialect's specification, and what its test found. */
export interface Clause {
  /** The test's file, from the root of the repository. */
  readonly file: string;
  /** The group that the test stands in, empty where there is none. */
  readonly group: string;
  readonly title: string;
  readonly passed: boolean;
}

/** How a title says that we do otherwise than the original, and what. */
const difference = / \(differs: (.*)\)$/;

/** The dialects by the folder of their tests, with the original that each is compared with. */
const dialects: readonly { readonly folder: string; readonly heading: string; readonly guide: string }[] = [
  {
    folder: "rest-live",
    heading: "`rest-live`: django-rest-live 0.7.0",
    guide: "[From django-rest-live](migrate-from-django-rest-live.md)",
  },
  {
    folder: "dcrf",
    heading: "`dcrf`: Django Channels REST Framework 1.3, dcrf-client 0.3.0",
    guide: "[From Django Channels REST Framework](migrate-from-dcrf.md)",
  },
  {
    folder: "notices",
    heading: "`notices`: SmartNgRX 3.0",
    guide: "[From SmartNgRX's server](migrate-from-smart-ngrx.md)",
  },
];

/** Tests of these files are clauses. */
const conformance =
  /(?:src\/server\/dialect\/([a-z-]+)|tests\/([a-z-]+)\/src)\/(acceptance|events|real-client|fuzz|vuex-tutorial)(\.integration|\.browser)?\.test\.ts$/;

/** Where tests stand outside of the package, for they need much that nobody else does. */
const elsewhere: Readonly<Record<string, string>> = { "smart-ngrx": "notices" };

/** The folder of the dialect whose clauses a file tests; null for any other file. */
export function dialectOf(file: string): string | null {
  const [, folder, outside = ""] = conformance.exec(file) ?? [];
  return folder ?? elsewhere[outside] ?? null;
}

/** One line of the table for each clause. */
export function printLine({ title, passed }: Clause): string {
  const otherwise = difference.exec(title)?.[1];
  const clause = title
    .replace(difference, "")
    .replace(/^case /, "")
    .replaceAll("|", "\\|");
  const result = !passed ? "**fails**" : otherwise === undefined ? "pass" : `differs: ${otherwise}`;
  return `| ${clause} | ${result} |`;
}

/** The whole document. */
export function printDialects(clauses: readonly Clause[]): string {
  const parts = dialects.map(({ folder, heading, guide }) => {
    const own = clauses.filter(({ file }) => dialectOf(file) === folder);
    const differing = own.filter(({ title }) => difference.test(title)).length;
    const groups = [...new Set(own.map(({ file, group }) => `${nameOf(file)}${group}`))];
    const tables = groups.map((group) => {
      const lines = own.filter((clause) => `${nameOf(clause.file)}${clause.group}` === group).map(printLine);
      return `### ${group}\n\n| clause | result |\n|---|---|\n${lines.join("\n")}`;
    });
    const sum = `${own.length} clauses, of which ${differing} differ on purpose. ${guide} says what is the same and what is better.`;
    return `## ${heading}\n\n${sum}\n\n${tables.join("\n\n")}`;
  });
  return `# Conformance of the dialects

Written from the results of the tests by \`npm run docs:dialects\`; \`npm test\` fails where this page and the results differ.

${parts.join("\n\n")}
`;
}

/** What runs the clauses of a file. */
function nameOf(file: string): string {
  const [, , , name = "", stage = ""] = conformance.exec(file) ?? [];
  const by = name === "acceptance" ? "" : `${name.replaceAll("-", " ")}`;
  const where = stage === ".browser" ? " in Chromium" : stage === ".integration" ? " in Node" : "";
  return by === "" ? "Frames, " : `${by[0]?.toUpperCase()}${by.slice(1)}${where}, `;
}
