// The first screen: try the sample company, set up one's own firm, or join an alliance. Under two minutes without reading.

import { Loader, Select } from "@mantine/core";
import { IconAffiliate, IconBuildingFactory2, IconCompass } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAsk } from "../../api/hooks";
import { Problem } from "../../shared/Problem";
import { Join } from "./Join";
import { Restore } from "./Restore";
import { SetUp, useEnter } from "./SetUp";

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

function Choice(props: { onSetUp(): void; onJoin(): void; onRestore(): void }) {
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
        <button
          type="button"
          className="sr-choice"
          disabled={sample.isPending}
          onClick={props.onJoin}
          data-testid="first-run-join"
        >
          <IconAffiliate size={28} stroke={1.5} aria-hidden="true" />
          <strong>{t("first.join")}</strong>
          <span>{t("first.join-why")}</span>
        </button>
      </div>
      <p className="sr-first-more">
        <button type="button" className="sr-unfold" onClick={props.onRestore} data-testid="first-run-restore">
          {t("first.restore")}
        </button>
      </p>
    </>
  );
}

export function FirstRun(props: { language: string; onLanguage(language: string): void }) {
  const [at, setAt] = useState<"choice" | "set-up" | "join" | "restore">("choice");
  const back = () => setAt("choice");
  return (
    <main className="sr-first" data-testid="first-run">
      <div className="sr-first-top">
        <span className="sr-brand">Sealroad</span>
        <LanguageChoice language={props.language} onChange={props.onLanguage} />
      </div>
      <div className="sr-first-box">
        {at === "choice" && (
          <Choice onSetUp={() => setAt("set-up")} onJoin={() => setAt("join")} onRestore={() => setAt("restore")} />
        )}
        {at === "set-up" && <SetUp invitation={null} onBack={back} />}
        {at === "join" && <Join onBack={back} />}
        {at === "restore" && <Restore onBack={back} />}
      </div>
    </main>
  );
}
