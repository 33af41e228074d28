// The form by which a firm begins: on a ledger of its own, or on one that several keep.

import { Button, PasswordInput } from "@mantine/core";
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
import type { Invitation } from "./invitation";

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

/** Shows the ledger that was just opened, beginning at a page. */
export function useEnter(page = "#/") {
  const client = useQueryClient();
  return (session: Session) => {
    client.setQueryData(["session", { call: "session" }], session);
    client.invalidateQueries();
    window.location.hash = page;
  };
}

/** The firm and its passphrase; with an invitation it joins that network, else it founds a ledger of its own. */
export function SetUp(props: { invitation: Invitation | null; onBack(): void }) {
  const { t } = useTranslation();
  const enter = useEnter();
  const [values, setValues] = useState<Values>({ roles: ["exporter"] });
  const [secret, setSecret] = useState("");
  const [tried, setTried] = useState(false);
  const ask = useAsk<{ call: "set-up"; profile: Profile; passphrase: string | null; invitation?: string }>(enter);
  const { invitation } = props;
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
    ask.mutate({ call: "set-up", profile, passphrase: secret, ...(invitation && { invitation: invitation.content }) });
  };
  const problem =
    tried && (short || !secret)
      ? t("errors.passphrase-short", { least: LEAST })
      : ask.error?.field === "passphrase"
        ? wordError(t, ask.error)
        : null;
  return (
    <form onSubmit={submit} className="sr-set-up" data-testid="form-set-up">
      <h1>{invitation ? t("first.join-as", { name: invitation.name }) : t("first.set-up")}</h1>
      <p className="sr-soft sr-first-lead">{t(invitation ? "first.join-lead" : "first.set-up-lead")}</p>
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
          {t(invitation ? "first.join-do" : "first.found")}
        </Button>
        <Button variant="subtle" color="gray" onClick={props.onBack} data-testid="set-up-back">
          {t("common.back")}
        </Button>
      </div>
    </form>
  );
}
