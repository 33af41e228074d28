import { fromHex, toHex } from "../bytes";
import { type Genesis, readAnchor } from "../commit";

const PLACE = "sealroad.verify.anchors.1";

/** A network the reader knows, with the anchor file it was known by. */
export type Known = { readonly genesis: Genesis; readonly file: Uint8Array };

/** Networks remembered by this browser; each anchor is read anew, so nothing stored is trusted unread. */
export function rememberedNetworks(): readonly Known[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(PLACE) ?? "[]");
    return Array.isArray(stored) ? stored.flatMap(readStored) : [];
  } catch {
    // From a file some browsers keep no storage: the page then knows what was added since it was opened.
    return [];
  }
}

function readStored(entry: unknown): readonly Known[] {
  const file = typeof entry === "string" ? fromHex(entry, entry.length / 2) : null;
  const known = file === null ? null : readNetwork(file);
  return known === null ? [] : [known];
}

/** The network of an anchor file; null when it is none. */
export function readNetwork(file: Uint8Array): Known | null {
  try {
    return { genesis: readAnchor(file), file };
  } catch {
    return null;
  }
}

/** Remembers these networks where the browser allows it. */
export function remember(networks: readonly Known[]): void {
  try {
    localStorage.setItem(PLACE, JSON.stringify(networks.map((one) => toHex(one.file))));
  } catch {
    // Without storage they are known until the page is closed.
  }
}
