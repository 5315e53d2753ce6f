import { DatabaseSync } from "node:sqlite";

/** How many transactions of one change a second the file takes from SQL alone, before anything is captured. */
export function sqlRate(path: string): number {
  const file = new DatabaseSync(path);
  file.exec("pragma synchronous = normal");
  const update = file.prepare("update tasks set text = ? where id = ?");
  const begin = performance.now();
  const changes = 2000;
  for (let id = 1; id <= changes; id++) update.run(`Changed by SQL ${id}`, id);
  const rate = (changes / (performance.now() - begin)) * 1000;
  file.close();
  return rate;
}
