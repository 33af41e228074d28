// Coming to a firm that is on the network already, with a key of this machine: a clerk's, or the next root key by the recovery kit.

import { Button, PasswordInput, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { wordError } from "../../api/errors";
import { useAsk } from "../../api/hooks";
import { Problem } from "../../shared/Problem";
import type { Invitation } from "./invitation";
import { useEnter } from "./SetUp";

const LEAST = 8;

/** The firm in the text of a kit's QR code, so that it can be pasted whole; the words in it are not kept. */
export function firmIn(text: string): string {
  const [form, , party] = text.trim().split(/\s+/);
  return form === "sealroad-kit.1" && party ? party : text;
}

export function Known(props: { invitation: Invitation; onBack(): void }) {
  const { t } = useTranslation();
  const enter = useEnter("#/keys");
  const [party, setParty] = useState("");
  const [secret, setSecret] = useState("");
  const [tried, setTried] = useState(false);
  const ask = useAsk<{ call: "join-firm"; invitation: string; party: string; passphrase: string | null }>(enter);
  const { invitation } = props;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!party.trim() || secret.length < LEAST) return;
    ask.mutate({ call: "join-firm", invitation: invitation.content, party: party.trim(), passphrase: secret });
  };
  const refused = (field: string) => (ask.error?.field === field ? wordError(t, ask.error) : null);
  return (
    <form onSubmit={submit} className="sr-set-up" data-testid="form-known">
      <h1>{t("first.join-as", { name: invitation.name })}</h1>
      <p className="sr-soft sr-first-lead">{t("first.known-lead")}</p>
      {ask.isError && !["party", "passphrase"].includes(ask.error.field ?? "") && <Problem error={ask.error} />}
      <TextInput
        label={t("first.known-party")}
        description={t("first.known-party-why")}
        withAsterisk
        placeholder="did:key:z6Mk…"
        value={party}
        error={refused("party") ?? (tried && !party.trim() ? t("errors.required") : null)}
        onChange={(e) => {
          setParty(firmIn(e.currentTarget.value));
          ask.reset();
        }}
        data-testid="field-party"
      />
      <PasswordInput
        mt={16}
        label={t("first.passphrase")}
        description={t("first.passphrase-why", { least: LEAST })}
        withAsterisk
        value={secret}
        error={
          refused("passphrase") ??
          (tried && secret.length < LEAST ? t("errors.passphrase-short", { least: LEAST }) : null)
        }
        onChange={(e) => setSecret(e.currentTarget.value)}
        data-testid="field-passphrase"
        autoComplete="new-password"
      />
      <div className="sr-form-foot">
        <Button type="submit" loading={ask.isPending} data-testid="known-do">
          {t("first.join-do")}
        </Button>
        <Button variant="subtle" color="gray" onClick={props.onBack}>
          {t("common.back")}
        </Button>
      </div>
    </form>
  );
}
