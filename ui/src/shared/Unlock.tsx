// A ledger whose passphrase has not been given: everything can be read, nothing can be signed. One place to unlock it.

import { Button, Modal, PasswordInput } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { wordError } from "../api/errors";
import { useAsk } from "../api/hooks";
import { Empty } from "../components/Blocks";
import { to } from "./route";
import { useSession } from "./session";

/** What only makes sense for somebody who can sign; left out while locked. */
export function ToSign(props: { children: ReactNode; instead?: ReactNode }) {
  return useSession().locked ? props.instead : props.children;
}

/** In the place of a form that cannot be signed. */
export function LockedForm() {
  const { t } = useTranslation();
  return <Empty>{t("locked.form")}</Empty>;
}

function UnlockForm(props: { onDone(): void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [secret, setSecret] = useState("");
  const ask = useAsk<{ call: "unlock"; passphrase: string }>((session) => {
    client.setQueryData(["session", { call: "session" }], session);
    client.invalidateQueries();
    props.onDone();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (secret) ask.mutate({ call: "unlock", passphrase: secret });
  };
  return (
    <form onSubmit={submit}>
      <PasswordInput
        label={t("first.passphrase")}
        value={secret}
        onChange={(e) => setSecret(e.currentTarget.value)}
        error={ask.isError ? wordError(t, ask.error) : null}
        data-autofocus
        data-testid="field-passphrase"
        autoComplete="current-password"
      />
      <Button type="submit" mt={16} loading={ask.isPending} data-testid="unlock">
        {t("locked.unlock")}
      </Button>
    </form>
  );
}

/** The line that is there as long as the ledger is locked. */
export function LockedLine() {
  const { t } = useTranslation();
  const session = useSession();
  const [open, setOpen] = useState(false);
  if (!session.locked) return null;
  return (
    <div className="sr-locked" role="status" data-testid="locked">
      <IconLock size={16} aria-hidden="true" />
      <span>{t("locked.line")}</span>
      <Button size="compact-sm" onClick={() => setOpen(true)} data-testid="unlock-open">
        {t("locked.open")}
      </Button>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title={t("locked.open")}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        <UnlockForm onDone={() => setOpen(false)} />
        <p className="sr-soft sr-note">
          <a
            className="sr-link"
            href={to(["keys", "recover"])}
            onClick={() => setOpen(false)}
            data-testid="unlock-lost"
          >
            {t("locked.lost")}
          </a>
        </p>
      </Modal>
    </div>
  );
}
