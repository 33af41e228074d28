// Bringing a ledger of one's own back from a backup on this computer.

import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { wordError } from "../../api/errors";
import { useAsk } from "../../api/hooks";
import { Problem } from "../../shared/Problem";
import { useEnter } from "./SetUp";

export function Restore(props: { onBack(): void }) {
  const { t } = useTranslation();
  const enter = useEnter();
  const [folder, setFolder] = useState("");
  const [tried, setTried] = useState(false);
  const ask = useAsk<{ call: "restore"; folder: string }>(enter);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (folder.trim()) ask.mutate({ call: "restore", folder: folder.trim() });
  };
  const refused = ask.error?.field === "folder" ? wordError(t, ask.error) : null;
  return (
    <form onSubmit={submit} className="sr-set-up" data-testid="form-restore">
      <h1>{t("first.restore")}</h1>
      <p className="sr-soft sr-first-lead">{t("first.restore-lead")}</p>
      {ask.isError && !refused && <Problem error={ask.error} />}
      <TextInput
        label={t("first.restore-folder")}
        description={t("first.restore-folder-why")}
        withAsterisk
        value={folder}
        error={refused ?? (tried && !folder.trim() ? t("errors.required") : null)}
        onChange={(e) => {
          setFolder(e.currentTarget.value);
          ask.reset();
        }}
        data-testid="field-folder"
      />
      <div className="sr-form-foot">
        <Button type="submit" loading={ask.isPending} data-testid="restore-do">
          {t("first.restore-do")}
        </Button>
        <Button variant="subtle" color="gray" onClick={props.onBack}>
          {t("common.back")}
        </Button>
      </div>
    </form>
  );
}
