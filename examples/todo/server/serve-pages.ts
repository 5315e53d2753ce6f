import { buildPage } from "./build-page.ts";
import { pageFiles } from "./page-files.ts";
import type { Page } from "./pages.ts";

type Respond = (request: Request) => Response;

/**
 * Serves the demo's pages, each below its path. The first is built before this resolves; another one when it is first asked for, so
 * that nobody waits for a page that he does not open.
 */
export async function servePages(
  first: Page,
  others: readonly Page[],
): Promise<(request: Request) => Response | Promise<Response>> {
  const files = async (page: Page): Promise<Respond> => pageFiles(await buildPage(page), page.path);
  const respond = await files(first);
  const built = new Map<Page, Promise<Respond>>();

  async function respondWith(page: Page, request: Request): Promise<Response> {
    const made = built.get(page) ?? files(page);
    built.set(page, made);
    try {
      return (await made)(request);
    } catch (error) {
      // Mended meanwhile, it is there for the next one who asks.
      built.delete(page);
      return new Response(`${page.path} could not be built.\n${error}\n`, { status: 500 });
    }
  }

  return (request) => {
    const { pathname } = new URL(request.url);
    const page = others.find(({ path }) => pathname.startsWith(path) || `${pathname}/` === path);
    if (page === undefined) return respond(request);
    if (pathname.startsWith(page.path)) return respondWith(page, request);
    return new Response(null, { status: 308, headers: { location: page.path } });
  };
}
