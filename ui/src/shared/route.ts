// Where the user is. The address after `#` says it, so that back, forward and reload do what people expect.

import { useSyncExternalStore } from "react";

export interface Route {
  /** Path parts, decoded: `["goods", "lots"]`. */
  parts: string[];
  /** What follows `?`. */
  query: URLSearchParams;
}

function subscribe(changed: () => void): () => void {
  window.addEventListener("hashchange", changed);
  return () => window.removeEventListener("hashchange", changed);
}

export function parse(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const parts = path.split("/").filter(Boolean).map(decodeURIComponent);
  return { parts, query: new URLSearchParams(query) };
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return parse(hash);
}

/** An address: `to(["goods", "lots"], { open: subject })`. */
export function to(parts: string[], query: Record<string, string | null | undefined> = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const tail = given.length ? `?${new URLSearchParams(given)}` : "";
  return `#/${parts.map(encodeURIComponent).join("/")}${tail}`;
}

export function go(parts: string[], query: Record<string, string | null | undefined> = {}): void {
  window.location.hash = to(parts, query);
}

/** Changes the address without a step in the history. */
export function replace(parts: string[], query: Record<string, string | null | undefined> = {}): void {
  history.replaceState(null, "", to(parts, query));
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}

export const subjectPage = (subject: string): string => to(["subject", subject]);
export const recordPage = (id: string): string => to(["record", id]);
