// The documents that records name: what they are, who can read them, how much of them is here, and a file of one's own.

import { Button, Progress, TextInput } from "@mantine/core";
import { IconDownload, IconFile, IconFileTypePdf, IconPhoto } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { wordError } from "../api/errors";
import type { Call, DocumentLine, EnclosedDocument, UserError } from "../api/generated";
import { useAsk } from "../api/hooks";
import { useFormats } from "./format";
import { recordPage } from "./route";

type Save = Extract<Call, { call: "document-save" }>;

/** The sign of what a file is. */
export function FileMark(props: { type: string }) {
  const Mark =
    props.type === "application/pdf" ? IconFileTypePdf : props.type.startsWith("image/") ? IconPhoto : IconFile;
  return <Mark size={18} stroke={1.5} aria-hidden="true" />;
}

/** Names of firms, joined as the language does. */
function useNames() {
  const f = useFormats();
  return (names: DocumentLine["readers"]) =>
    new Intl.ListFormat(f.language, { type: "conjunction" }).format(names.map((name) => f.local(name)).filter(Boolean));
}

/** Why it did not come, or is not believed, in words: what a desktop said, or what we found. */
function useWhy() {
  const { t } = useTranslation();
  return (error: UserError) => {
    const words = [`errors.${error.code}`, `refusals.${error.code}`, "errors.other"];
    return t(words, { ...error.values, code: error.code });
  };
}

/** Where a document of ours is by now. */
function Sent(props: { of: DocumentLine }) {
  const { t } = useTranslation();
  const names = useNames();
  const why = useWhy();
  const { of } = props;
  return (
    <>
      {of.fetched_by.length > 0 && (
        <p className="sr-tight">{t("documents.fetched", { names: names(of.fetched_by) })}</p>
      )}
      {of.shown_to.length > 0 && (
        <p className="sr-tight sr-soft">{t("documents.shown", { names: names(of.shown_to) })}</p>
      )}
      {of.fetched_by.length + of.shown_to.length === 0 && !of.refused && (
        <p className="sr-tight sr-soft">{t("documents.unsent")}</p>
      )}
      {of.refused && <p className="sr-warn">{t("documents.refused", { why: why(of.refused) })}</p>}
    </>
  );
}

/** How much of a document of theirs is here. */
function Coming(props: { of: DocumentLine }) {
  const { t } = useTranslation();
  const f = useFormats();
  const why = useWhy();
  const { of } = props;
  const words =
    of.standing === "coming"
      ? t("documents.coming", { have: f.bytes(of.have), of: f.bytes(of.of) })
      : t("documents.awaited");
  return (
    <>
      <div className="sr-doc-progress">
        <Progress.Root>
          <Progress.Section
            value={of.of ? (of.have / of.of) * 100 : 0}
            aria-label={t("documents.progress", { name: of.name })}
          />
        </Progress.Root>
        <span className="sr-soft">{words}</span>
      </div>
      {of.failed && <p className="sr-warn sr-tight">{t("documents.failed", { why: why(of.failed) })}</p>}
    </>
  );
}

/** Opens it and writes it where the user says. */
function SaveAs(props: { of: DocumentLine }) {
  const { t } = useTranslation();
  const { of } = props;
  const [open, setOpen] = useState(false);
  const [to, setTo] = useState("");
  const ask = useAsk<Save>(() => setOpen(false));
  const save = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate({ call: "document-save", record: of.record, place: of.place, to: to.trim() || null });
  };
  if (!open) {
    return (
      <div className="sr-actions">
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconDownload size={14} />}
          aria-label={t("documents.save-name", { name: of.name })}
          onClick={() => {
            ask.reset();
            setOpen(true);
          }}
          data-testid={`document-save-${of.place}`}
        >
          {t("documents.save")}
        </Button>
        {ask.isSuccess && (
          <span className="sr-doc-saved" role="status" data-testid="document-saved">
            {t("documents.saved", { path: ask.data.path ?? ask.data.name })}
          </span>
        )}
      </div>
    );
  }
  return (
    <form className="sr-doc-save" onSubmit={save} noValidate>
      <TextInput
        label={t("documents.save-to")}
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
        error={ask.isError ? wordError(t, ask.error) : undefined}
        autoComplete="off"
        spellCheck={false}
        autoFocus
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          setOpen(false);
        }}
        data-testid="document-to"
      />
      <div className="sr-actions">
        <Button type="submit" size="compact-sm" loading={ask.isPending} data-testid="document-save-do">
          {t("documents.save-do")}
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => setOpen(false)}>
          {t("documents.save-not")}
        </Button>
      </div>
    </form>
  );
}

/** Its name, what it is and how large. */
function Named(props: { of: Pick<EnclosedDocument, "name" | "media_type" | "size"> }) {
  const f = useFormats();
  const { of } = props;
  return (
    <span className="sr-doc-name">
      <FileMark type={of.media_type} />
      <strong>{of.name}</strong>
      <small className="sr-soft" title={of.media_type}>
        {f.bytes(of.size)}
      </small>
    </span>
  );
}

function Line(props: { of: DocumentLine; linked?: boolean }) {
  const { t } = useTranslation();
  const f = useFormats();
  const names = useNames();
  const { of } = props;
  return (
    <li className="sr-doc" data-testid={`document-${of.place}`}>
      <Named of={of} />
      <p className="sr-soft sr-tight">
        {of.mine ? t("documents.ours") : t("documents.from", { name: f.local(of.author) })}
        {" · "}
        {t("documents.readers", { names: names(of.readers) })}
        {props.linked && (
          <>
            {" · "}
            <a className="sr-link" href={recordPage(of.record)}>
              {t("documents.record")}
            </a>
          </>
        )}
      </p>
      {of.mine ? <Sent of={of} /> : of.standing !== "here" && <Coming of={of} />}
      {of.standing === "here" && <SaveAs of={of} />}
    </li>
  );
}

/** Documents one under the other; `linked`: each leads to the record that names it. */
export function Documents(props: { of: DocumentLine[]; linked?: boolean }) {
  return (
    <ul className="sr-plain sr-docs">
      {props.of.map((line) => (
        <Line key={`${line.record} ${line.place}`} of={line} linked={props.linked} />
      ))}
    </ul>
  );
}

/** Documents that a record will name, before it is signed. */
export function Enclosed(props: { of: EnclosedDocument[] }) {
  const { t } = useTranslation();
  const names = useNames();
  return (
    <ul className="sr-plain sr-docs" data-testid="review-documents">
      {props.of.map((document, n) => (
        <li key={n} className="sr-doc">
          <Named of={document} />
          <p className="sr-soft sr-tight">{t("documents.readers", { names: names(document.readers) })}</p>
        </li>
      ))}
    </ul>
  );
}
