// One record: what it says, and its proof in plain words, each step opening to the raw values.

import { IconCheck, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ProofStep, RecordDetail, Row, TimelineEntry } from "../../api/generated";
import { useCall } from "../../api/hooks";
import { Facts, PageHead, Section, Shape } from "../../components/Blocks";
import { ExportMenu } from "../../shared/Actions";
import { Documents } from "../../shared/Documents";
import { useFormats } from "../../shared/format";
import { Problem } from "../../shared/Problem";
import { kindOf } from "../../shared/payload";
import { recordPage, to } from "../../shared/route";
import { type Names, Said, SubjectLink } from "../../shared/Said";
import { RecordState, Sources, StateChip } from "../../shared/State";
import { awaitsWord, ClockGap } from "../../shared/Timeline";

function Step(props: { step: ProofStep }) {
  const { t } = useTranslation();
  const f = useFormats();
  const [open, setOpen] = useState(false);
  const { step } = props;
  const values = f.values(step);
  // Counted by: of a block's signatures how many there could be, else how many records.
  const count = Number(values.of ?? values.count ?? 0);
  const Mark = step.passed ? IconCheck : IconX;
  return (
    <li className={`sr-check sr-check-${step.passed ? "passed" : "failed"}`} data-testid={`proof-step-${step.code}`}>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Mark size={16} aria-hidden="true" />
        <span>{t([`proof.${step.code}`, "proof.other"], { ...values, count, code: step.code })}</span>
      </button>
      {open && <pre className="sr-raw">{step.detail}</pre>}
    </li>
  );
}

function Where(props: { entry: TimelineEntry; subjects: Row[]; names: Names }) {
  const { t } = useTranslation();
  const f = useFormats();
  const { entry, subjects, names } = props;
  return (
    <Facts
      of={[
        [
          t("records.claimed-time"),
          <time key="c" title={entry.claimed}>
            {f.stamp(entry.claimed)}
          </time>,
        ],
        [
          t("records.witnessed-time"),
          entry.witnessed && (
            <>
              <time title={entry.witnessed}>{f.stamp(entry.witnessed)}</time>
              <ClockGap entry={entry} />
            </>
          ),
        ],
        [
          t("ledger.block"),
          entry.height !== null && (
            <a className="sr-link" href={to(["ledger"], { block: String(entry.height) })}>
              {f.number(entry.height)}
            </a>
          ),
        ],
        [
          t("review.writes"),
          subjects.map((row) => (
            <div key={row.subject}>
              <SubjectLink id={row.subject} names={names} />
            </div>
          )),
        ],
      ]}
    />
  );
}

/** The documents that it names; of those that are not opened to us only that there are some. */
function Papers(props: { of: RecordDetail }) {
  const { t } = useTranslation();
  const { documents, text } = props.of;
  if (!documents.length && !text.includes('"name":"document.')) return null;
  return (
    <Section title={t("documents.title")} id="record-documents">
      {documents.length > 0 ? <Documents of={documents} /> : <p className="sr-soft">{t("documents.names")}</p>}
    </Section>
  );
}

function Shown(props: { record: RecordDetail }) {
  const { t } = useTranslation();
  const f = useFormats();
  const [raw, setRaw] = useState(false);
  const { entry, subjects, proof, text } = props.record;
  const names = Object.fromEntries(subjects.map((row) => [row.subject, row]));
  return (
    <>
      <PageHead title={t(`kinds.${kindOf(entry.payload)}`, entry.payload.kind)} under={f.local(entry.party_name)}>
        <ExportMenu record={entry.id} type="record" />
      </PageHead>
      <div className="sr-line sr-detail-states">
        <RecordState entry={entry} />
        {entry.suspected && <StateChip state="suspected" title={t("records.suspected")} />}
        {entry.sources > 1 && <Sources count={entry.sources} />}
        {awaitsWord(entry) && <StateChip state="single-sourced" title={t("records.sources-one")} />}
        {entry.corrected_by && (
          <a className="sr-link" href={recordPage(entry.corrected_by)}>
            {t("records.corrected")}
          </a>
        )}
      </div>
      <Where entry={entry} subjects={subjects} names={names} />
      <Section title={t("records.says")}>
        <Said payload={entry.payload} names={names} />
      </Section>
      <Papers of={props.record} />
      <Section title={t("proof.title")} id="proof">
        {proof.length === 0 && <p className="sr-soft">{t("proof.none")}</p>}
        <ul className="sr-checks">
          {proof.map((step) => (
            <Step key={step.code} step={step} />
          ))}
        </ul>
        {entry.sources < 2 && <p className="sr-soft sr-note">{t("proof.not-true")}</p>}
      </Section>
      <Section title={t("records.raw")}>
        <p className="sr-mono">{entry.id}</p>
        <button type="button" className="sr-unfold" aria-expanded={raw} onClick={() => setRaw(!raw)}>
          {t("review.bytes")}
        </button>
        {raw && <pre className="sr-raw">{text}</pre>}
      </Section>
    </>
  );
}

export function RecordPage(props: { id: string }) {
  const { t } = useTranslation();
  const record = useCall({ call: "record", id: props.id });
  return (
    <div className="sr-page sr-page-narrow" data-testid="record-page">
      {record.isError && <Problem error={record.error} again={() => record.refetch()} />}
      {record.isPending && <Shape label={t("common.loading")} />}
      {record.data && <Shown record={record.data} />}
    </div>
  );
}
