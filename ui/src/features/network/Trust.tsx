// A machine that was away for too long: a new invitation tells it what to trust.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAsk } from "../../api/hooks";
import { Banner } from "../../components/Blocks";
import { base64Of, FileDrop } from "../../components/FileDrop";
import { Problem } from "../../shared/Problem";

export function Trust() {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const ask = useAsk<{ call: "trust"; invitation: string }>();
  const read = async (file: File) => {
    setName(file.name);
    ask.mutate({ call: "trust", invitation: await base64Of(file) });
  };
  return (
    <Banner tone="refused" title={t("network.expired")} id="expired">
      <p className="sr-tight">{t("network.expired-why")}</p>
      {ask.isError && <Problem error={ask.error} />}
      {ask.isSuccess && <p role="status">{t("network.trusted", { name })}</p>}
      <FileDrop
        id="trust-drop"
        title={t("first.drop")}
        button={t("first.choose")}
        accept=".json,application/json"
        onFile={read}
      />
    </Banner>
  );
}
