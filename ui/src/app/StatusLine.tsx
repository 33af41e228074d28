// Always there, always true: who signs, how old our knowledge is, what has not left this machine. Each opens its page.

import { IconClockHour4, IconFileImport, IconKey, IconSend } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useCall } from "../api/hooks";
import { useFormats } from "../shared/format";
import { useImportStand } from "../shared/imports";
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

export function StatusLine() {
  const { t } = useTranslation();
  const f = useFormats();
  const session = useSession();
  const [up, all] = session.validators;
  const name = f.local(session.party_view?.profile.name);
  const asOf = session.time
    ? t("status.as-of", { height: f.number(session.height), time: f.time(session.time) })
    : t("status.no-block");
  return (
    <footer className="sr-status">
      <a href={to(["settings"])} data-testid="status-key">
        <IconKey size={14} aria-hidden="true" />
        {t("status.key", { name })}
        {session.key_label && ` · ${session.key_label}`}
        {session.locked && ` · ${t("status.locked")}`}
      </a>
      <a href={to(["ledger"])} data-testid="status-asof" title={session.time ?? undefined}>
        <IconClockHour4 size={14} aria-hidden="true" />
        {asOf}
        {all > 0 && ` · ${t("status.validators", { up, count: all })}`}
        {session.simulated_clock && ` · ${t("status.simulated")}`}
      </a>
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
