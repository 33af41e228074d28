// The root key that stands, and putting a new one in its place while we have it.

import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { KeysPage } from "../../api/generated";
import { useAsk } from "../../api/hooks";
import { Facts, Section } from "../../components/Blocks";
import { openPrepared } from "../../shared/form/open";
import { useFormats } from "../../shared/format";
import { Problem } from "../../shared/Problem";
import { useSession } from "../../shared/session";

export function Root(props: { page: KeysPage; may: boolean }) {
  const { t } = useTranslation();
  const f = useFormats();
  const session = useSession();
  const next = useAsk<{ call: "next-root" }>((made) => openPrepared("parties.root-replaced", { key: made.key }));
  const { root } = props.page;
  return (
    <Section title={t("parties.root-key")} id="root-key">
      {!root && <p>{t("keyring.unseen")}</p>}
      {root && (
        <Facts
          of={[
            [
              t("keyring.fingerprint"),
              <span key="f" className="sr-mono">
                {root.fingerprint}
              </span>,
            ],
            [t("keyring.since-when"), root.since && f.time(root.since)],
            [t("keyring.kept"), root.here ? t(`settings.stores.${session.key_store}`) : t("keyring.elsewhere")],
            [
              t("fields.key"),
              <span key="k" className="sr-mono sr-key-text">
                {root.key}
              </span>,
            ],
          ]}
        />
      )}
      {props.may && !session.sample && (
        <div className="sr-actions sr-above">
          <Button
            size="sm"
            variant="default"
            loading={next.isPending}
            onClick={() => next.mutate({ call: "next-root" })}
            data-testid="replace-root"
          >
            {t("actions.parties.root-replaced")}
          </Button>
          <span className="sr-soft">{t("keyring.replace-why")}</span>
        </div>
      )}
      {next.isError && <Problem error={next.error} />}
    </Section>
  );
}
