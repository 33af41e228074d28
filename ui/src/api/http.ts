// The door to `sealroad serve`: the same calls from a browser. The token comes once in the address (`?token=…` or `#token=…`), is taken out of
// it at once so that it does not stay in the history, and lives as long as the tab.

import { asUserError } from "./errors";
import type { Door, Told } from "./host";

const KEPT = "sealroad-token";

function token(): string {
  const given = /[#?&]token=([^&#]+)/.exec(window.location.search + window.location.hash)?.[1];
  if (given) {
    sessionStorage.setItem(KEPT, decodeURIComponent(given));
    history.replaceState(null, "", `${window.location.pathname}#/`);
  }
  return sessionStorage.getItem(KEPT) ?? "";
}

async function answerOf(response: Response): Promise<unknown> {
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body;
  throw asUserError(body ?? { code: response.status === 401 ? "not-allowed" : "no-answer" });
}

export function httpDoor(): Door {
  const secret = token();
  return {
    async ask(request) {
      const sent = fetch("/call", {
        method: "POST",
        headers: { "content-type": "application/json", "x-sealroad-token": secret },
        body: JSON.stringify(request),
      }).catch(() => {
        throw asUserError({ code: "no-answer", retry: true });
      });
      return answerOf(await sent);
    },
    listen(hear) {
      if (typeof EventSource === "undefined") return () => undefined;
      const source = new EventSource(`/events?token=${encodeURIComponent(secret)}`);
      source.onmessage = (message) => hear(JSON.parse(message.data) as Told);
      return () => source.close();
    },
  };
}
