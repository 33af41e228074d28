// The first screen: try the sample company, or set up one's own firm. Under two minutes without reading.

import { Button, Loader, PasswordInput, Select } from "@mantine/core";
import { IconBuildingFactory2, IconCompass } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { wordError } from "../../api/errors";
import type { Profile, Session, UserError } from "../../api/generated";
import { useAsk } from "../../api/hooks";
import { assemble } from "../../shared/form/assemble";
import { Fields } from "../../shared/form/Fields";
import type { Field, Values } from "../../shared/form/spec";
import { Problem } from "../../shared/Problem";

const FIELDS: Field[] = [
  { path: "name", type: "local" },
  { path: "country", type: "country" },
  {
    path: "roles",
    type: "many",
    options: ["manufacturer", "exporter", "buyer", "carrier", "forwarder", "warehouse", "inspector"],
  },
];
const LEAST = 8;

function useEnter() {
  const client = useQueryClient();
  return (session: Session) => {
    client.setQueryData(["session", { call: "session" }], session);
    client.invalidateQueries();
    window.location.hash = "#/";
  };
}

export function LanguageChoice(props: { language: string; onChange(language: string): void }) {
  const { t } = useTranslation();
  const data = ["en", "zh", "de"].map((value) => ({ value, label: t(`languages.own.${value}`) }));
  return (
    <Select
      size="xs"
      w={120}
      aria-label={t("settings.language")}
      data={data}
      value={props.language}
      allowDeselect={false}
      onChange={(v) => v && props.onChange(v)}
      data-testid="language-switch"
    />
  );
}

function Choice(props: { onSetUp(): void }) {
  const { t } = useTranslation();
  const enter = useEnter();
  const sample = useAsk<{ call: "load-sample" }>(enter);
  return (
    <>
      <h1>{t("first.title")}</h1>
      <p className="sr-soft sr-first-lead">{t("first.lead")}</p>
      {sample.isError && <Problem error={sample.error} />}
      <div className="sr-choices">
        <button
          type="button"
          className="sr-choice"
          disabled={sample.isPending}
          onClick={() => sample.mutate({ call: "load-sample" })}
          data-testid="first-run-sample"
        >
          {sample.isPending ? <Loader size={28} /> : <IconCompass size={28} stroke={1.5} aria-hidden="true" />}
          <strong>{t("first.sample")}</strong>
          <span>{t(sample.isPending ? "first.sample-loading" : "first.sample-why")}</span>
        </button>
        <button
          type="button"
          className="sr-choice"
          disabled={sample.isPending}
          onClick={props.onSetUp}
          data-testid="first-run-setup"
        >
          <IconBuildingFactory2 size={28} stroke={1.5} aria-hidden="true" />
          <strong>{t("first.set-up")}</strong>
          <span>{t("first.set-up-why")}</span>
        </button>
      </div>
    </>
  );
}

function SetUp(props: { onBack(): void }) {
  const { t } = useTranslation();
  const enter = useEnter();
  const [values, setValues] = useState<Values>({ roles: ["exporter"] });
  const [secret, setSecret] = useState("");
  const [tried, setTried] = useState(false);
  const ask = useAsk<{ call: "set-up"; profile: Profile; passphrase: string | null }>(enter);
  const made = assemble(FIELDS, values);
  const short = secret.length > 0 && secret.length < LEAST;
  const refused: UserError[] = ask.error?.field
    ? [{ ...ask.error, field: ask.error.field.replace(/^profile\./, "") }]
    : [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (made.problems.length || secret.length < LEAST) return;
    const profile = { ...made.body, identifiers: [] } as unknown as Profile;
    ask.mutate({ call: "set-up", profile, passphrase: secret });
  };
  const problem =
    tried && (short || !secret)
      ? t("errors.passphrase-short", { least: LEAST })
      : ask.error?.field === "passphrase"
        ? wordError(t, ask.error)
        : null;
  return (
    <form onSubmit={submit} className="sr-set-up" data-testid="form-set-up">
      <h1>{t("first.set-up")}</h1>
      <p className="sr-soft sr-first-lead">{t("first.set-up-lead")}</p>
      {ask.isError && !ask.error.field && <Problem error={ask.error} />}
      <Fields
        kind="set-up"
        fields={FIELDS}
        values={values}
        problems={tried ? [...made.problems, ...refused] : refused}
        detail={null}
        me=""
        set={setValues}
      />
      <PasswordInput
        mt={16}
        label={t("first.passphrase")}
        description={t("first.passphrase-why", { least: LEAST })}
        withAsterisk
        value={secret}
        error={problem}
        onChange={(e) => setSecret(e.currentTarget.value)}
        data-testid="field-passphrase"
        autoComplete="new-password"
      />
      <div className="sr-form-foot">
        <Button type="submit" loading={ask.isPending} data-testid="set-up">
          {t("first.found")}
        </Button>
        <Button variant="subtle" color="gray" onClick={props.onBack} data-testid="set-up-back">
          {t("common.back")}
        </Button>
      </div>
    </form>
  );
}

export function FirstRun(props: { language: string; onLanguage(language: string): void }) {
  const [settingUp, setSettingUp] = useState(false);
  return (
    <main className="sr-first" data-testid="first-run">
      <div className="sr-first-top">
        <span className="sr-brand">Sealroad</span>
        <LanguageChoice language={props.language} onChange={props.onLanguage} />
      </div>
      <div className="sr-first-box">
        {settingUp ? <SetUp onBack={() => setSettingUp(false)} /> : <Choice onSetUp={() => setSettingUp(true)} />}
      </div>
    </main>
  );
}
