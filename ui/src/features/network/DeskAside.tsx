// What was signed here and can never be confirmed: why, what stands instead, and whether it is said again.

import { Button } from "@mantine/core";
import { useContext, useState } from "react";
import { useTranslation } from "react-i18next";
import { wordError } from "../../api/errors";
import type { AsideLine } from "../../api/generated";
import { Section } from "../../components/Blocks";
import { openPrepared } from "../../shared/form/open";
import { useFormats } from "../../shared/format";
import { Problem } from "../../shared/Problem";
import { bodyOf, kindOf } from "../../shared/payload";
import { recordPage } from "../../shared/route";
import { FormsContext, Said, SubjectLink } from "../../shared/Said";
import { BACK, isKnown, useDeskAsk, useTitles } from "./desk";

/** Asks once before it is shown no more. */
function LetGo(props: { line: AsideLine; title: string }) {
  const { t } = useTranslation();
  const { line, title } = props;
  const [sure, setSure] = useState(false);
  const ask = useDeskAsk<"aside-done">();
  if (!sure) {
    return (
      <Button
        size="sm"
        variant="default"
        onClick={() => setSure(true)}
        aria-label={`${t("desks.let-go")}: ${title}`}
        data-testid={`let-go-${line.id}`}
      >
        {t("desks.let-go")}
      </Button>
    );
  }
  return (
    <fieldset className="sr-desk-sure" aria-label={t("desks.let-go")}>
      <p className="sr-tight">{t("desks.let-go-why", { what: title })}</p>
      {ask.isError && <Problem error={ask.error} />}
      <div className="sr-actions">
        <Button
          size="sm"
          variant="light"
          color="red"
          autoFocus
          loading={ask.isPending}
          onClick={() => ask.mutate({ call: "aside-done", id: line.id })}
          data-testid={`let-go-sure-${line.id}`}
        >
          {t("desks.let-go-sure")}
        </Button>
        <Button size="sm" variant="subtle" color="gray" onClick={() => setSure(false)}>
          {t("desks.let-go-not")}
        </Button>
      </div>
    </fieldset>
  );
}

function Line(props: { line: AsideLine }) {
  const { t } = useTranslation();
  const f = useFormats();
  const titles = useTitles();
  const { line } = props;
  const [open, setOpen] = useState(false);
  const kind = kindOf(line.payload);
  const typed = useContext(FormsContext).some((form) => form.kind === kind);
  const names = { [line.subject.subject]: line.subject };
  const title = `${titles.kind(line.payload)}, ${titles.subject(line.subject)}`;
  const again = () =>
    openPrepared(kind, bodyOf(line.payload), { about: line.subject.subject, again: line.id, back: BACK });
  return (
    <article className="sr-card sr-desk-card" aria-label={title} data-testid={`aside-${line.id}`}>
      <div className="sr-desk-head">
        <div className="sr-desk-words">
          <strong>{titles.kind(line.payload)}</strong>
          <span>
            {isKnown(line.subject) ? (
              <SubjectLink id={line.subject.subject} names={names} />
            ) : (
              titles.subject(line.subject)
            )}
          </span>
        </div>
        <time className="sr-soft" dateTime={line.at} title={f.stamp(line.at)}>
          {f.ago(line.at)}
        </time>
      </div>
      <p className="sr-warn">{wordError(t, line.why)}</p>
      <div className="sr-desk-foot">
        {line.instead && (
          <a className="sr-link" href={recordPage(line.instead)} data-testid={`instead-${line.id}`}>
            {t("desks.instead")}
          </a>
        )}
        <button type="button" className="sr-unfold" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t("desks.said")}
        </button>
      </div>
      {open && <Said payload={line.payload} names={names} above={line.subject.subject} />}
      <div className="sr-actions">
        {typed && (
          <Button
            size="sm"
            onClick={again}
            aria-label={`${t("desks.again")}: ${title}`}
            data-testid={`again-${line.id}`}
          >
            {t("desks.again")}
          </Button>
        )}
        <LetGo line={line} title={title} />
      </div>
    </article>
  );
}

export function Aside(props: { of: AsideLine[] }) {
  const { t } = useTranslation();
  if (!props.of.length) return null;
  return (
    <Section title={t("desks.aside")} id="desk-aside">
      <p className="sr-soft sr-tight">{t("desks.aside-why")}</p>
      <div className="sr-stack">
        {props.of.map((line) => (
          <Line key={line.id} line={line} />
        ))}
      </div>
    </Section>
  );
}
