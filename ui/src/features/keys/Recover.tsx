// Coming back with the printed kit: its words, why, and then a record to review and sign like any other.

import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { wordError } from "../../api/errors";
import type { UserError } from "../../api/generated";
import { useAsk } from "../../api/hooks";
import { Banner, PageHead } from "../../components/Blocks";
import { assemble } from "../../shared/form/assemble";
import { Fields } from "../../shared/form/Fields";
import type { Field, Values } from "../../shared/form/spec";
import { Problem } from "../../shared/Problem";
import { ReviewScreen } from "../../shared/ReviewScreen";
import { go } from "../../shared/route";
import { useSession } from "../../shared/session";
import { WordsInput } from "./WordsInput";

const SINCE: Field[] = [{ path: "suspected_since", type: "time", optional: true }];
const LEAST = 8;

interface Typed {
  words: string;
  reason: string;
  passphrase: string;
  since: Values;
}

/** Problems that belong to none of the fields here. */
const isLoose = (error: UserError) => !["words", "reason", "passphrase"].includes(error.field ?? "");

/** What is typed, what is wrong with it, and the review that comes of it. */
function useRecovery() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { locked } = useSession();
  const [typed, setTyped] = useState<Typed>({ words: "", reason: t("keyring.lost"), passphrase: "", since: {} });
  const [tried, setTried] = useState(false);
  const ask = useAsk<{
    call: "recover";
    words: string;
    reason: string;
    suspected_since: string | null;
    passphrase: string | null;
  }>(() => client.invalidateQueries({ queryKey: ["session"] }));
  const made = assemble(SINCE, typed.since);
  const change = (next: Partial<Typed>) => {
    setTyped({ ...typed, ...next });
    ask.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (made.problems.length || !typed.words.trim() || !typed.reason.trim()) return;
    if (locked && typed.passphrase.length < LEAST) return;
    const since = (made.body.suspected_since as string | undefined) ?? null;
    const passphrase = locked ? typed.passphrase : null;
    ask.mutate({
      call: "recover",
      words: typed.words,
      reason: typed.reason.trim(),
      suspected_since: since,
      passphrase,
    });
  };
  return { typed, tried, ask, problems: tried ? made.problems : [], change, submit };
}

type Recovery = ReturnType<typeof useRecovery>;

/** What protects the new key file, where one is made. */
function NewPassphrase(props: { of: Recovery }) {
  const { t } = useTranslation();
  const { typed, tried, ask, change } = props.of;
  const short = tried && typed.passphrase.length < LEAST;
  return (
    <PasswordInput
      label={t("keyring.new-passphrase")}
      description={t("first.passphrase-why", { least: LEAST })}
      withAsterisk
      value={typed.passphrase}
      error={
        ask.error?.field === "passphrase"
          ? wordError(t, ask.error)
          : short && t("errors.passphrase-short", { least: LEAST })
      }
      onChange={(e) => change({ passphrase: e.currentTarget.value })}
      data-testid="field-passphrase"
      autoComplete="new-password"
    />
  );
}

function RecoverForm(props: { of: Recovery }) {
  const { t } = useTranslation();
  const { locked } = useSession();
  const { typed, tried, ask, problems, change, submit } = props.of;
  const noReason = tried && !typed.reason.trim() && t("errors.required");
  return (
    <form onSubmit={submit} className="sr-recover">
      <WordsInput
        value={typed.words}
        error={ask.error?.field === "words" ? ask.error : null}
        onChange={(words) => change({ words })}
      />
      <TextInput
        label={t("fields.reason")}
        description={t("keyring.reason-why")}
        withAsterisk
        value={typed.reason}
        error={ask.error?.field === "reason" ? wordError(t, ask.error) : noReason}
        onChange={(e) => change({ reason: e.currentTarget.value })}
        data-testid="field-reason"
      />
      <Fields
        kind="recover"
        fields={SINCE}
        values={typed.since}
        problems={problems}
        detail={null}
        me=""
        set={(since) => change({ since })}
      />
      {locked && <NewPassphrase of={props.of} />}
      <div className="sr-form-foot">
        <Button type="submit" loading={ask.isPending} data-testid="recover-review">
          {t("forms.review")}
        </Button>
        <Button variant="subtle" color="gray" onClick={() => go(["keys"])}>
          {t("common.back")}
        </Button>
      </div>
    </form>
  );
}

export function Recover() {
  const { t } = useTranslation();
  const session = useSession();
  const recovery = useRecovery();
  const { ask } = recovery;
  if (ask.data) {
    return (
      <div className="sr-page sr-page-narrow">
        <ReviewScreen
          review={ask.data}
          names={{}}
          kind="parties.root-replaced"
          draft={null}
          after={["keys"]}
          onBack={() => ask.reset()}
        />
      </div>
    );
  }
  return (
    <div className="sr-page sr-page-narrow" data-testid="recover">
      <PageHead title={t("keyring.recover")} under={t("keyring.recover-lead")} />
      {ask.isError && isLoose(ask.error) && <Problem error={ask.error} />}
      <Banner tone="signed" title={t("keyring.recover-first")} id="recover-says">
        {t(session.locked ? "keyring.recover-locked" : "keyring.recover-open")}
      </Banner>
      <RecoverForm of={recovery} />
    </div>
  );
}
