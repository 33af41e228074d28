// The firm's keys: which may speak and until when, the printed recovery kit, and what this installation's key is.

import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { KeyLine, KeysPage as Keys } from "../../api/generated";
import { useCall } from "../../api/hooks";
import { Banner, Facts, PageHead, Section, Shape } from "../../components/Blocks";
import { openForm, openPrepared } from "../../shared/form/open";
import { useFormats } from "../../shared/format";
import { Problem } from "../../shared/Problem";
import { go, recordPage, to, useRoute } from "../../shared/route";
import { StateChip } from "../../shared/State";
import { useSession } from "../../shared/session";
import { Kit } from "./Kit";
import { Own } from "./Own";
import { Recover } from "./Recover";
import { Renew } from "./Renew";
import { Root } from "./Root";

/** What this page asks again while something is on its way, in milliseconds. */
const EVERY = 2_000;

function useKinds() {
  const { t, i18n } = useTranslation();
  return (kinds: string[]) =>
    kinds.map((k) => (i18n.exists(`mandates.${k}`) ? t(`mandates.${k}`) : t(`kinds.${k}`, k))).join(", ");
}

function LineActions(props: { of: KeyLine }) {
  const { t } = useTranslation();
  const { key, label, holder, kinds, standing } = props.of;
  const again = () => openPrepared("parties.mandate-granted", { key, label, holder: holder ?? "clerk", kinds });
  return (
    <div className="sr-actions">
      {standing === "expiring" && (
        <Button size="compact-sm" onClick={() => go(["keys", "renew"], { key })} data-testid="key-renew">
          {t("keyring.renew")}
        </Button>
      )}
      {standing !== "revoked" && (
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => openPrepared("parties.mandate-revoked", { key })}
          data-testid="key-revoke"
        >
          {t("keyring.revoke")}
        </Button>
      )}
      {(standing === "expired" || standing === "revoked") && (
        <Button size="compact-sm" variant="default" onClick={again} data-testid="key-again">
          {t("keyring.grant-again")}
        </Button>
      )}
    </div>
  );
}

function Line(props: { of: KeyLine; inUse: boolean; mayGrant: boolean }) {
  const { t } = useTranslation();
  const f = useFormats();
  const kinds = useKinds();
  const key = props.of;
  const ends = key.until && key.standing !== "revoked" ? f.time(key.until) : null;
  return (
    <li className="sr-key" data-testid={`key-${key.fingerprint.replaceAll(" ", "-")}-${key.height}`}>
      <div className="sr-key-head">
        <strong>{key.label || t("keyring.former-root")}</strong>
        <StateChip state={key.standing} />
        {props.inUse && <StateChip state="in-use" />}
        {key.holder && <span className="sr-soft">{t(`values.holder.${key.holder}`)}</span>}
      </div>
      <p className="sr-key-says">
        {key.holder && <span>{kinds(key.kinds)}</span>}
        {key.since && <span className="sr-soft">{t("keyring.since", { time: f.day(key.since) })}</span>}
        {ends && (
          <span className="sr-soft">
            {t(key.standing === "expired" ? "keyring.ended" : "keyring.until", { time: ends })}
          </span>
        )}
        {key.revoked_height !== null && (
          <span className="sr-soft">
            {t("keyring.revoked", {
              time: key.revoked ? f.time(key.revoked) : "",
              height: f.number(key.revoked_height),
            })}
          </span>
        )}
      </p>
      {key.suspected_since && (
        <p className="sr-key-suspected">{t("keyring.suspected", { time: f.time(key.suspected_since) })}</p>
      )}
      <p className="sr-mono sr-soft sr-key-text">
        {key.fingerprint} · {key.key}
      </p>
      {props.mayGrant && key.holder && <LineActions of={key} />}
    </li>
  );
}

function Lines(props: { page: Keys; mayGrant: boolean }) {
  const { t } = useTranslation();
  const { page } = props;
  return (
    <Section
      title={t("keyring.others")}
      aside={
        props.mayGrant && (
          <Button size="sm" onClick={() => openForm("parties.mandate-granted")} data-testid="grant">
            {t("actions.parties.mandate-granted")}
          </Button>
        )
      }
    >
      <p className="sr-soft sr-key-why">{t("keyring.others-why")}</p>
      {page.keys.length === 0 && <p data-testid="keys-none">{t("keyring.none")}</p>}
      <ul className="sr-plain sr-keys" data-testid="keys-list">
        {page.keys.map((key) => (
          <Line key={key.key + key.height} of={key} inUse={key.key === page.ours?.key} mayGrant={props.mayGrant} />
        ))}
      </ul>
    </Section>
  );
}

function Ending(props: { of: KeyLine[] }) {
  const { t } = useTranslation();
  const f = useFormats();
  const ending = props.of.filter((key) => key.standing === "expiring");
  return (
    <>
      {ending.map((key) => (
        <Banner
          key={key.key + key.height}
          tone="late"
          title={t("settings.key-ends", { label: key.label, day: f.day(key.until), ago: f.ago(key.until ?? "") })}
          id="key-ends"
        >
          {t("settings.key-ends-why")}
        </Banner>
      ))}
    </>
  );
}

function Pending(props: { page: Keys }) {
  const { t } = useTranslation();
  if (props.page.pending.length === 0) return null;
  return (
    <Section title={t("keyring.pending")} id="keys-pending">
      <ul className="sr-plain">
        {props.page.pending.map((one) => (
          <li key={one.record}>
            <a className="sr-link" href={recordPage(one.record)}>
              {t(`kinds.${one.kind}`, one.kind)}
            </a>{" "}
            <StateChip state="signed" />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Overview() {
  const { t } = useTranslation();
  const f = useFormats();
  const session = useSession();
  const keys = useCall({ call: "keys" }, { every: EVERY, until: (page) => page.root !== null && !page.pending.length });
  const page = keys.data;
  const root = page?.ours?.standing === "root" && !session.locked;
  return (
    <div className="sr-page sr-page-narrow" data-testid="keys-page">
      <PageHead title={t("keyring.title")} under={f.local(session.party_view?.profile.name)} />
      {keys.isError && <Problem error={keys.error} again={() => keys.refetch()} />}
      {keys.isPending && <Shape label={t("common.loading")} />}
      {page && (
        <>
          <Ending of={page.keys} />
          <Own page={page} />
          <Root page={page} may={root} />
          <Kit page={page} may={root} />
          <Lines page={page} mayGrant={root} />
          <Pending page={page} />
          <Section title={t("keyring.firm")}>
            <Facts
              of={[
                [
                  t("keyring.party"),
                  <span key="p" className="sr-mono">
                    {page.party}
                  </span>,
                ],
              ]}
            />
            <p className="sr-soft">{t("keyring.party-why")}</p>
            {!session.sample && !root && (
              <a className="sr-link" href={to(["keys", "recover"])} data-testid="recover-open">
                {t("keyring.recover")}
              </a>
            )}
          </Section>
        </>
      )}
    </div>
  );
}

export function KeysPage(props: { tab: string }) {
  const { query } = useRoute();
  if (props.tab === "recover") return <Recover />;
  if (props.tab === "renew") return <Renew of={query.get("key") ?? ""} />;
  return <Overview />;
}
