// Always there, always true: who signs, how old our knowledge is, what has not left this machine. Each opens its page.

import { IconClockHour4, IconFileImport, IconKey, IconSend } from "@tabler/icons-react";
import { useEffect, useReducer } from "react";
import { useTranslation } from "react-i18next";
import { useCall } from "../api/hooks";
import { shortId, useFormats } from "../shared/format";
import { useImportStand } from "../shared/imports";
import { freshness } from "../shared/network";
import { to } from "../shared/route";
import { useSession } from "../shared/session";

/** An import that goes on while the user is elsewhere: how many of how many. */
function ImportLine() {
  const { t } = useTranslation();
  const f = useFormats();
  const [{ started, over }] = useImportStand();
  const id = started?.import ?? "";
  const going = started !== null && !over;
  const asked = useCall(
    { call: "import-progress", import: id },
    { enabled: going, every: 1000, until: (progress) => progress.state !== "running" },
  );
  const now = asked.data ?? started?.first;
  if (!going || !now || asked.isError) return null;
  return (
    <a href={to(["import"])} data-testid="status-import">
      <IconFileImport size={14} aria-hidden="true" />
      {t(now.state === "running" ? "status.importing" : "status.imported", {
        done: f.number(now.done),
        of: f.number(now.of),
      })}
    </a>
  );
}

/** How often the age of the newest block is looked at, in milliseconds. */
const LOOK = 15_000;

/** As of which block, how old that is, and how many validators agree: amber when it is old, red words when too few agree. */
function Known() {
  const { t } = useTranslation();
  const f = useFormats();
  const session = useSession();
  const [, look] = useReducer((turn: number) => turn + 1, 0);
  useEffect(() => {
    // No block, no news: time alone makes it old.
    const clock = setInterval(look, LOOK);
    return () => clearInterval(clock);
  }, []);
  const [up, all] = session.validators;
  const stand = freshness(session);
  const asOf = session.time
    ? t("status.as-of", { height: f.number(session.height), time: f.time(session.time) })
    : t("status.no-block");
  const late = stand === "old" ? "sr-status-late" : undefined;
  return (
    <span className="sr-status-known" data-testid="status-asof" data-stand={stand}>
      <a href={to(["ledger"])} className={late} title={session.time ?? undefined}>
        <IconClockHour4 size={14} aria-hidden="true" />
        {asOf}
        {session.simulated_clock && ` · ${t("status.simulated")}`}
        {stand === "old" && session.time && ` · ${t("status.old", { ago: f.ago(session.time) })}`}
      </a>
      {all > 0 && (
        <a
          href={to(["network"])}
          className={stand === "lost" ? "sr-status-lost" : undefined}
          data-testid="status-validators"
        >
          {t(stand === "lost" ? "status.lost" : "status.validators", { up, count: all })}
        </a>
      )}
    </span>
  );
}

export function StatusLine() {
  const { t } = useTranslation();
  const f = useFormats();
  const session = useSession();
  const name = f.local(session.party_view?.profile.name) || shortId(session.party ?? "");
  return (
    <footer className="sr-status">
      <a href={to(["settings"])} data-testid="status-key">
        <IconKey size={14} aria-hidden="true" />
        {t("status.key", { name })}
        {session.key_label && ` · ${session.key_label}`}
        {session.locked && ` · ${t("status.locked")}`}
      </a>
      <Known />
      <a href={to([])} data-testid="status-unsent" className={session.unsent ? "sr-status-late" : undefined}>
        <IconSend size={14} aria-hidden="true" />
        {session.unsent ? t("status.unsent", { count: session.unsent }) : t("status.all-sent")}
      </a>
      <ImportLine />
      {session.drafts > 0 && (
        <a href={to([])} data-testid="status-drafts">
          {t("status.drafts", { count: session.drafts })}
        </a>
      )}
    </footer>
  );
}
