import { ReferenceClient } from "./reference-client.ts";

// The client in a page: the test asks it by `window.client`.
Object.assign(window, { client: ReferenceClient.start(location.origin) });
