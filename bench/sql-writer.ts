import { DatabaseSync } from "node:sqlite";

/** Another program that writes into the file, by SQL alone. For each message it changes task 1 once and says when that was committed. */
const file = new DatabaseSync(process.argv[2] ?? "");
file.exec("pragma busy_timeout = 5000");
const update = file.prepare("update tasks set text = ? where id = 1");
process.on("message", (n) => {
  update.run(`Written elsewhere ${n}`);
  process.send?.(Number(process.hrtime.bigint()) / 1e6);
});
