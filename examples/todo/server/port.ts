import { createServer } from "node:net";

/** The port that a variable of the environment names; 8000 where it names none, 0 for any free one. */
export function readPort(text: string | undefined): number {
  if (text === undefined || text === "") return 8000;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`PORT is "${text}"; it must be a number from 0 to 65535.`);
}

/** Finds out that a port is taken before anything is built or deleted. */
export async function checkPort(port: number): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", reject);
    probe.listen(port, () => probe.close(() => resolve()));
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EADDRINUSE") {
      throw new Error(
        `Port ${port} is in use, perhaps by a demo that still runs. Another one: PORT=${port + 1} npm run demo`,
      );
    }
    if (error.code === "EACCES")
      throw new Error(`Port ${port} may not be opened by you. Another one: PORT=8000 npm run demo`);
    throw error;
  });
}
