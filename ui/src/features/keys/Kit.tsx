// The printed recovery kit: made, tried, named, and its page deleted. Each step says which comes next.

import { Button, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { wordError } from "../../api/errors";
import type { KeysPage, KitLine, UserError } from "../../api/generated";
import { useAsk } from "../../api/hooks";
import { Banner, Facts, Section } from "../../components/Blocks";
import { openPrepared } from "../../shared/form/open";
import { useFormats } from "../../shared/format";
import { Problem } from "../../shared/Problem";
import { StateChip } from "../../shared/State";
import { WordsInput } from "./WordsInput";

function useFresh() {
  const client = useQueryClient();
  return () => {
    for (const name of ["keys", "home"]) client.invalidateQueries({ queryKey: [name] });
  };
}

function Make(props: { folder: string; again: boolean; onMade(): void }) {
  const { t, i18n } = useTranslation();
  const fresh = useFresh();
  const [folder, setFolder] = useState(props.folder);
  const ask = useAsk<{ call: "kit-make"; to: string | null; language: string }>(() => {
    fresh();
    props.onMade();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate({ call: "kit-make", to: folder.trim() || null, language: i18n.language });
  };
  return (
    <form onSubmit={submit} className="sr-kit-make" data-testid="kit-make-form">
      <TextInput
        label={t("keyring.kit-folder")}
        description={t("keyring.kit-folder-why")}
        value={folder}
        error={ask.isError ? wordError(t, ask.error) : null}
        onChange={(e) => setFolder(e.currentTarget.value)}
        data-testid="kit-folder"
      />
      <Button type="submit" size="sm" mt={10} loading={ask.isPending} data-testid="kit-make">
        {t(props.again ? "keyring.kit-make-new" : "keyring.kit-make")}
      </Button>
    </form>
  );
}

/** The words typed back from the paper. They stay until they are right. */
function Try(props: { kit: KitLine }) {
  const { t } = useTranslation();
  const fresh = useFresh();
  const [words, setWords] = useState("");
  const [good, setGood] = useState(false);
  const ask = useAsk<{ call: "kit-try"; words: string }>(() => {
    setWords("");
    setGood(true);
    fresh();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (words.trim()) ask.mutate({ call: "kit-try", words });
  };
  if (good) {
    return (
      <p role="status" data-testid="kit-good">
        {t("keyring.kit-good", { fingerprint: props.kit.fingerprint })}
      </p>
    );
  }
  return (
    <form onSubmit={submit} data-testid="kit-try-form">
      <WordsInput
        value={words}
        error={ask.isError ? ask.error : null}
        onChange={(next) => {
          setWords(next);
          ask.reset();
        }}
      />
      <Button type="submit" size="sm" mt={10} loading={ask.isPending} data-testid="kit-try">
        {t("keyring.kit-try")}
      </Button>
    </form>
  );
}

/** The page still lies on the disk: whoever copies it can take the firm over. */
function Lying(props: { kit: KitLine }) {
  const { t } = useTranslation();
  const fresh = useFresh();
  const ask = useAsk<{ call: "kit-forget" }>(fresh);
  const { file, tried } = props.kit;
  if (!file) return null;
  return (
    <Banner tone={tried ? "refused" : "signed"} title={t("keyring.kit-file", { path: file })} id="kit-file">
      <p className="sr-tight">{t(tried ? "keyring.kit-file-delete" : "keyring.kit-file-print")}</p>
      <Button
        size="compact-sm"
        variant="default"
        loading={ask.isPending}
        onClick={() => ask.mutate({ call: "kit-forget" })}
        data-testid="kit-forget"
      >
        {t("keyring.kit-forget")}
      </Button>
      {ask.isError && <Problem error={ask.error as UserError} />}
    </Banner>
  );
}

/** The kit that stands on the ledger. */
function Standing(props: { kit: KitLine; may: boolean }) {
  const { t } = useTranslation();
  const f = useFormats();
  const { kit } = props;
  const [trying, setTrying] = useState(!kit.tried);
  return (
    <div data-testid="kit-standing">
      <Facts
        of={[
          [
            t("keyring.fingerprint"),
            <span key="f">
              <span className="sr-mono">{kit.fingerprint}</span>{" "}
              <StateChip state={kit.tried ? "kit-tried" : "kit-untried"} />
            </span>,
          ],
          [t("keyring.kit-named"), kit.named && f.time(kit.named)],
          [t("keyring.kit-tried"), kit.tried ? f.time(kit.tried) : t("settings.never")],
        ]}
      />
      {!kit.tried && <p>{t("keyring.kit-untried-why")}</p>}
      <Lying kit={kit} />
      {trying ? (
        <Try kit={kit} />
      ) : (
        <Button size="compact-sm" variant="subtle" onClick={() => setTrying(true)} data-testid="kit-try-again">
          {t("keyring.kit-try-again")}
        </Button>
      )}
    </div>
  );
}

/** A kit that was made and is not named yet: print, try, name. */
function Fresh(props: { kit: KitLine; waits: boolean }) {
  const { t } = useTranslation();
  const { kit } = props;
  return (
    <div className="sr-kit-new" data-testid="kit-new">
      <h3>
        {t("keyring.kit-new")} <span className="sr-mono">{kit.fingerprint}</span>
      </h3>
      <Lying kit={kit} />
      {!kit.tried && <p>{t("keyring.kit-type-back")}</p>}
      {!kit.tried && <Try kit={kit} />}
      {kit.tried && (
        <>
          <p role="status" data-testid="kit-to-name">
            {t(props.waits ? "keyring.kit-waits" : "keyring.kit-good-name")}
          </p>
          {!props.waits && (
            <Button
              size="sm"
              onClick={() => openPrepared("parties.recovery-named", { key: kit.key })}
              data-testid="kit-name"
            >
              {t("actions.parties.recovery-named")}
            </Button>
          )}
        </>
      )}
    </div>
  );
}

export function Kit(props: { page: KeysPage; may: boolean }) {
  const { t } = useTranslation();
  const { page, may } = props;
  const [making, setMaking] = useState(false);
  const waits = page.pending.some((one) => one.key === page.new_kit?.key);
  const offer = may && !page.new_kit && (making || !page.kit);
  return (
    <Section title={t("keyring.kit")} id="kit">
      <p className="sr-soft sr-key-why">{t("keyring.kit-why")}</p>
      {!page.kit && !page.new_kit && (
        <Banner tone="late" title={t("keyring.kit-none")} id="kit-none">
          {t("keyring.kit-none-why")}
        </Banner>
      )}
      {page.kit && <Standing key={page.kit.key} kit={page.kit} may={may} />}
      {page.new_kit && may && <Fresh key={page.new_kit.key} kit={page.new_kit} waits={waits} />}
      {offer && <Make folder={page.folder} again={page.kit !== null} onMade={() => setMaking(false)} />}
      {may && !offer && !waits && !making && (
        <div className="sr-kit-foot">
          <Button size="compact-sm" variant="subtle" onClick={() => setMaking(true)} data-testid="kit-another">
            {t("keyring.kit-make-new")}
          </Button>
        </div>
      )}
      {may && making && page.new_kit && !waits && <Make folder={page.folder} again onMade={() => setMaking(false)} />}
    </Section>
  );
}
