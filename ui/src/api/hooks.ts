// Queries on the core, and how what it tells makes them fresh again.

import { QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Call, UserError } from "./generated";
import { call, listen, type ReplyOf, type Told } from "./host";

/** Calls whose answers change when a record is committed. */
const LEDGER = [
  "home",
  "search",
  "list",
  "open",
  "trace",
  "parties",
  "record",
  "blocks",
  "records",
  "session",
  "pinned",
  "network",
  "keys",
  "desks",
];

/** A client that never waits for a network: the core is on this machine. */
export function newClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { networkMode: "always", retry: false, staleTime: 30_000, refetchOnWindowFocus: false },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

/** Reads something. `call` is the key, so equal questions are asked once. */
export function useCall<C extends Call>(
  request: C,
  options?: {
    enabled?: boolean;
    /** Shows the last answer until the next one comes. */
    keep?: boolean;
    /** Asks again after so many milliseconds … */
    every?: number;
    /** … until the answer says so. */
    until?: (answer: ReplyOf<C>) => boolean;
  },
) {
  return useQuery<ReplyOf<C>, UserError>({
    queryKey: [request.call, request],
    queryFn: () => call(request),
    enabled: options?.enabled ?? true,
    placeholderData: options?.keep ? (before) => before : undefined,
    refetchInterval: (query) =>
      query.state.data !== undefined && options?.until?.(query.state.data) ? false : options?.every,
  });
}

/** Does something. */
export function useAsk<C extends Call>(done?: (reply: ReplyOf<C>) => void) {
  return useMutation<ReplyOf<C>, UserError, C>({ mutationFn: (request) => call(request), onSuccess: done });
}

/**
 * Forgets what was asked as another party. Only making it stale would show the old party's answers under the new name until
 * the new ones come.
 */
export function forgetParty(client: QueryClient, now: ReplyOf<{ call: "step-into"; party: string }>): void {
  client.setQueryData(["session", { call: "session" }], now);
  client.resetQueries({ predicate: (query) => query.queryKey[0] !== "session" });
}

/** Refreshes what a told event touches. */
export function refresh(client: QueryClient, told: Told): void {
  if (told.event === "import") {
    client.invalidateQueries({ queryKey: ["import-progress", { call: "import-progress", import: told.import }] });
    return;
  }
  const names = told.event === "session" ? ["session", "home", "drafts", "keys", "desks", "record"] : LEDGER;
  for (const name of names) client.invalidateQueries({ queryKey: [name] });
}

/** Keeps every query fresh for as long as the caller is mounted. */
export function useTold(): void {
  const client = useQueryClient();
  useEffect(() => listen((told) => refresh(client, told)), [client]);
}
