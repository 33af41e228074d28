// Files attached to a record while it is written: taken in one after the other, each can be taken away again.

import { Button, FileButton } from "@mantine/core";
import { IconPaperclip } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { wordError } from "../../api/errors";
import type { Attached } from "../../api/generated";
import { useCall } from "../../api/hooks";
import { call } from "../../api/host";
import { Section } from "../../components/Blocks";
import { base64Of } from "../../components/FileDrop";
import { FileMark } from "../Documents";
import { useFormats } from "../format";

/** Bytes of a file and files of a record, at most; the core says so too. */
const LARGEST = 47 * 1_048_576;
const MOST = 8;

type Took = { busy: string | null; problem: string | null; news: string | null };
const QUIET: Took = { busy: null, problem: null, news: null };

/** Takes files in, and stops at the first that cannot be. */
function useTaking(of: Attached[], set: (next: Attached[]) => void) {
  const { t } = useTranslation();
  const [took, setTook] = useState<Took>(QUIET);
  const now = useRef(of);
  now.current = of;
  const put = (next: Attached[]) => {
    now.current = next;
    set(next);
  };
  const one = async (file: File): Promise<string | null> => {
    const { name } = file;
    if (file.size > LARGEST)
      return wordError(t, { code: "documents.too-large", values: { value: name, expected: "47 MiB" } });
    if (now.current.length >= MOST)
      return wordError(t, { code: "documents.too-many", values: { expected: String(MOST) } });
    let content: string;
    try {
      content = await base64Of(file);
    } catch {
      return t("documents.unreadable", { name });
    }
    try {
      put([...now.current, await call({ call: "document-attach", name, media_type: file.type, file: content })]);
      return null;
    } catch (problem) {
      return wordError(t, problem);
    }
  };
  const take = async (files: File[]) => {
    for (const file of files) {
      setTook({ ...QUIET, busy: file.name });
      const problem = await one(file);
      setTook({ ...QUIET, problem, news: problem === null ? t("documents.attached", { name: file.name }) : null });
      if (problem !== null) return;
    }
  };
  const letGo = (gone: Attached) => {
    put(now.current.filter((kept) => kept.id !== gone.id));
    setTook(QUIET);
    // What stays behind is let go after the next start.
    call({ call: "document-detach", id: gone.id }).catch(() => undefined);
  };
  return { took, take, letGo };
}

export function Attach(props: { of: Attached[]; set(next: Attached[]): void }) {
  const { t } = useTranslation();
  const f = useFormats();
  const { took, take, letGo } = useTaking(props.of, props.set);
  const desks = useCall({ call: "desks" });
  // Where one firm keeps the ledger alone there is nobody to send a document to.
  if (!desks.data || desks.data.card === null) return null;
  return (
    <Section title={t("documents.attach")} id="attach">
      <p className="sr-soft sr-tight">{t("documents.attach-why")}</p>
      <ul className="sr-plain sr-docs">
        {props.of.map((one) => (
          <li key={one.id} className="sr-doc sr-doc-row" data-testid="attached">
            <span className="sr-doc-name">
              <FileMark type={one.media_type} />
              <strong>{one.name}</strong>
              <small className="sr-soft">{f.bytes(one.size)}</small>
            </span>
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => letGo(one)}
              aria-label={t("documents.detach-name", { name: one.name })}
            >
              {t("documents.detach")}
            </Button>
          </li>
        ))}
      </ul>
      <FileButton
        multiple
        onChange={take}
        inputProps={{ "aria-label": t("documents.attach-do"), "data-testid": "attach-file" } as object}
      >
        {(button) => (
          <Button
            {...button}
            size="sm"
            variant="default"
            loading={took.busy !== null}
            leftSection={<IconPaperclip size={14} />}
            data-testid="attach-do"
          >
            {t("documents.attach-do")}
          </Button>
        )}
      </FileButton>
      <p role="status" className="sr-soft sr-tight">
        {took.busy !== null ? t("documents.attaching", { name: took.busy }) : took.news}
      </p>
      {took.problem !== null && (
        <p className="sr-warn" role="alert" data-testid="attach-problem">
          {took.problem}
        </p>
      )}
    </Section>
  );
}
