// The one door to the core. Everything the UI asks goes through `call`; everything it is told comes through `listen`.

import type * as G from "./generated";
import { httpDoor } from "./http";

/** What each call gives. */
export interface Replies {
  session: G.Session;
  "set-up": G.Session;
  "join-firm": G.Session;
  restore: G.Session;
  "load-sample": G.Session;
  "leave-sample": G.Session;
  "step-into": G.Session;
  unlock: G.Session;
  home: G.Home;
  search: G.Found;
  list: G.Rows;
  open: G.Detail;
  trace: G.Trace;
  parties: G.PartyView[];
  "save-draft": G.Draft;
  drafts: G.Draft[];
  "discard-draft": G.Done;
  check: G.Checked;
  review: G.Review;
  sign: G.Signed;
  record: G.RecordDetail;
  blocks: G.Blocks;
  records: G.Records;
  verify: G.Verdict;
  "verify-code": G.Verdict;
  "pin-network": G.Pinned[];
  "unpin-network": G.Pinned[];
  pinned: G.Pinned[];
  export: G.FileMade;
  "import-preview": G.ImportPreview;
  "import-start": G.ImportProgress & { import?: string };
  "import-progress": G.ImportProgress;
  "import-cancel": G.ImportProgress;
  settings: G.Settings;
  "change-settings": G.Settings;
  "confirm-votes-lost": G.Session;
  network: G.NetworkPage;
  invite: G.Invited;
  trust: G.NetworkPage;
  desks: G.DesksPage;
  "desk-listen": G.DesksPage;
  "desk-meet": G.DesksPage;
  "desk-forget": G.DesksPage;
  "desk-choose": G.DesksPage;
  "aside-done": G.DesksPage;
  "document-attach": G.Attached;
  "document-detach": G.Done;
  documents: G.DocumentsPage;
  "document-save": G.FileMade;
  keys: G.KeysPage;
  "kit-make": G.KitMade;
  "kit-try": G.KitTried;
  "kit-forget": G.KeysPage;
  "next-root": G.NextKey;
  recover: G.Review;
  backup: G.FileMade;
  fsck: G.Fsck;
  about: G.About;
}

export type ReplyOf<C extends G.Call> = Replies[C["call"]];

/** What the core tells without being asked. */
export type Told =
  | { event: "touched"; subjects: string[] }
  | { event: "import"; import: string }
  | { event: "session" };

/** A way to the core: the window's own, or HTTP to `sealroad serve`. */
export interface Door {
  ask(request: G.Call): Promise<unknown>;
  listen(hear: (told: Told) => void): () => void;
}

let door: Promise<Door> | null = null;

function inWindow(): boolean {
  return typeof window !== "undefined" && "__TAURI_INTERNALS__" in window;
}

function open(): Promise<Door> {
  // The window's door is loaded only inside the window, so that a browser never fetches it.
  door ??= inWindow() ? import("./tauri").then((m) => m.tauriDoor) : Promise.resolve(httpDoor());
  return door;
}

/** Puts another door in place (tests). */
export function enterBy(other: Door): void {
  door = Promise.resolve(other);
}

/** Asks the core. Rejects with a `UserError`. */
export async function call<C extends G.Call>(request: C): Promise<ReplyOf<C>> {
  return (await (await open()).ask(request)) as ReplyOf<C>;
}

/** Hears what the core tells until the returned function is called. */
export function listen(hear: (told: Told) => void): () => void {
  let stop: (() => void) | null = null;
  let gone = false;
  open().then((d) => {
    if (!gone) stop = d.listen(hear);
  });
  return () => {
    gone = true;
    stop?.();
  };
}
