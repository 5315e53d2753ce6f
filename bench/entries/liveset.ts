export { createClient } from "liveset/client";
export { LivesetProvider, useLiveList, useMutate } from "liveset/react";
