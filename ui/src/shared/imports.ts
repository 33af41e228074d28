// The import that is going on: kept while the user is on other pages, as long as the program runs.

import { useCallback, useSyncExternalStore } from "react";
import type { ImportPreview, ImportProgress, MendedCell, UserError } from "../api/generated";
import { useSession } from "./session";

export interface ImportStand {
  /** The party that imports: stepping into another one does not show it somebody else's file. */
  party: string | null;
  file: { name: string; content: string } | null;
  /** What was found in the file, and until then nothing. */
  preview: ImportPreview | null;
  /** Why it could not be read. */
  failed: UserError | null;
  mended: MendedCell[];
  started: { import: string; first: ImportProgress } | null;
  /** The import has ended. */
  over: boolean;
}

const NOTHING: ImportStand = {
  party: null,
  file: null,
  preview: null,
  failed: null,
  mended: [],
  started: null,
  over: false,
};

let stand = NOTHING;
const hearers = new Set<() => void>();

function put(next: ImportStand): void {
  stand = next;
  for (const hear of hearers) hear();
}

function subscribe(hear: () => void): () => void {
  hearers.add(hear);
  return () => hearers.delete(hear);
}

/** Forgets the import; what is being signed goes on. */
export function forgetImport(): void {
  put(NOTHING);
}

/** The import of the party we are, and how to change what is known of it. */
export function useImportStand(): [ImportStand, (change: Partial<ImportStand>) => void] {
  const { party } = useSession();
  const now = useSyncExternalStore(subscribe, () => stand);
  const change = useCallback((next: Partial<ImportStand>) => put({ ...stand, party, ...next }), [party]);
  return [now.party === party ? now : NOTHING, change];
}
