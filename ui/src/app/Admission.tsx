// Joined and not yet admitted: what to give to whom, until the firm may speak.

import { Button, CopyButton } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useCall } from "../api/hooks";
import { isShared, standingOf } from "../shared/network";
import { useSession } from "../shared/session";

/** How often we look whether we were admitted, in milliseconds. */
const EVERY = 5_000;

export function Admission() {
  const { t } = useTranslation();
  const session = useSession();
  // A firm registers as soon as it may speak: whoever has a profile on the ledger has been admitted.
  const waits = isShared(session) && session.party_view === null;
  const page = useCall({ call: "network" }, { enabled: waits, every: EVERY });
  if (!waits || !page.data || standingOf(page.data) !== "waiting") return null;
  const { party, name } = page.data;
  return (
    <div className="sr-waiting" role="status" data-testid="admission">
      <strong>{t("admission.waiting", { name })}</strong>
      <span>{t("admission.give")}</span>
      <span className="sr-mono" data-testid="admission-party">
        {party}
      </span>
      <CopyButton value={party}>
        {({ copied, copy }) => (
          <Button
            size="compact-sm"
            variant="default"
            onClick={copy}
            leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            data-testid="admission-copy"
          >
            {t(copied ? "admission.copied" : "admission.copy")}
          </Button>
        )}
      </CopyButton>
    </div>
  );
}
