// Exactly what will be signed, rendered from the very bytes: what it says, what it writes, what follows, and a fingerprint that a
// second person can compare. One key press signs.

import { Button } from "@mantine/core";
import { IconArrowRight, IconSignature } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { wordError } from "../api/errors";
import type { Review, ReviewRecord, Row } from "../api/generated";
import { Banner, PageHead, Section } from "../components/Blocks";
import { useKeys } from "../components/keys";
import { Enclosed } from "./Documents";
import { useFormats } from "./format";
import { kindOf } from "./payload";
import { go } from "./route";
import { type Names, Said, useCodeText } from "./Said";
import { useSession } from "./session";
import { useSigning } from "./signing";

/** Milliseconds of quiet after the key that signs: a slow scanner must not sign either. */
const SURE = 200;

export interface ReviewProps {
  review: Review;
  names: Names;
  kind: string;
  draft: string | null;
  /** Where to go once it is on its way. */
  after: string[];
  /** The record that was set aside and is said again. */
  again?: string | null;
  onBack(): void;
}

function Consequences(props: { record: ReviewRecord }) {
  const { t } = useTranslation();
  const f = useFormats();
  return (
    <ul className="sr-follows" data-testid="consequences">
      {props.record.consequences.map((c) => (
        <li key={c.code + JSON.stringify(c.values)}>
          <IconArrowRight size={14} aria-hidden="true" />
          <span>
            {t([`consequences.${c.code.replace(/^consequence\./, "")}`, "consequences.other"], {
              ...f.values(c),
              code: c.code,
            })}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Written(props: { rows: Row[] }) {
  const { t } = useTranslation();
  const f = useFormats();
  const code = useCodeText();
  return (
    <ul className="sr-plain">
      {props.rows.map((row) => (
        <li key={row.subject} title={row.subject}>
          <span className="sr-soft">{t(`types.${row.type}`, row.type)}</span> {row.type !== "party" && code(row.number)}{" "}
          {f.local(row.name)}
        </li>
      ))}
    </ul>
  );
}

function RecordToSign(props: { record: ReviewRecord; names: Names }) {
  const { t } = useTranslation();
  const { record } = props;
  const [raw, setRaw] = useState(false);
  const names = { ...props.names, ...Object.fromEntries(record.subjects.map((row) => [row.subject, row])) };
  return (
    <article className="sr-card" data-testid="review-record">
      <h2>{t(`kinds.${kindOf(record.payload)}`, record.payload.kind)}</h2>
      <Said payload={record.payload} names={names} />
      {record.documents.length > 0 && (
        <Section title={t("documents.review")}>
          <Enclosed of={record.documents} />
        </Section>
      )}
      {record.consequences.length > 0 && (
        <Section title={t("review.follows")}>
          <Consequences record={record} />
        </Section>
      )}
      <Section title={t("review.writes")}>
        <Written rows={record.subjects} />
      </Section>
      <button type="button" className="sr-unfold" aria-expanded={raw} onClick={() => setRaw(!raw)}>
        {t("review.bytes")}
      </button>
      {raw && <pre className="sr-raw">{record.text}</pre>}
    </article>
  );
}

export function ReviewScreen(props: ReviewProps) {
  const { t } = useTranslation();
  const f = useFormats();
  const session = useSession();
  const signing = useSigning();
  const { review } = props;
  const able = review.problems.length === 0;
  const sign = () => {
    if (!able) return;
    const { draft, kind, again } = props;
    signing.plan({ review: review.review, draft, kind, count: review.records.length, again });
    go(props.after);
  };
  useKeys({ s: sign, e: props.onBack, Escape: props.onBack }, true, SURE);
  return (
    <div className="sr-form" data-testid="review-screen">
      <PageHead
        title={t("review.title")}
        under={t("review.lead", { name: f.local(session.party_view?.profile.name) })}
      />
      {review.problems.map((p) => (
        <Banner key={p.code + p.field} tone="refused" title={wordError(t, p)} id={`broken-${p.code}`} />
      ))}
      {review.records.map((record, n) => (
        <RecordToSign key={n} record={record} names={props.names} />
      ))}
      <div className="sr-fingerprint">
        <span className="sr-soft">{t("review.fingerprint")}</span>
        <strong data-testid="fingerprint">{review.fingerprint}</strong>
      </div>
      <footer className="sr-form-foot">
        <Button
          size="md"
          onClick={sign}
          disabled={!able}
          leftSection={<IconSignature size={18} />}
          rightSection={<kbd>S</kbd>}
          data-testid="sign"
        >
          {t("review.sign", { count: review.records.length })}
        </Button>
        <Button size="md" variant="default" onClick={props.onBack} rightSection={<kbd>E</kbd>} data-testid="edit">
          {t("review.edit")}
        </Button>
      </footer>
    </div>
  );
}
