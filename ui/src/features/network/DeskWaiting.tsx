// What was signed and waits for the validators, ours and theirs: how far it has come, and what is asked of us.

import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { wordError } from "../../api/errors";
import type { WaitingLine } from "../../api/generated";
import { Documents } from "../../shared/Documents";
import { openPrepared } from "../../shared/form/open";
import { useFormats } from "../../shared/format";
import { type Body, bodyOf } from "../../shared/payload";
import { recordPage } from "../../shared/route";
import { Said, SubjectLink } from "../../shared/Said";
import { StateChip } from "../../shared/State";
import { BACK, isKnown, useTitles } from "./desk";

/** How far it has come, seen from here: what another firm handed over has been received. */
const stateOf = (line: WaitingLine): string => (line.progress === "shared" && !line.mine ? "received" : line.progress);

function useProgress(): (line: WaitingLine) => string {
  const { t } = useTranslation();
  const f = useFormats();
  return (line) => {
    const others = line.held_by.map((name) => f.local(name)).filter(Boolean);
    const names = new Intl.ListFormat(f.language, { type: "conjunction" }).format(others);
    const state = stateOf(line);
    if (state === "shared" && names) return t("desks.progress.shared-with", { names });
    return t(`desks.progress.${state}`, { name: f.local(line.name) });
  };
}

/** Accept or decline an offer, by the forms for it: its shipment may not be on the ledger yet. */
function Answers(props: { line: WaitingLine }) {
  const { t } = useTranslation();
  const titles = useTitles();
  const { line } = props;
  const { shipment, packages } = bodyOf(line.payload);
  const answer = (kind: string, more: Body) => () => {
    const about = typeof shipment === "string" ? shipment : line.subject.subject;
    openPrepared(kind, { shipment: about, offer: line.id, ...more }, { about, back: BACK });
  };
  const about = titles.subject(line.subject);
  return (
    <div className="sr-actions">
      <Button
        size="sm"
        onClick={answer("logistics.handover-accepted", { packages })}
        aria-label={t("desks.accept-name", { name: about })}
        data-testid={`desk-accept-${line.id}`}
      >
        {t("desks.accept")}
      </Button>
      <Button
        size="sm"
        variant="default"
        onClick={answer("logistics.handover-ended", {})}
        aria-label={t("desks.decline-name", { name: about })}
        data-testid={`desk-decline-${line.id}`}
      >
        {t("desks.decline")}
      </Button>
    </div>
  );
}

function Line(props: { line: WaitingLine }) {
  const { t } = useTranslation();
  const f = useFormats();
  const titles = useTitles();
  const progress = useProgress();
  const { line } = props;
  const [open, setOpen] = useState(line.to_answer);
  const names = { [line.subject.subject]: line.subject };
  const kind = titles.kind(line.payload);
  const signer = line.mine ? t("desks.by-us") : t("desks.by", { name: f.local(line.name) });
  return (
    <article className="sr-card sr-desk-card" aria-label={kind} data-testid={`waiting-${line.id}`}>
      <div className="sr-desk-head">
        <div className="sr-desk-words">
          <strong>{kind}</strong>
          <span>
            {isKnown(line.subject) ? (
              <SubjectLink id={line.subject.subject} names={names} />
            ) : (
              titles.subject(line.subject)
            )}
          </span>
        </div>
        <StateChip state={stateOf(line)} />
      </div>
      <p className="sr-soft sr-tight">
        {signer}
        {" · "}
        <time dateTime={line.claimed} title={line.claimed}>
          {f.stamp(line.claimed)}
        </time>
        {" · "}
        {progress(line)}
      </p>
      {line.not_kept && (
        <p className="sr-warn" data-testid="not-kept">
          {t("desks.not-kept", { why: wordError(t, line.not_kept) })}
        </p>
      )}
      <div className="sr-desk-foot">
        <button type="button" className="sr-unfold" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t("records.says")}
        </button>
        <a className="sr-link" href={recordPage(line.id)}>
          {t("network.see-record")}
        </a>
      </div>
      {open && <Said payload={line.payload} names={names} above={line.subject.subject} />}
      {line.documents.length > 0 && <Documents of={line.documents} />}
      {line.to_answer && <Answers line={line} />}
    </article>
  );
}

export function Waiting(props: { of: WaitingLine[] }) {
  return (
    <div className="sr-stack">
      {props.of.map((line) => (
        <Line key={line.id} line={line} />
      ))}
    </div>
  );
}
