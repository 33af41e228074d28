// Settings: which key signs, language and scheme, backup and check, and what the support desk asks for.

import { Button, SegmentedControl, Switch } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Call, MandateView, Settings } from "../../api/generated";
import { useAsk, useCall } from "../../api/hooks";
import { Banner, Facts, PageHead, Section } from "../../components/Blocks";
import { present } from "../../shared/clock";
import { useFormats } from "../../shared/format";
import { Problem } from "../../shared/Problem";
import { subjectPage, to } from "../../shared/route";
import { useSession } from "../../shared/session";

export interface SettingsProps {
  settings: Settings;
  onChange(settings: Settings): void;
}

function Looks(props: SettingsProps) {
  const { t } = useTranslation();
  const { settings, onChange } = props;
  return (
    <Section title={t("settings.looks")}>
      <div className="sr-settings-lines">
        <span id="set-language">{t("settings.language")}</span>
        <SegmentedControl
          aria-labelledby="set-language"
          value={settings.language}
          onChange={(language) => onChange({ ...settings, language })}
          data-testid="settings-language"
          data={["system", "en", "zh", "de"].map((value) => ({
            value,
            label: value === "system" ? t("settings.system") : t(`languages.own.${value}`),
          }))}
        />
        <span id="set-scheme">{t("settings.scheme")}</span>
        <SegmentedControl
          aria-labelledby="set-scheme"
          value={settings.scheme}
          onChange={(scheme) => onChange({ ...settings, scheme })}
          data-testid="settings-scheme"
          data={["system", "light", "dark"].map((value) => ({ value, label: t(`settings.${value}`) }))}
        />
        <span>{t("settings.sounds")}</span>
        <Switch
          checked={settings.sounds}
          aria-label={t("settings.sounds")}
          onChange={(e) => onChange({ ...settings, sounds: e.currentTarget.checked })}
        />
      </div>
    </Section>
  );
}

/** From when on it is said that a key's mandate ends, in milliseconds: 30 days. */
const SOON = 30 * 24 * 60 * 60 * 1000;

/** Keys that soon speak no more. A warning only: whoever grants a mandate can grant it anew, also afterwards. */
function EndingSoon(props: { of: MandateView[] }) {
  const { t } = useTranslation();
  const f = useFormats();
  const now = present().getTime();
  const left = (mandate: MandateView) => (mandate.until ? new Date(mandate.until).getTime() - now : Number.NaN);
  const ending = props.of.filter((m) => m.revoked === null && left(m) > 0 && left(m) <= SOON);
  if (!ending.length) return null;
  return (
    <div className="sr-above">
      {ending.map((m) => (
        <Banner
          key={m.key + m.from}
          tone="late"
          title={t("settings.key-ends", { label: m.label, day: f.day(m.until), ago: f.ago(m.until ?? "") })}
          id="key-ends"
        >
          {t("settings.key-ends-why")}
        </Banner>
      ))}
    </div>
  );
}

function Keys() {
  const { t } = useTranslation();
  const f = useFormats();
  const session = useSession();
  const view = session.party_view;
  const inUse = session.key_label || (session.key_standing === "root" ? t("parties.root-key") : null);
  return (
    <Section title={t("settings.keys")}>
      <Facts
        of={[
          [
            t("settings.firm"),
            view && (
              <a className="sr-link" href={subjectPage(view.subject)}>
                {f.local(view.profile.name)}
              </a>
            ),
          ],
          [t("settings.key-in-use"), inUse],
          [t("settings.kept-in"), t(`settings.stores.${session.key_store}`)],
        ]}
      />
      {view && <EndingSoon of={view.mandates} />}
      <div className="sr-actions sr-above">
        <Button size="sm" variant="default" component="a" href={to(["keys"])} data-testid="keys-open">
          {t("settings.keys-open")}
        </Button>
      </div>
    </Section>
  );
}

function Safety() {
  const { t } = useTranslation();
  const f = useFormats();
  const client = useQueryClient();
  const backup = useAsk<Call & { call: "backup" }>(() => client.invalidateQueries({ queryKey: ["about"] }));
  const fsck = useAsk<Call & { call: "fsck" }>();
  return (
    <Section title={t("settings.safety")}>
      <div className="sr-actions">
        <Button
          size="sm"
          variant="default"
          loading={backup.isPending}
          onClick={() => backup.mutate({ call: "backup" })}
          data-testid="backup"
        >
          {t("settings.backup")}
        </Button>
        <Button
          size="sm"
          variant="default"
          loading={fsck.isPending}
          onClick={() => fsck.mutate({ call: "fsck" })}
          data-testid="fsck"
        >
          {t("settings.fsck")}
        </Button>
      </div>
      {backup.isError && <Problem error={backup.error} />}
      {backup.data && (
        <p role="status" data-testid="backup-done">
          {t("settings.backed-up", { name: backup.data.path ?? backup.data.name, size: f.bytes(backup.data.size) })}
        </p>
      )}
      {fsck.isError && <Problem error={fsck.error} />}
      {fsck.data?.clean && (
        <p role="status" data-testid="fsck-clean">
          {t("settings.clean", { height: f.number(fsck.data.height) })}
        </p>
      )}
      {fsck.data && !fsck.data.clean && (
        <Banner tone="refused" title={t("settings.faults", { count: fsck.data.faults.length })} id="fsck-faults">
          <ul>
            {fsck.data.faults.map((fault) => (
              <li
                key={fault.file + fault.what + fault.height}
              >{`${fault.file}${fault.height ? ` · ${fault.height}` : ""}: ${fault.what}`}</li>
            ))}
          </ul>
        </Banner>
      )}
    </Section>
  );
}

function AboutThis() {
  const { t } = useTranslation();
  const f = useFormats();
  const session = useSession();
  const about = useCall({ call: "about" });
  const [shown, setShown] = useState(false);
  if (!about.data) return null;
  const sizes = Object.entries(about.data.sizes).map(([file, size]): [string, string] => [file, f.bytes(size ?? 0)]);
  return (
    <Section title={t("settings.about")}>
      <Facts
        of={[
          [t("settings.version"), about.data.version],
          [t("settings.network"), session.network?.name],
          [t("settings.last-backup"), about.data.last_backup ? f.time(about.data.last_backup) : t("settings.never")],
        ]}
      />
      <button type="button" className="sr-unfold" aria-expanded={shown} onClick={() => setShown(!shown)}>
        {t("settings.support")}
      </button>
      {shown && (
        <Facts
          of={[
            [
              t("settings.folder"),
              <span key="f" className="sr-mono">
                {about.data.folder}
              </span>,
            ],
            [
              t("settings.network-id"),
              <span key="n" className="sr-mono">
                {session.network?.network}
              </span>,
            ],
            ...sizes,
          ]}
        />
      )}
    </Section>
  );
}

export function SettingsPage(props: SettingsProps) {
  const { t } = useTranslation();
  return (
    <div className="sr-page sr-page-narrow">
      <PageHead title={t("settings.title")} />
      <Looks {...props} />
      <Keys />
      <Safety />
      <AboutThis />
    </div>
  );
}
